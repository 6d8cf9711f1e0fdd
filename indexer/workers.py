"""Prepares the articles of many units in worker processes, in the order of the units."""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from ..messages import Language, current_language
from ..messages import gettext as _
from .cleaning import Cleaner
from .errors import Interrupted, WorkersEnded
from .files import Unit
from .preparation import IndexingConfig, Outcomes, Preparer

BATCH = 128  # units that a worker takes at once
BATCH_BYTES = 2_000_000  # or fewer, if they are so many bytes
WAITING = 24  # batches that are under way or wait to be written, two for each worker where that is more; bounds memory
LOOKS_FOR_PARENT = 1.0  # seconds between looks
MOST_RESTARTS = 50
BYTES_A_WORKER = 600_000  # fewer do not pay for starting one

_ENDED = (BrokenProcessPool, MemoryError)


class Here:
    """Prepares units in this process."""

    def __init__(self, recipe: IndexingConfig) -> None:
        self._preparer = Preparer(recipe)

    def outcomes(self, units: Iterator[Unit], cleaner: Cleaner) -> Iterator[tuple[Unit, Outcomes]]:
        """What came of each unit, in their order."""
        for unit in units:
            yield unit, self._preparer.prepare([unit], cleaner)[0]

    def close(self) -> None:
        self._preparer.close()


class Workers:
    """Prepares units in other processes, which start at once. One that ends costs no more than the unit it was at."""

    def __init__(self, recipe: IndexingConfig, jobs: int) -> None:
        self._recipe = recipe
        self._jobs = jobs
        self._restarts = 0
        self._executor = self._started()

    def _started(self) -> Any:
        from loky import ProcessPoolExecutor  # 50 ms, which a small run does not need

        executor = ProcessPoolExecutor(
            self._jobs, initializer=_start, initargs=(self._recipe, os.getpid(), current_language.get())
        )
        executor.submit(int)  # they start with the first thing to do
        return executor

    def outcomes(self, units: Iterator[Unit], cleaner: Cleaner) -> Iterator[tuple[Unit, Outcomes]]:
        """What came of each unit, in their order. Raises WorkersEnded."""
        waiting: deque[tuple[list[Unit], Future[list[Outcomes]]]] = deque()
        batches = _batches(units)

        def give(batch: list[Unit]) -> tuple[list[Unit], Future[list[Outcomes]]]:
            return batch, self._future(batch, cleaner)

        waiting.extend(map(give, islice(batches, max(2 * self._jobs, WAITING))))
        while waiting:
            batch, future = waiting.popleft()
            try:
                found = future.result()
            except _ENDED:
                # It was at work on one of the first batches. They come first to their turn, each unit alone.
                self._restart()
                found = [self._alone(unit, cleaner) for unit in batch]
                waiting = deque(give(later) for later, _ in waiting)
            yield from zip(batch, found, strict=True)
            waiting.extend(map(give, islice(batches, 1)))

    def _future(self, batch: list[Unit], cleaner: Cleaner) -> "Future[list[Outcomes]]":
        try:
            future: Future[list[Outcomes]] = self._executor.submit(_work, batch, cleaner)
        except BrokenProcessPool as error:  # a process has ended at an earlier batch
            future = Future()
            future.set_exception(error)
        return future

    def _alone(self, unit: Unit, cleaner: Cleaner) -> Outcomes:
        """What came of a unit that may be the one that ends a process."""
        try:
            return self._future([unit], cleaner).result()[0]
        except _ENDED:
            self._restart()
            return [Interrupted(_("the process that read it was ended: it may need more memory than there is"))]

    def _restart(self) -> None:
        self._restarts += 1
        if self._restarts > MOST_RESTARTS:
            raise WorkersEnded
        self.close()
        self._executor = self._started()

    def close(self) -> None:
        self._executor.shutdown(kill_workers=True)


def _batches(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    batch: list[Unit] = []
    size = 0
    for unit in units:
        batch.append(unit)
        size += unit.size
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def worthwhile(jobs: int, size: int) -> int:
    """How many processes of `jobs` there is work for, with so many bytes to read."""
    return min(jobs, size // BYTES_A_WORKER)


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# In a worker process:

_preparer: Preparer


def _start(recipe: IndexingConfig, parent: int, language: Language) -> None:
    global _preparer
    current_language.set(language)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _preparer = Preparer(recipe)
    # Preparing makes no cycles; looking for some would take a quarter of the time.
    gc.disable()


def _work(batch: list[Unit], cleaner: Cleaner) -> list[Outcomes]:
    gc.collect(0)
    return _preparer.prepare(batch, cleaner)


def _end_with(parent: int) -> None:
    """Ends this process when its parent has: a killed run must leave nothing behind."""
    while os.getppid() == parent:
        time.sleep(LOOKS_FOR_PARENT)
    os._exit(1)
