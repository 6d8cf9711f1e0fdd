"""SearcherPool while the index is updated, rebuilt, deleted and damaged."""

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
from souwen.web import searcher_pool
from souwen.web.searcher_pool import SearcherPool

from .conftest import RunningServer

Start = Callable[..., RunningServer]


@pytest.fixture(autouse=True)
def check_at_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searcher_pool, "CHECK_INTERVAL_SECONDS", 0.0)


def add(index: Path, articles: dict[str, str], *, engine: str | None = None, rebuild: bool = False) -> None:
    """Index articles, given as a mapping of IDs to texts."""
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


def found_ids(server: RunningServer, query: str) -> set[str]:
    response = server.client.get("/api/search", params={"q": query, "collapse": "false"})
    assert response.status_code == 200, response.text
    return {hit["id"] for hit in response.json()["hits"]}


def test_update_is_searched_and_old_searchers_are_closed(serve: Start, index: Path) -> None:
    server = serve(index)
    tag = server.client.get("/api/stats").headers["etag"]
    assert server.client.get("/api/stats", headers={"If-None-Match": tag}).status_code == 304
    assert found_ids(server, "外交") == {"1"}
    first_searcher = server.pool._shared.searcher
    for number in range(2, 5):
        add(index, {str(number): "外交部长"})
        assert found_ids(server, "外交") == set(map(str, range(1, number + 1)))
    assert first_searcher._closed
    assert server.client.get("/api/stats", headers={"If-None-Match": tag}).status_code == 200


def test_new_aliases_work_without_a_restart(serve: Start, index: Path) -> None:
    server = serve(index)
    assert found_ids(server, "懂王") == set()
    (index / "aliases.txt").write_text("外交部发言人 = 懂王\n", "utf-8")
    assert found_ids(server, "懂王") == {"1"}


def test_rebuild_with_another_engine_is_searched(serve: Start, index: Path) -> None:
    server = serve(index)
    for engine in ("tantivy", "whoosh", "tantivy"):
        add(index, {engine: "外交"}, engine=engine, rebuild=True)
        assert engine in found_ids(server, "外交")
        assert server.client.get("/api/stats").json()["engine"] == engine


def test_deleted_index_is_an_error_until_it_is_restored(
    serve: Start, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(index)
    backup = shutil.copytree(index, index.with_name("backup"))
    shutil.rmtree(index)
    for path in ("/api/search?q=外交", "/api/stats", "/api/export", "/health", "/?q=外交"):
        caplog.clear()
        response = server.client.get(path)
        assert response.status_code == 503
        assert "the archive is unavailable: try again later" in response.text
        assert str(index) not in response.text
        assert f"no index in {index}: make one with `souwen index" in caplog.text
    backup.rename(index)
    assert found_ids(server, "外交") == {"1"}
    assert server.client.get("/health").status_code == 200


def test_damaged_index_is_an_error_until_it_is_repaired(
    serve: Start, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(index)
    meta = (index / "meta.json").read_bytes()
    (index / "meta.json").write_bytes(meta[:40])
    response = server.client.get("/api/search?q=外交")
    assert response.status_code == 503
    assert str(index) not in response.text
    assert "rebuild it with `souwen index" in caplog.text
    (index / "meta.json").write_bytes(meta)
    assert found_ids(server, "外交") == {"1"}


def test_searcher_that_finds_damage_is_replaced(index: Path) -> None:
    def fail(_: Searcher) -> None:
        raise IndexDamaged(index, "a page was altered")

    async def use_pool() -> tuple[Searcher, Searcher]:
        pool = SearcherPool(index)
        before = await pool.run(lambda searcher: searcher)
        with pytest.raises(IndexDamaged):
            await pool.run(fail)
        after = await pool.run(lambda searcher: searcher)
        pool.close()
        return before, after

    before, after = asyncio.run(use_pool())
    assert before is not after
    assert before._closed


def test_searcher_stays_open_while_in_use(index: Path) -> None:
    async def use_pool() -> None:
        pool = SearcherPool(index)
        release, started = threading.Event(), threading.Event()

        def slow(searcher: Searcher) -> Searcher:
            started.set()
            assert release.wait(60)
            assert searcher.search("外交").total == 1
            return searcher

        task = asyncio.create_task(pool.run(slow))
        stream = pool.stream(lambda searcher: iter([searcher, searcher]))
        streamed = await anext(stream)
        while not started.is_set():
            await asyncio.sleep(0.01)
        add(index, {"2": "外交"})
        assert await pool.run(lambda searcher: searcher.search("外交").total) == 2
        release.set()
        used = await task
        assert used is streamed
        assert not used._closed
        await stream.aclose()
        assert used._closed
        pool.close()

    asyncio.run(use_pool())


def test_fifty_concurrent_requests_while_the_index_changes(serve: Start, index: Path) -> None:
    server = serve(index, threads=3)
    expected = server.client.get("/api/search?q=发言人").json()["hits"]
    with ThreadPoolExecutor(50) as threads:
        futures = [threads.submit(server.client.get, "/api/search?q=发言人") for _ in range(300)]
        for number in range(3):
            add(index, {f"new-{number}": "贸易增长"})
        responses = [future.result() for future in futures]
    assert {response.status_code for response in responses} == {200}
    # Scores depend on the number of articles, so only the order is compared.
    assert all(
        [hit["id"] for hit in response.json()["hits"]] == [hit["id"] for hit in expected] for response in responses
    )
    assert found_ids(server, "贸易") == {"new-0", "new-1", "new-2"}


def test_export_stops_when_its_client_disconnects(serve: Start, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yielded = 0

    def articles(searcher: Searcher, *_: object, **__: object) -> Iterator[object]:
        nonlocal yielded
        (article,) = original(searcher)
        while True:
            yielded += 1
            yield article

    original = Searcher.articles
    monkeypatch.setattr(Searcher, "articles", articles)
    server = serve(index)
    with server.client.stream("GET", "/api/export") as response:
        assert next(response.iter_lines())
    shared = server.pool._shared
    while shared._users > 1:  # the stream is one of them
        time.sleep(0.01)
    before = yielded
    time.sleep(0.2)
    assert yielded == before


def test_cancelled_check_does_not_block_later_checks(index: Path) -> None:
    async def use_pool() -> int:
        pool = SearcherPool(index)
        pool._check_executor.submit(time.sleep, 0.3)  # so that the check has to wait
        refresh = asyncio.create_task(pool.refresh())
        await asyncio.sleep(0.05)
        refresh.cancel()
        await asyncio.gather(refresh, return_exceptions=True)
        add(index, {"2": "外交部长"})
        articles = await pool.run(lambda searcher: searcher.statistics().articles)
        pool.close()
        return articles

    assert asyncio.run(use_pool()) == 2
