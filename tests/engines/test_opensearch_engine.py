"""What the OpenSearch engine promises beyond the contract: commits on servers that others use, too."""

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
from souwen.engines.opensearch import commits, engine, handle, listing, reader
from souwen.engines.opensearch.connection_settings import address
from souwen.engines.opensearch.query_builder import MOST_CLAUSES, clauses_in, fitting, matching
from souwen.engines.opensearch.server import Server
from souwen.indexer import build_index
from souwen.query import Searcher

from .test_conformance import generated, written

ANALYZER = Analyzer()
EVERY = SearchRequest(match=And(()), limit=1_000)


@pytest.fixture
def directory(tmp_path: Path, opensearch: str) -> IndexDirectory:
    made = IndexDirectory(tmp_path / "index")
    with made.lock(1):
        meta, _ = made.draft(ANALYZER, opensearch)
        made.publish(meta)
    return made


def put(opened: Engine, articles: dict[str, str], delete: Iterable[str] = ()) -> None:
    with opened.writer() as writer:
        analyzed = (ANALYZER.analyze(Article(id=key, title="题", body=body)) for key, body in articles.items())
        for prepared in opened.prepare((each, "digest") for each in analyzed):
            writer.put(prepared)
        for article_id in delete:
            writer.delete(article_id)


def bodies(opened: Reader) -> dict[str, str]:
    """What a reader shows, by id, found by search, by fetching and by counting."""
    found = opened.search(EVERY)
    stored: list[StoredArticle] = opened.fetch([candidate.key for candidate in found.candidates])
    assert found.total == len(stored) == opened.count(And(())) == opened.statistics().articles
    return {each.article.id: each.article.body for each in stored}


def now(directory: IndexDirectory) -> dict[str, str]:
    opened = directory.open(ANALYZER.fingerprint).reader()
    try:
        return bodies(opened)
    finally:
        opened.close()


def on_another_machine(directory: IndexDirectory) -> IndexDirectory:
    """The index as it is opened where its folder has been copied to."""
    copy = directory.path.parent / "copy"
    shutil.copytree(directory.path, copy, dirs_exist_ok=True)
    return IndexDirectory(copy)


def kept_by_servers(directory: IndexDirectory) -> int:
    """How many articles are there, committed or not."""
    server = Server(address())
    name = handle.read(directory.path / directory.meta().folder)
    server.ask("POST", f"/{name}/_refresh")
    count = server.ask("POST", f"/{name}/_count", {"query": {"range": {"born": {"gte": 0}}}})["count"]
    server.close()
    return int(count)


def test_a_copied_folder_opens_the_same_index(directory: IndexDirectory) -> None:
    other = on_another_machine(directory)
    put(directory.open(ANALYZER.fingerprint), {"1": "一", "2": "二"})
    assert now(other) == {"1": "一", "2": "二"}
    put(other.open(ANALYZER.fingerprint), {"2": "两", "3": "三"}, delete=["1"])
    assert now(directory) == now(other) == {"2": "两", "3": "三"}


def test_a_second_machine_waits_for_the_first(directory: IndexDirectory) -> None:
    here, there = directory.open(ANALYZER.fingerprint), on_another_machine(directory).open(ANALYZER.fingerprint)
    with here.writer(), pytest.raises(IndexLocked, match=r"is being written by .*@.* \(PID \d+\)"):
        put(there, {"1": "一"})
    put(there, {"1": "一"})
    assert now(directory) == {"1": "一"}


def test_a_writer_that_writes_keeps_its_place(directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = directory.open(ANALYZER.fingerprint), on_another_machine(directory).open(ANALYZER.fingerprint)
    clock = [1e9]
    monkeypatch.setattr(commits, "time", SimpleNamespace(time=lambda: clock[0]))
    with here.writer(1) as writer:
        for key in "12":
            clock[0] += 0.9 * commits.LEASE
            with pytest.raises(IndexLocked):
                put(there, {"3": "三"})
            for prepared in here.prepare([(ANALYZER.analyze(Article(id=key, title="题", body="文")), "digest")]):
                writer.put(prepared)
    assert now(directory) == {"1": "文", "2": "文"}


def test_who_lost_the_place_of_the_writer_commits_nothing(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = directory.open(ANALYZER.fingerprint), on_another_machine(directory).open(ANALYZER.fingerprint)
    put(here, {"0": "〇", "1": "一"})

    (slow, quick) = (
        opened.prepare([(ANALYZER.analyze(Article(id=key, title="题", body=body)), "digest")])[0]
        for opened, key, body in ((here, "1", "慢"), (there, "2", "二"))
    )
    first = here.writer(1)  # a byte: every article is sent at once
    first.put(slow)
    monkeypatch.setattr(commits, "LEASE", -1.0)  # it has been silent for longer than that
    with there.writer(1) as second:
        second.put(quick)
        with pytest.raises(IndexLocked, match="PID"), first:
            pass
    assert now(directory) == {"0": "〇", "1": "一", "2": "二"}
    put(here, {"3": "三"})
    assert now(directory) == {"0": "〇", "1": "一", "2": "二", "3": "三"}


def test_a_killed_run_is_never_seen_and_the_next_one_cleans_up(tmp_path: Path, opensearch: str) -> None:
    """Killed sooner and later, up to the moment when it has just ended."""
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
        writer = subprocess.Popen([sys.executable, "-c", run], stderr=subprocess.DEVNULL)
        time.sleep(pause)
        writer.kill()
        writer.wait()
        with Searcher(index) as searcher:
            seen.append((searcher.statistics().articles, searcher.search("外交").total))
        pause *= 1.3
    assert set(seen) == {before, after}
    build_index(articles, index)
    with Searcher(index) as searcher:
        assert (searcher.statistics().articles, searcher.search("外交").total) == after
    directory = IndexDirectory(index)
    folder = index / directory.meta().folder
    assert commits.Commits(Server(address()), handle.read(folder), folder).read().aborted
    assert kept_by_servers(directory) == 120 + 150  # nothing of the killed runs; for a while, what was replaced


def test_what_was_replaced_goes_when_no_reader_needs_it(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = directory.open(ANALYZER.fingerprint)
    put(opened, {"1": "一", "2": "二"})
    before = opened.reader()
    put(opened, {"1": "新"})
    put(opened, {"3": "三"})
    assert bodies(before) == {"1": "一", "2": "二"}
    assert kept_by_servers(directory) == 4
    monkeypatch.setattr(commits, "KEPT", 0.0)
    monkeypatch.setattr(reader, "KEPT", 0.0)
    assert bodies(before) == {"1": "一", "2": "二"}
    put(opened, {}, delete=["3"])
    assert kept_by_servers(directory) == 3
    for ask in (lambda: before.count(And(())), lambda: before.search(EVERY), lambda: before.find("1")):
        with pytest.raises(IndexOutdated, match="open it again"):
            ask()
    before.close()
    assert now(directory) == {"1": "新", "2": "二"}


def test_a_rebuilt_index_answers_its_readers_for_a_while(
    tmp_path: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    written(generated(1, range(12)), articles)
    build_index(articles, index, engine=opensearch)
    old = IndexDirectory(shutil.copytree(index, tmp_path / "copy"))
    written(generated(1, range(5)), articles)
    build_index(articles, index, engine=opensearch, rebuild=True)
    with Searcher(old.path) as searcher:
        assert searcher.statistics().articles == 12
    with pytest.raises(IndexMoved, match="copy the folder from the machine that rebuilt it"):
        build_index(articles, old.path)
    assert sorted(path.parent.name for path in index.glob("opensearch-*/*.json")) == ["opensearch-1", "opensearch-2"]
    monkeypatch.setattr(engine, "KEPT", 0.0)
    build_index(articles, index)
    assert [path.parent.name for path in index.glob("opensearch-*/*.json")] == ["opensearch-2"]
    with pytest.raises(IndexMoved):
        Searcher(old.path)
    with Searcher(index) as searcher:
        assert searcher.statistics().articles == 5


def test_an_index_that_somebody_deleted(directory: IndexDirectory) -> None:
    opened = directory.open(ANALYZER.fingerprint)
    put(opened, {"1": "一"})
    before, writer = opened.reader(), opened.writer()
    server = Server(address())
    server.ask("DELETE", f"/{handle.read(directory.path / directory.meta().folder)}")
    server.close()
    for use in (opened.reader, opened.writer, lambda: before.search(EVERY), lambda: list(before.values("id"))):
        with pytest.raises(IndexMoved, match="rebuild it with"):
            use()
    with pytest.raises(IndexMoved), writer:
        pass
    before.close()


def test_a_handle_can_name_one_index_only(directory: IndexDirectory) -> None:
    file = directory.path / directory.meta().folder / "index.json"
    kept = file.read_text("utf-8")
    for name in ('"*"', '"souwen-*"', '"souwen-a,souwen-b"', '"_all"', '"souwen-a/_search"', "7", '"other"'):
        file.write_text(f'{{"index": {name}}}', "utf-8")
        with pytest.raises(Exception, match="names no index"):
            directory.open(ANALYZER.fingerprint).reader()
    file.write_text(kept, "utf-8")
    assert now(directory) == {}


def test_lists_longer_than_an_answer_are_read_to_their_end(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = {str(number): "外交" * (number % 5) + f"第{number}篇" for number in range(40)}
    put(directory.open(ANALYZER.fingerprint), articles)
    opened = directory.open(ANALYZER.fingerprint).reader()
    request = SearchRequest(
        match=And(()),
        tiers=(Substring("text", "外交外"),),
        weights=(ScoringTerm("text", "words", "外交", 1.0),),
        limit=37,
    )
    whole, ids, words = opened.search(request), list(opened.values("id")), dict(opened.vocabulary())
    for module, size in ((reader, 7), (listing, 7)):
        monkeypatch.setattr(module, "PAGE", size)
    assert opened.search(request) == whole
    assert len({candidate.key for candidate in whole.candidates}) == 37
    assert list(opened.values("id")) == ids == sorted(articles)
    monkeypatch.setattr(Server, "most_buckets", 30)  # of some 50 words
    assert dict(opened.vocabulary()) == words
    opened.close()


def test_no_query_asks_for_more_than_servers_take(directory: IndexDirectory) -> None:
    put(directory.open(ANALYZER.fingerprint), {"1": "外交" * 10})
    choose = random.Random(1)
    opened = directory.open(ANALYZER.fingerprint).reader()
    strings = ["".join(choose.choices("外交会谈总统南京市长江大桥", k=4)) for _ in range(900)]
    leaves = tuple(dict.fromkeys(Substring("text", string) for string in strings))
    some = tuple(Keyword("source", string) for string in dict.fromkeys(strings))
    weights = tuple(ScoringTerm("text", "words", string, 1.0) for string in strings)
    for clause in (And(leaves), Or(leaves), MinShouldMatch(5, leaves), And((Or(leaves), MinShouldMatch(9, some)))):
        assert clauses_in(matching(clause)) > MOST_CLAUSES
        assert clauses_in(fitting(matching(clause))) < MOST_CLAUSES
        opened.search(SearchRequest(match=clause, tiers=(Or(some),), weights=weights))
        opened.count(clause)
    opened.close()
