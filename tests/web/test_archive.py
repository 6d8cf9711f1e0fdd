"""Requests share an index that is updated, rebuilt, deleted and damaged underneath."""

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from souwen.engines import IndexDamaged
from souwen.indexer import build_index
from souwen.query import Searcher
from souwen.web import archive as archive_module
from souwen.web.searcher_pool import Archive

from .conftest import Served

Start = Callable[..., Served]


@pytest.fixture(autouse=True)
def looks_at_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "CHECKED_EVERY", 0.0)


def add(index: Path, articles: dict[str, str], *, engine: str | None = None, rebuild: bool = False) -> None:
    """Indexes articles, given as ID and text."""
    folder = index.parent / "articles"
    folder.mkdir(exist_ok=True)
    for article_id, body in articles.items():
        (folder / f"{article_id}.jsonl").write_text(json.dumps({"id": article_id, "body": body}), "utf-8")
    options = {} if engine is None else {"engine": engine}
    build_index([folder], index, rebuild=rebuild, **options)


@pytest.fixture(params=["whoosh", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "tantivy":
        pytest.importorskip("tantivy")
    add(tmp_path / "index", {"1": "外交部发言人"}, engine=request.param)
    return tmp_path / "index"


def found(served: Served, query: str) -> set[str]:
    answer = served.client.get("/api/search", params={"q": query, "collapse": "false"})
    assert answer.status_code == 200, answer.text
    return {hit["id"] for hit in answer.json()["hits"]}


def test_an_update_appears_and_old_searchers_are_closed(serve: Start, index: Path) -> None:
    served = serve(index)
    tag = served.client.get("/api/stats").headers["etag"]
    assert served.client.get("/api/stats", headers={"If-None-Match": tag}).status_code == 304
    assert found(served, "外交") == {"1"}
    first = served.archive._opened.searcher
    for number in range(2, 5):
        add(index, {str(number): "外交部长"})
        assert found(served, "外交") == set(map(str, range(1, number + 1)))
    assert first._closed
    assert served.client.get("/api/stats", headers={"If-None-Match": tag}).status_code == 200


def test_new_aliases_count_without_a_restart(serve: Start, index: Path) -> None:
    served = serve(index)
    assert found(served, "懂王") == set()
    (index / "aliases.txt").write_text("外交部发言人 = 懂王\n", "utf-8")
    assert found(served, "懂王") == {"1"}


def test_a_rebuild_by_another_engine_is_picked_up(serve: Start, index: Path) -> None:
    served = serve(index)
    for engine in ("tantivy", "whoosh", "tantivy"):
        add(index, {engine: "外交"}, engine=engine, rebuild=True)
        assert engine in found(served, "外交")
        assert served.client.get("/api/stats").json()["engine"] == engine


def test_an_index_that_is_gone_is_told_and_comes_back(serve: Start, index: Path) -> None:
    served = serve(index)
    kept = shutil.copytree(index, index.with_name("kept"))
    shutil.rmtree(index)
    for path in ("/api/search?q=外交", "/api/stats", "/api/export", "/health"):
        answer = served.client.get(path)
        assert answer.status_code == 503
        assert answer.json()["error"].startswith(f"no index in {index}: make one with `souwen index")
    kept.rename(index)
    assert found(served, "外交") == {"1"}
    assert served.client.get("/health").status_code == 200


def test_an_index_that_is_damaged_is_told_and_mended(serve: Start, index: Path) -> None:
    served = serve(index)
    meta = (index / "meta.json").read_bytes()
    (index / "meta.json").write_bytes(meta[:40])
    answer = served.client.get("/api/search?q=外交")
    assert answer.status_code == 503
    assert "rebuild it with `souwen index" in answer.json()["error"]
    (index / "meta.json").write_bytes(meta)
    assert found(served, "外交") == {"1"}


def test_a_searcher_that_meets_damage_is_not_used_again(index: Path) -> None:
    def fail(_: Searcher) -> None:
        raise IndexDamaged(index, "a page was altered")

    async def ask() -> tuple[Searcher, Searcher]:
        archive = Archive(index)
        before = await archive.ask(lambda searcher: searcher)
        with pytest.raises(IndexDamaged):
            await archive.ask(fail)
        after = await archive.ask(lambda searcher: searcher)
        archive.close()
        return before, after

    before, after = asyncio.run(ask())
    assert before is not after
    assert before._closed


def test_a_searcher_stays_open_while_it_is_used(index: Path) -> None:
    async def ask() -> None:
        archive = Archive(index)
        release, begun = threading.Event(), threading.Event()

        def slow(searcher: Searcher) -> Searcher:
            begun.set()
            assert release.wait(60)
            assert searcher.search("外交").total == 1
            return searcher

        running = asyncio.create_task(archive.ask(slow))
        stream = archive.stream(lambda searcher: iter([searcher, searcher]))
        streamed = await anext(stream)
        while not begun.is_set():
            await asyncio.sleep(0.01)
        add(index, {"2": "外交"})
        assert await archive.ask(lambda searcher: searcher.search("外交").total) == 2
        release.set()
        used = await running
        assert used is streamed
        assert not used._closed
        await stream.aclose()
        assert used._closed
        archive.close()

    asyncio.run(ask())


def test_fifty_at_once_while_the_index_changes(serve: Start, index: Path) -> None:
    served = serve(index, threads=3)
    alone = served.client.get("/api/search?q=发言人").json()["hits"]
    with ThreadPoolExecutor(50) as threads:
        asked = [threads.submit(served.client.get, "/api/search?q=发言人") for _ in range(300)]
        for number in range(3):
            add(index, {f"new-{number}": "贸易增长"})
        answers = [each.result() for each in asked]
    assert {answer.status_code for answer in answers} == {200}
    # Scores follow the number of articles.
    assert all([hit["id"] for hit in answer.json()["hits"]] == [hit["id"] for hit in alone] for answer in answers)
    assert found(served, "贸易") == {"new-0", "new-1", "new-2"}


def test_an_export_ends_when_its_client_goes(serve: Start, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = 0

    def articles(searcher: Searcher, *_: object, **__: object) -> Iterator[object]:
        nonlocal given
        (article,) = original(searcher)
        while True:
            given += 1
            yield article

    original = Searcher.articles
    monkeypatch.setattr(Searcher, "articles", articles)
    served = serve(index)
    with served.client.stream("GET", "/api/export") as answer:
        assert next(answer.iter_lines())
    opened = served.archive._opened
    while opened._users > 1:  # the stream's
        time.sleep(0.01)
    before = given
    time.sleep(0.2)
    assert given == before


def test_a_check_that_nobody_waits_for_any_more_holds_up_no_other(index: Path) -> None:
    async def told() -> int:
        archive = Archive(index)
        archive._checker.submit(time.sleep, 0.3)  # so that the check has to wait
        waiting = asyncio.create_task(archive.refresh())
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        add(index, {"2": "外交部长"})
        articles = await archive.ask(lambda searcher: searcher.statistics().articles)
        archive.close()
        return articles

    assert asyncio.run(told()) == 2
