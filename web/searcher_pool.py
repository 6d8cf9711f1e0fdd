"""Searches of all requests: a few threads, a time limit, and a searcher that is replaced when the index changes."""

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

from ..engines import Deadline, IndexDamaged, IndexMoved, IndexOutdated, QueryTimeout, use_deadline
from ..messages import SouwenError
from ..query import Searcher, index_version
from .errors import TooBusy, TooSlow

TIMEOUT_SECONDS = 10.0  # of a request
SEARCH_THREADS = 4  # see docs/decisions/0083-one-searcher.md
MAX_WAITING = 200  # requests in the queue for a thread
CHECK_INTERVAL_SECONDS = 1.0  # between checks for an updated index

_T = TypeVar("_T")


class _SharedSearcher:
    """A reference-counted searcher, closed when the pool has replaced it and no request uses it."""

    def __init__(self, index: str | os.PathLike[str]) -> None:
        # Read before opening: if the index is updated in between, the next check sees another version and reopens it.
        self.version = index_version(index)
        self.searcher = Searcher(index)
        self.is_broken = False
        self._users = 1  # the pool itself
        self._lock = Lock()

    def run(self, function: Callable[[Searcher], _T]) -> _T:
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
            is_unused = not self._users
        if is_unused:
            self.searcher.close()


class SearcherPool:
    """A pool of threads that share one searcher. It belongs to one event loop.

    Raises:
        SouwenError: Whatever opening a Searcher raises.
    """

    def __init__(
        self, index: str | os.PathLike[str], *, time_limit: float = TIMEOUT_SECONDS, threads: int = SEARCH_THREADS
    ) -> None:
        self._index = index
        self._time_limit = time_limit
        self._threads = threads
        self._shared = _SharedSearcher(index)
        self._lock = Lock()  # guards `_shared`
        self._index_error: SouwenError | None = None  # the reason why the index cannot be used now
        self._checked_at = time.monotonic()
        self._is_checking = False
        self._check_executor = ThreadPoolExecutor(1, "souwen-check")  # its own, so that slow searches delay no check
        self._search_executor = ThreadPoolExecutor(threads, "souwen-search")
        self._warm_up_executor = ThreadPoolExecutor(1, "souwen-warm-up")
        self._pending: set[Future[Any]] = set()  # running or waiting for a thread
        self._overdue: set[Future[Any]] = set()  # still running after their request got TooSlow
        self._warm_up(self._shared)

    @property
    def version(self) -> str:
        """Short name of the searched state of the index; it changes with every commit. See `refresh`."""
        return self._shared.version

    async def refresh(self) -> None:
        """Reopen the index if it was updated, checking at most once per CHECK_INTERVAL_SECONDS.

        Raises:
            SouwenError: Whatever opening a Searcher raises, as long as the index cannot be used.
            TooSlow: The check exceeded the time limit.
        """
        if not self._is_checking and time.monotonic() - self._checked_at >= CHECK_INTERVAL_SECONDS:
            self._is_checking = True
            check = self._check_executor.submit(self._check)
            check.add_done_callback(self._finish_check)  # called for a check that was cancelled in the queue, too
            await self._wait(check, Deadline(self._time_limit))
        if self._index_error:
            raise self._index_error.with_traceback(None)

    def _check(self) -> None:
        try:
            if self._index_error or self._shared.is_broken or index_version(self._index) != self._shared.version:
                replacement = _SharedSearcher(self._index)
                self._warm_up(replacement)
                with self._lock:
                    previous, self._shared = self._shared, replacement
                previous.release()
            self._index_error = None
        except SouwenError as error:
            self._index_error = error

    def _finish_check(self, _: Future[None]) -> None:
        self._checked_at = time.monotonic()
        self._is_checking = False

    def _warm_up(self, shared: _SharedSearcher) -> None:
        """Let a searcher read in the background what all threads would otherwise wait for.

        Errors of the index are left to the queries, which meet them again.
        """
        shared.acquire()
        self._warm_up_executor.submit(shared.run, Searcher.warm_up).add_done_callback(lambda _: shared.release())

    async def run(self, function: Callable[[Searcher], _T]) -> _T:
        """Return `function(searcher)`, called in a thread with the context variables of the request.

        Raises:
            SouwenError: Whatever `function` or `refresh` raises.
            TooSlow: The request exceeded the time limit.
            TooBusy: The queue is full.
        """
        await self.refresh()
        with self._acquire() as shared:
            return await self._submit(shared, function)

    async def stream(self, function: Callable[[Searcher], Iterator[_T]]) -> AsyncGenerator[_T, None]:
        """Yield the items of `function(searcher)`, all from one state of the index.

        The time limit applies to each item. Callers must exhaust or close the generator. Raises the errors of `run`.
        """
        await self.refresh()
        with self._acquire() as shared:
            items = await self._submit(shared, function)
            while batch := await self._submit(shared, lambda _: list(islice(items, 1))):
                yield batch[0]

    @contextmanager
    def _acquire(self) -> Iterator[_SharedSearcher]:
        """Yield the current searcher, which stays open inside the block."""
        with self._lock:
            shared = self._shared
            shared.acquire()
        try:
            yield shared
        finally:
            shared.release()

    async def _submit(self, shared: _SharedSearcher, function: Callable[[Searcher], _T]) -> _T:
        if len(self._pending) >= self._threads + MAX_WAITING or len(self._overdue) >= self._threads:
            raise TooBusy
        shared.acquire()  # for the thread, which may run on after its request got TooSlow
        deadline = Deadline(self._time_limit)
        with use_deadline(deadline):
            future = self._search_executor.submit(copy_context().run, shared.run, function)
        self._pending.add(future)

        def finish(_: Future[_T]) -> None:  # when the thread has finished, or the future was cancelled in the queue
            self._pending.discard(future)
            self._overdue.discard(future)
            shared.release()

        future.add_done_callback(finish)
        return await self._wait(future, deadline)

    async def _wait(self, future: Future[_T], deadline: Deadline) -> _T:
        """Return the result of a future, or raise TooSlow after the time limit.

        If nobody waits any more, the deadline is cancelled, so that the thread stops, too.
        """
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._time_limit)
        except QueryTimeout as error:
            raise TooSlow(self._time_limit) from error
        except asyncio.TimeoutError as error:
            if future in self._pending:
                self._overdue.add(future)
            if future.done():  # it may have finished between the two checks
                self._overdue.discard(future)
            raise TooSlow(self._time_limit) from error
        finally:
            deadline.cancel()

    def close(self) -> None:
        """Cancel waiting requests and close the searcher once no thread uses it."""
        self._check_executor.shutdown(wait=False, cancel_futures=True)
        self._search_executor.shutdown(wait=False, cancel_futures=True)
        self._warm_up_executor.shutdown(wait=False, cancel_futures=True)
        self._shared.release()


def searcher_pool_of(request: Request) -> SearcherPool:
    """Return the searcher pool of the application that handles a request."""
    pool: SearcherPool = request.app.state.searcher_pool
    return pool
