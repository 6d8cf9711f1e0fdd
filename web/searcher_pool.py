"""The index that all requests share: asked in a few threads, for a limited time, and opened anew when it changed."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from itertools import islice
from threading import Lock
from typing import Any, TypeVar

from starlette.requests import Request

from ..engines import IndexDamaged, IndexMoved, IndexOutdated
from ..messages import SouwenError
from ..query import Searcher, index_version
from .errors import TooBusy, TooSlow

SECONDS = 10.0  # that a request may take
THREADS = 4  # that search at once; see docs/decisions/0083-one-searcher.md
WAITING = 200  # requests at most that wait for a thread
CHECKED_EVERY = 1.0  # seconds: how often is looked whether the index was updated

_T = TypeVar("_T")


class _Opened:
    """A searcher that is closed when it was replaced and nobody uses it any more."""

    def __init__(self, index: str | os.PathLike[str]) -> None:
        self.version = index_version(index)  # read first: what is opened may be newer, and is looked for again
        self.searcher = Searcher(index)
        self.is_broken = False
        self._users = 1  # the archive
        self._lock = Lock()

    def ask(self, function: Callable[[Searcher], _T]) -> _T:
        try:
            return function(self.searcher)
        except (IndexDamaged, IndexMoved, IndexOutdated):
            self.is_broken = True
            raise

    def acquire(self) -> None:
        with self._lock:
            self._users += 1

    def release(self) -> None:
        with self._lock:
            self._users -= 1
            unused = not self._users
        if unused:
            self.searcher.close()


class Archive:
    """Asks one index. Raises what opening a Searcher raises. It belongs to one event loop."""

    def __init__(self, index: str | os.PathLike[str], *, seconds: float = SECONDS, threads: int = THREADS) -> None:
        self._index = index
        self._seconds = seconds
        self._threads = threads
        self._opened = _Opened(index)
        self._lock = Lock()  # of what is opened
        self._trouble: SouwenError | None = None  # why the index can't be used now
        self._checked = time.monotonic()
        self._is_checking = False
        self._checker = ThreadPoolExecutor(1, "souwen-check")  # slow searches hold up no check
        self._pool = ThreadPoolExecutor(threads, "souwen-search")
        self._asked: set[Future[Any]] = set()  # running or waiting for a thread
        self._late: set[Future[Any]] = set()  # running, though it was told that they took too long

    @property
    def version(self) -> str:
        """A short name for what is searched: another one after every commit. See `refresh`."""
        return self._opened.version

    async def refresh(self) -> None:
        """Opens the index anew if it was updated; looks for that now and then. Raises what opening a Searcher raises
        while the index can't be used, TooSlow."""
        if not self._is_checking and time.monotonic() - self._checked >= CHECKED_EVERY:
            self._is_checking = True
            checking = self._checker.submit(self._check)
            checking.add_done_callback(self._has_checked)  # also where it was taken back before it began
            await self._in_time(checking)
        if self._trouble:
            raise self._trouble.with_traceback(None)

    def _check(self) -> None:
        try:
            if self._trouble or self._opened.is_broken or index_version(self._index) != self._opened.version:
                opened = _Opened(self._index)
                with self._lock:
                    before, self._opened = self._opened, opened
                before.release()
            self._trouble = None
        except SouwenError as error:
            self._trouble = error

    def _has_checked(self, _: Future[None]) -> None:
        self._checked = time.monotonic()
        self._is_checking = False

    async def ask(self, function: Callable[[Searcher], _T]) -> _T:
        """What `function` makes of the searcher, in a thread, where what the request's context says holds. Raises what
        it raises, what `refresh` raises, TooSlow, TooBusy."""
        await self.refresh()
        with self._current() as opened:
            return await self._run(opened, function)

    async def stream(self, function: Callable[[Searcher], Iterator[_T]]) -> AsyncGenerator[_T, None]:
        """What `function` yields, all from one state of the index. Each step has the time of a request. Raises what
        `ask` raises. Read it to its end, or close it."""
        await self.refresh()
        with self._current() as opened:
            steps = await self._run(opened, function)
            while step := await self._run(opened, lambda _: list(islice(steps, 1))):
                yield step[0]

    @contextmanager
    def _current(self) -> Iterator[_Opened]:
        """The last state of the index that was opened, which stays open inside the block."""
        with self._lock:
            opened = self._opened
            opened.acquire()
        try:
            yield opened
        finally:
            opened.release()

    async def _run(self, opened: _Opened, function: Callable[[Searcher], _T]) -> _T:
        if len(self._asked) >= self._threads + WAITING or len(self._late) >= self._threads:
            raise TooBusy
        opened.acquire()  # for the thread, which may go on when nobody waits for it any more
        running = self._pool.submit(copy_context().run, opened.ask, function)
        self._asked.add(running)

        def done(_: Future[_T]) -> None:  # when it really is, or was taken back before it began
            self._asked.discard(running)
            self._late.discard(running)
            opened.release()

        running.add_done_callback(done)
        return await self._in_time(running)

    async def _in_time(self, running: Future[_T]) -> _T:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(running), self._seconds)
        except asyncio.TimeoutError as error:
            if running in self._asked:
                self._late.add(running)
            if running.done():  # meanwhile
                self._late.discard(running)
            raise TooSlow(self._seconds) from error

    def close(self) -> None:
        """Takes no more questions."""
        self._checker.shutdown(wait=False, cancel_futures=True)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._opened.release()


def archive_of(request: Request) -> Archive:
    """The archive that a request is about."""
    archive: Archive = request.app.state.archive
    return archive
