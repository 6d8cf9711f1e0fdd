"""The OpenSearch engine beyond the contract: commits on servers that several machines use."""

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from souwen.analysis import Analyzer, Article
from souwen.engines import (
    And,
    Engine,
    IndexDirectory,
    IndexLocked,
    IndexMoved,
    IndexOutdated,
    Keyword,
    MinShouldMatch,
    Or,
    Reader,
    ScoringTerm,
    SearchRequest,
    StoredArticle,
    Substring,
)
from souwen.engines.opensearch import aggregations, commits
from souwen.engines.opensearch import engine as engine_module
from souwen.engines.opensearch import reader as reader_module
from souwen.engines.opensearch.connection_settings import server_address
from souwen.engines.opensearch.index_handle import read_handle
from souwen.engines.opensearch.query_builder import MAX_CLAUSES, count_clauses, limit_clauses, match_query
from souwen.engines.opensearch.server import Server
from souwen.indexer import build_index
from souwen.query import Searcher

from .test_conformance import generated, written

ANALYZER = Analyzer()
MATCH_ALL_REQUEST = SearchRequest(match=And(()), limit=1_000)


@pytest.fixture
def directory(tmp_path: Path, opensearch: str) -> IndexDirectory:
    directory = IndexDirectory(tmp_path / "index")
    with directory.lock(1):
        meta, _ = directory.create_draft(ANALYZER, opensearch)
        directory.activate(meta)
    return directory


def write(engine: Engine, articles: dict[str, str], delete: Iterable[str] = ()) -> None:
    with engine.writer() as writer:
        analyzed = (ANALYZER.analyze(Article(id=key, title="题", body=body)) for key, body in articles.items())
        for prepared in engine.prepare((article, "digest") for article in analyzed):
            writer.put(prepared)
        for article_id in delete:
            writer.delete(article_id)


def bodies(reader: Reader) -> dict[str, str]:
    """Return the bodies that a reader shows, by id. Searching, fetching and counting must agree."""
    result = reader.search(MATCH_ALL_REQUEST)
    stored: list[StoredArticle] = reader.fetch([candidate.key for candidate in result.candidates])
    assert result.total == len(stored) == reader.count(And(())) == reader.statistics().articles
    return {entry.article.id: entry.article.body for entry in stored}


def current_bodies(directory: IndexDirectory) -> dict[str, str]:
    reader = directory.open(ANALYZER.fingerprint).reader()
    try:
        return bodies(reader)
    finally:
        reader.close()


def copied_directory(directory: IndexDirectory) -> IndexDirectory:
    """Return the index as another machine opens it, from a copy of its folder."""
    copy = directory.path.parent / "copy"
    shutil.copytree(directory.path, copy, dirs_exist_ok=True)
    return IndexDirectory(copy)


def document_count(directory: IndexDirectory) -> int:
    """Return the number of articles on the servers, committed or not."""
    server = Server(server_address())
    name = read_handle(directory.path / directory.meta().folder)
    server.request("POST", f"/{name}/_refresh")
    count = server.request("POST", f"/{name}/_count", {"query": {"range": {"born": {"gte": 0}}}})["count"]
    server.close()
    return int(count)


def test_a_copied_folder_opens_the_same_index(directory: IndexDirectory) -> None:
    other = copied_directory(directory)
    write(directory.open(ANALYZER.fingerprint), {"1": "一", "2": "二"})
    assert current_bodies(other) == {"1": "一", "2": "二"}
    write(other.open(ANALYZER.fingerprint), {"2": "两", "3": "三"}, delete=["1"])
    assert current_bodies(directory) == current_bodies(other) == {"2": "两", "3": "三"}


def test_a_second_writer_is_locked_out(directory: IndexDirectory) -> None:
    local, remote = directory.open(ANALYZER.fingerprint), copied_directory(directory).open(ANALYZER.fingerprint)
    with local.writer(), pytest.raises(IndexLocked, match=r"is being written by .*@.* \(PID \d+\)"):
        write(remote, {"1": "一"})
    write(remote, {"1": "一"})
    assert current_bodies(directory) == {"1": "一"}


def test_an_active_writer_keeps_its_lease(directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    local, remote = directory.open(ANALYZER.fingerprint), copied_directory(directory).open(ANALYZER.fingerprint)
    clock = [1e9]
    monkeypatch.setattr(commits, "time", SimpleNamespace(time=lambda: clock[0]))
    with local.writer(1) as writer:
        for key in "12":
            clock[0] += 0.9 * commits.LEASE_DURATION
            with pytest.raises(IndexLocked):
                write(remote, {"3": "三"})
            for prepared in local.prepare([(ANALYZER.analyze(Article(id=key, title="题", body="文")), "digest")]):
                writer.put(prepared)
    assert current_bodies(directory) == {"1": "文", "2": "文"}


def test_a_writer_that_lost_its_lease_commits_nothing(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    local, remote = directory.open(ANALYZER.fingerprint), copied_directory(directory).open(ANALYZER.fingerprint)
    write(local, {"0": "〇", "1": "一"})

    slow, quick = (
        engine.prepare([(ANALYZER.analyze(Article(id=key, title="题", body=body)), "digest")])[0]
        for engine, key, body in ((local, "1", "慢"), (remote, "2", "二"))
    )
    first = local.writer(1)  # a buffer of one byte: every article is sent immediately
    first.put(slow)
    monkeypatch.setattr(commits, "LEASE_DURATION", -1.0)  # so that the first lease has expired
    with remote.writer(1) as second:
        second.put(quick)
        with pytest.raises(IndexLocked, match="PID"), first:
            pass
    assert current_bodies(directory) == {"0": "〇", "1": "一", "2": "二"}
    write(local, {"3": "三"})
    assert current_bodies(directory) == {"0": "〇", "1": "一", "2": "二", "3": "三"}


def test_a_killed_run_stays_invisible_and_the_next_run_removes_it(tmp_path: Path, opensearch: str) -> None:
    """Runs are killed later and later, until one has just ended."""
    old, new = generated(1, range(120)), generated(2, range(150))
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    written(old, articles)
    build_index(articles, index, engine=opensearch)
    with Searcher(index) as searcher:
        before = searcher.statistics().articles, searcher.search("外交").total
    written(new, articles)
    expected = tmp_path / "expected"
    build_index(articles, expected)
    with Searcher(expected) as searcher:
        after = searcher.statistics().articles, searcher.search("外交").total
    run = f"import souwen.indexer as i; i.build_index({str(articles)!r}, {str(index)!r}, jobs=1, memory=20_000)"
    seen, pause = [], 0.4
    while not seen or seen[-1] != after:
        process = subprocess.Popen([sys.executable, "-c", run], stderr=subprocess.DEVNULL)
        time.sleep(pause)
        process.kill()
        process.wait()
        with Searcher(index) as searcher:
            seen.append((searcher.statistics().articles, searcher.search("外交").total))
        pause *= 1.3
    assert set(seen) == {before, after}
    build_index(articles, index)
    with Searcher(index) as searcher:
        assert (searcher.statistics().articles, searcher.search("外交").total) == after
    directory = IndexDirectory(index)
    folder = index / directory.meta().folder
    assert commits.CommitLog(Server(server_address()), read_handle(folder), folder).read().aborted
    assert document_count(directory) == 120 + 150  # none of the killed runs', and for a while the replaced ones


def test_replaced_articles_are_deleted_when_no_reader_needs_them(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = directory.open(ANALYZER.fingerprint)
    write(engine, {"1": "一", "2": "二"})
    before = engine.reader()
    write(engine, {"1": "新"})
    write(engine, {"3": "三"})
    assert bodies(before) == {"1": "一", "2": "二"}
    assert document_count(directory) == 4
    monkeypatch.setattr(commits, "COMMIT_RETENTION", 0.0)
    monkeypatch.setattr(reader_module, "COMMIT_RETENTION", 0.0)
    assert bodies(before) == {"1": "一", "2": "二"}
    write(engine, {}, delete=["3"])
    assert document_count(directory) == 3
    for read in (lambda: before.count(And(())), lambda: before.search(MATCH_ALL_REQUEST), lambda: before.find("1")):
        with pytest.raises(IndexOutdated, match="open it again"):
            read()
    before.close()
    assert current_bodies(directory) == {"1": "新", "2": "二"}


def test_a_rebuilt_index_stays_readable_for_a_while(
    tmp_path: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    written(generated(1, range(12)), articles)
    build_index(articles, index, engine=opensearch)
    old = IndexDirectory(shutil.copytree(index, tmp_path / "copy"))
    written(generated(1, range(5)), articles)
    build_index(articles, index, engine=opensearch, rebuild=True, from_files=True)
    with Searcher(old.path) as searcher:
        assert searcher.statistics().articles == 12
    with pytest.raises(IndexMoved, match="copy the folder from the machine that rebuilt it"):
        build_index(articles, old.path)
    assert sorted(path.parent.name for path in index.glob("opensearch-*/*.json")) == ["opensearch-1", "opensearch-2"]
    monkeypatch.setattr(engine_module, "COMMIT_RETENTION", 0.0)
    build_index(articles, index)
    assert [path.parent.name for path in index.glob("opensearch-*/*.json")] == ["opensearch-2"]
    with pytest.raises(IndexMoved):
        Searcher(old.path)
    with Searcher(index) as searcher:
        assert searcher.statistics().articles == 5


def test_a_deleted_index_is_reported_as_moved(directory: IndexDirectory) -> None:
    engine = directory.open(ANALYZER.fingerprint)
    write(engine, {"1": "一"})
    before, writer = engine.reader(), engine.writer()
    server = Server(server_address())
    server.request("DELETE", f"/{read_handle(directory.path / directory.meta().folder)}")
    server.close()
    search, read_values = lambda: before.search(MATCH_ALL_REQUEST), lambda: list(before.values("id"))
    for operation in (engine.reader, engine.writer, search, read_values):
        with pytest.raises(IndexMoved, match="rebuild it with"):
            operation()
    with pytest.raises(IndexMoved), writer:
        pass
    before.close()


def test_a_handle_can_name_only_one_index(directory: IndexDirectory) -> None:
    file = directory.path / directory.meta().folder / "index.json"
    original = file.read_text("utf-8")
    for name in ('"*"', '"souwen-*"', '"souwen-a,souwen-b"', '"_all"', '"souwen-a/_search"', "7", '"other"'):
        file.write_text(f'{{"index": {name}}}', "utf-8")
        with pytest.raises(Exception, match="names no index"):
            directory.open(ANALYZER.fingerprint).reader()
    file.write_text(original, "utf-8")
    assert current_bodies(directory) == {}


def test_lists_longer_than_a_response_are_read_completely(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = {str(number): "外交" * (number % 5) + f"第{number}篇" for number in range(40)}
    write(directory.open(ANALYZER.fingerprint), articles)
    reader = directory.open(ANALYZER.fingerprint).reader()
    request = SearchRequest(
        match=And(()),
        tiers=(Substring("text", "外交外"),),
        scoring_terms=(ScoringTerm("text", "words", "外交", 1.0),),
        limit=37,
    )
    whole, ids, words = reader.search(request), list(reader.values("id")), dict(reader.vocabulary())
    for module, name in ((reader_module, "MAX_PAGE_SIZE"), (aggregations, "PAGE_SIZE")):
        monkeypatch.setattr(module, name, 7)
    assert reader.search(request) == whole
    assert len({candidate.key for candidate in whole.candidates}) == 37
    assert list(reader.values("id")) == ids == sorted(articles)
    monkeypatch.setattr(Server, "max_buckets", 30)  # fewer than the 50 or so words
    assert dict(reader.vocabulary()) == words
    reader.close()


def test_no_query_exceeds_the_clause_limit_of_servers(directory: IndexDirectory) -> None:
    write(directory.open(ANALYZER.fingerprint), {"1": "外交" * 10})
    rng = random.Random(1)
    reader = directory.open(ANALYZER.fingerprint).reader()
    strings = ["".join(rng.choices("外交会谈总统南京市长江大桥", k=4)) for _ in range(900)]
    leaves = tuple(dict.fromkeys(Substring("text", string) for string in strings))
    keywords = tuple(Keyword("source", string) for string in dict.fromkeys(strings))
    weights = tuple(ScoringTerm("text", "words", string, 1.0) for string in strings)
    for clause in (And(leaves), Or(leaves), MinShouldMatch(5, leaves), And((Or(leaves), MinShouldMatch(9, keywords)))):
        assert count_clauses(match_query(clause)) > MAX_CLAUSES
        assert count_clauses(limit_clauses(match_query(clause))) < MAX_CLAUSES
        reader.search(SearchRequest(match=clause, tiers=(Or(keywords),), scoring_terms=weights))
        reader.count(clause)
    reader.close()
