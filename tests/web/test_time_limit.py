"""Time limit of requests, and the number of threads and waiting requests."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from souwen.query import Searcher
from souwen.web import searcher_pool
from souwen.web.errors import TooBusy, TooSlow
from souwen.web.searcher_pool import SearcherPool

from .conftest import RunningServer


def wait_for(event: threading.Event) -> Callable[[Searcher], None]:
    def slow(_: Searcher) -> None:
        assert event.wait(60)

    return slow


def test_slow_requests_time_out_and_use_no_further_threads(seeds_index: Path) -> None:
    async def use_pool() -> None:
        pool = SearcherPool(seeds_index, time_limit=0.1, threads=2)
        event = threading.Event()
        before = threading.active_count()
        for _ in range(2):
            with pytest.raises(TooSlow, match=r"longer than 0\.1 seconds"):
                await pool.run(wait_for(event))
        for _ in range(20):
            with pytest.raises(TooBusy):
                await pool.run(lambda searcher: searcher.search("外交"))
        assert threading.active_count() <= before + 3
        event.set()
        while pool._overdue:
            await asyncio.sleep(0.01)
        assert await pool.run(lambda searcher: searcher.statistics().articles) == 2
        pool.close()

    asyncio.run(use_pool())


def test_request_that_timed_out_while_waiting_never_runs(seeds_index: Path) -> None:
    async def use_pool() -> list[int]:
        pool = SearcherPool(seeds_index, time_limit=0.2, threads=1)
        event, started = threading.Event(), []
        slow = asyncio.create_task(pool.run(wait_for(event)))
        waiting = [asyncio.create_task(pool.run(lambda _, n=n: started.append(n))) for n in range(5)]
        for task in (slow, *waiting):
            with pytest.raises(TooSlow):
                await task
        event.set()
        while pool._pending:
            await asyncio.sleep(0.01)
        pool.close()
        return started

    assert asyncio.run(use_pool()) == []


def test_requests_beyond_the_queue_are_refused(seeds_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searcher_pool, "MAX_WAITING", 3)

    async def use_pool() -> list[object]:
        pool = SearcherPool(seeds_index, threads=1)
        event = threading.Event()
        tasks = [asyncio.create_task(pool.run(wait_for(event))) for _ in range(6)]
        await asyncio.sleep(0.1)
        event.set()
        results: list[object] = list(await asyncio.gather(*tasks, return_exceptions=True))
        pool.close()
        return [type(result) for result in results]

    assert asyncio.run(use_pool()) == [type(None)] * 4 + [TooBusy] * 2


def test_timeout_is_status_504_with_a_sentence(serve: Callable[..., RunningServer], seeds_index: Path) -> None:
    response = serve(seeds_index, time_limit=1e-6).client.get("/api/search?q=外交")
    assert response.status_code == 504
    assert response.json()["error"].startswith("this took longer than 1e-06 seconds: ask for less")


def test_search_stops_when_its_request_timed_out_or_was_abandoned(seeds_index: Path) -> None:
    def search_for_ever(searcher: Searcher) -> None:
        while True:
            searcher.search("外* OR entity:*国*", facets=["entity"])

    async def all_threads_stop(pool: SearcherPool) -> None:
        end = time.monotonic() + 30
        while pool._pending:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)

    async def use_pool() -> None:
        pool = SearcherPool(seeds_index, time_limit=0.3, threads=2)
        for _ in range(4):
            with pytest.raises(TooSlow):
                await pool.run(search_for_ever)
        await all_threads_stop(pool)
        pool.close()
        pool = SearcherPool(seeds_index, time_limit=60, threads=2)
        tasks = [asyncio.create_task(pool.run(search_for_ever)) for _ in range(2)]
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await all_threads_stop(pool)
        assert await pool.run(lambda searcher: searcher.statistics().articles) == 2
        pool.close()

    asyncio.run(use_pool())
