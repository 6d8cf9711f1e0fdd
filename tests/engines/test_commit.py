"""The name of the last commit, by which who keeps an index open learns that it was updated."""

import shutil

import pytest

from souwen.analysis import Article
from souwen.engines import IndexDamaged, IndexDirectory, IndexMoved, IndexNotFound

from .conftest import ANALYZER, write

ONE, OTHER = Article(id="1", title="外交", body="会谈"), Article(id="2", title="贸易", body="增长")


def test_every_commit_has_a_name_of_its_own_and_keeps_it(directory: IndexDirectory) -> None:
    names = [directory.commit()]
    for put, delete in ([ONE], []), ([OTHER], []), ([ONE], []), ([], ["1"]):
        write(directory, {article.id: article for article in put}, delete)
        assert directory.commit() == directory.commit()
        names.append(directory.commit())
    assert len(set(names)) == 5


def test_a_transaction_that_fails_leaves_the_name(directory: IndexDirectory) -> None:
    write(directory, {"1": ONE})
    before = directory.commit()
    engine = directory.open(ANALYZER.fingerprint)
    (prepared,) = engine.prepare([(ANALYZER.analyze(OTHER), "digest")])

    def fail() -> None:
        with engine.writer() as writer:
            writer.put(prepared)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert directory.commit() == before


def test_an_index_made_anew_has_another_name(directory: IndexDirectory, engine: str) -> None:
    write(directory, {"1": ONE})
    before = directory.commit()
    if engine != "opensearch":  # whose folder is only a handle
        shutil.rmtree(directory.path)
    with directory.lock(1):
        meta, _ = directory.draft(ANALYZER, engine)
        directory.publish(meta)
    write(directory, {"1": ONE})
    assert directory.commit() != before


def test_an_index_that_is_gone_has_none(directory: IndexDirectory) -> None:
    shutil.rmtree(directory.path / directory.meta().folder)
    with pytest.raises((IndexDamaged, IndexMoved)):
        directory.commit()
    shutil.rmtree(directory.path)
    with pytest.raises(IndexNotFound):
        directory.commit()
