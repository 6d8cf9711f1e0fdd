"""A copied index has the same articles and results, and no file is read again."""

import json
from pathlib import Path

import pytest

from souwen.engines import IndexDirectory, IndexNotFound
from souwen.indexer import IndexOccupied, build_index, copy_index
from souwen.query import FACET_FIELDS, Searcher

from ..conftest import SEEDS

REPRINTED = "".join(f"第{number}段谈中国与美国的贸易往来和外交关系。" for number in range(9))
QUERIES = ("中国", '"台湾海峡"', "杨涛 OR 孙卫东", "source:rfi", "五角大楼")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    records = [
        {"id": str(number), "title": f"第{number}篇谈台湾海峡", "body": body, "author": "某人"}
        for number, body in enumerate([*("中国与美国。\n" * number for number in range(28)), REPRINTED, REPRINTED])
    ]
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    assert build_index([source, SEEDS], tmp_path / "index").added == 32
    with Searcher(tmp_path / "index") as searcher:
        assert any(searcher.reprints(article.id) for article in searcher.articles())
    return tmp_path / "index"


def query_results(index: Path) -> list[object]:
    with Searcher(index) as searcher:
        articles = sorted(searcher.articles(), key=lambda article: article.id)
        reprints = [{reprint.id for reprint in searcher.reprints(article.id) or ()} for article in articles]
        hits = [[(hit.id, hit.snippets) for hit in searcher.search(query)] for query in QUERIES]
        facets = searcher.search("中国", facets=FACET_FIELDS).facets
    return [articles, reprints, hits, facets]


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_copy_gives_the_same_results_and_keeps_the_manifest(index: Path, engine: str, tmp_path: Path) -> None:
    if engine == "tantivy":
        pytest.importorskip("tantivy")
    seen = []
    copied = copy_index(index, tmp_path / "copy", engine=engine, progress=lambda *done: seen.append(done))
    assert (copied, seen[-1]) == (32, (32, 32))
    assert IndexDirectory(tmp_path / "copy").meta().engine == engine
    assert query_results(tmp_path / "copy") == query_results(index)
    for path in (tmp_path / "a.jsonl", SEEDS):  # the digests are the same, too
        assert build_index(path, tmp_path / "copy").updated == 0
    with Searcher(index):  # the original is unchanged
        with pytest.raises(IndexOccupied, match="--rebuild"):
            copy_index(tmp_path / "copy", index, engine="whoosh")
        assert copy_index(tmp_path / "copy", index, engine="whoosh", rebuild=True) == 32
    assert query_results(tmp_path / "copy") == query_results(index)


def test_index_is_copied_onto_itself_with_another_dictionary(index: Path) -> None:
    before = query_results(index)
    assert copy_index(index, index, engine="whoosh", dictionary=["篇谈"]) == 32
    assert IndexDirectory(index).meta().dictionary == ["篇谈"]
    assert sorted(entry.name for entry in index.glob("whoosh-*")) == ["whoosh-2", "whoosh-2.files"]
    assert query_results(index)[0] == before[0]
    with Searcher(index) as searcher:
        assert {suggestion.text for suggestion in searcher.suggest("篇")} >= {"篇谈"}


def test_index_of_another_analyzer_can_be_copied(index: Path, tmp_path: Path) -> None:
    meta = index / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "0'), "utf-8")
    assert copy_index(index, index, engine="whoosh") == 32
    assert len(query_results(index)[0]) == 32  # type: ignore[arg-type]


def test_missing_source_raises_and_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound):
        copy_index(tmp_path / "none", tmp_path / "copy", engine="whoosh")
    assert not (tmp_path / "copy").exists()
