"""The name of the last commit, which programs compare to notice updates of an open index."""

import shutil

import pytest

from souwen.analysis import Article
from souwen.engines import IndexDamaged, IndexDirectory, IndexMoved, IndexNotFound

from .conftest import ANALYZER, write

FIRST, SECOND = Article(id="1", title="外交", body="会谈"), Article(id="2", title="贸易", body="增长")


def test_every_commit_has_its_own_stable_name(directory: IndexDirectory) -> None:
    names = [directory.commit_id()]
    for put, delete in ([FIRST], []), ([SECOND], []), ([FIRST], []), ([], ["1"]):
        write(directory, {article.id: article for article in put}, delete)
        assert directory.commit_id() == directory.commit_id()
        names.append(directory.commit_id())
    assert len(set(names)) == 5


def test_failed_transaction_keeps_the_name(directory: IndexDirectory) -> None:
    write(directory, {"1": FIRST})
    before = directory.commit_id()
    engine = directory.open(ANALYZER.fingerprint)
    (prepared,) = engine.prepare([(ANALYZER.analyze(SECOND), "digest")])

    def fail() -> None:
        with engine.writer() as writer:
            writer.put(prepared)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert directory.commit_id() == before


def test_new_index_has_another_name(directory: IndexDirectory, engine: str) -> None:
    write(directory, {"1": FIRST})
    before = directory.commit_id()
    if engine != "opensearch":  # its folder is only a handle
        shutil.rmtree(directory.path)
    with directory.lock(1):
        meta, _ = directory.create_draft(ANALYZER, engine)
        directory.activate(meta)
    write(directory, {"1": FIRST})
    assert directory.commit_id() != before


def test_missing_index_has_no_name(directory: IndexDirectory) -> None:
    shutil.rmtree(directory.path / directory.meta().folder)
    with pytest.raises((IndexDamaged, IndexMoved)):
        directory.commit_id()
    shutil.rmtree(directory.path)
    with pytest.raises(IndexNotFound):
        directory.commit_id()
