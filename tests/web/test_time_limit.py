"""A request has limited time, and those that have used theirs up don't pile up."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from souwen.query import Searcher
from souwen.web import archive as archive_module
from souwen.web.errors import TooBusy, TooSlow
from souwen.web.searcher_pool import Archive

from .conftest import Served


def wait(event: threading.Event) -> Callable[[Searcher], None]:
    def slow(_: Searcher) -> None:
        assert event.wait(60)

    return slow


def test_what_takes_too_long_is_given_up_and_threads_do_not_pile_up(seeds_index: Path) -> None:
    async def ask() -> None:
        archive = Archive(seeds_index, seconds=0.1, threads=2)
        event = threading.Event()
        before = threading.active_count()
        for _ in range(2):
            with pytest.raises(TooSlow, match=r"longer than 0\.1 seconds"):
                await archive.ask(wait(event))
        for _ in range(20):
            with pytest.raises(TooBusy):
                await archive.ask(lambda searcher: searcher.search("外交"))
        assert threading.active_count() <= before + 3
        event.set()
        while archive._late:
            await asyncio.sleep(0.01)
        assert await archive.ask(lambda searcher: searcher.statistics().articles) == 2
        archive.close()

    asyncio.run(ask())


def test_what_waited_too_long_never_begins(seeds_index: Path) -> None:
    async def ask() -> list[int]:
        archive = Archive(seeds_index, seconds=0.2, threads=1)
        event, begun = threading.Event(), []
        slow = asyncio.create_task(archive.ask(wait(event)))
        waiting = [asyncio.create_task(archive.ask(lambda _, n=n: begun.append(n))) for n in range(5)]
        for task in (slow, *waiting):
            with pytest.raises(TooSlow):
                await task
        event.set()
        while archive._asked:
            await asyncio.sleep(0.01)
        archive.close()
        return begun

    assert asyncio.run(ask()) == []


def test_too_many_that_wait_are_sent_away(seeds_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "WAITING", 3)

    async def ask() -> list[object]:
        archive = Archive(seeds_index, threads=1)
        event = threading.Event()
        asked = [asyncio.create_task(archive.ask(wait(event))) for _ in range(6)]
        await asyncio.sleep(0.1)
        event.set()
        answers: list[object] = list(await asyncio.gather(*asked, return_exceptions=True))
        archive.close()
        return [type(answer) for answer in answers]

    assert asyncio.run(ask()) == [type(None)] * 4 + [TooBusy] * 2


def test_a_request_that_takes_too_long_is_told_so(serve: Callable[..., Served], seeds_index: Path) -> None:
    answer = serve(seeds_index, seconds=1e-6).client.get("/api/search?q=外交")
    assert answer.status_code == 504
    assert answer.json()["error"].startswith("this took longer than 1e-06 seconds: ask for less")
