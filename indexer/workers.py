"""Prepares the articles of many units in worker processes, in the order of the units."""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from typing import Any

from .errors import Interrupted, WorkersEnded
from .preparing import Outcomes, Preparer, Recipe
from .units import Unit

BATCH = 128  # units that a worker takes at once
BATCH_BYTES = 2_000_000  # or fewer, if they are so many bytes
WAITING = 12  # batches for each worker that are under way or wait to be written; bounds memory
LOOKS_FOR_PARENT = 1.0  # seconds between looks
MOST_RESTARTS = 50
BYTES_A_WORKER = 600_000  # fewer do not pay for starting one

_ENDED = (BrokenProcessPool, MemoryError)


def outcomes(units: Iterator[Unit], recipe: Recipe, jobs: int) -> Generator[tuple[Unit, Outcomes], None, None]:
    """What the articles of each unit change, unit by unit. With more than one of `jobs`, that many processes prepare
    them; one that ends costs no more than the unit it was at."""
    if jobs > 1:
        yield from _by_workers(units, recipe, jobs)
        return
    with closing(Preparer(recipe)) as preparer:
        for unit in units:
            yield unit, preparer.prepare([unit])[0]


def _by_workers(units: Iterator[Unit], recipe: Recipe, jobs: int) -> Generator[tuple[Unit, Outcomes], None, None]:
    waiting: deque[tuple[list[Unit], Future[list[Outcomes]]]] = deque()
    workers = _Workers(recipe, jobs)
    batches = _batches(units)
    try:
        waiting.extend((batch, workers.give(batch)) for batch in islice(batches, jobs * WAITING))
        while waiting:
            batch, future = waiting.popleft()
            try:
                found = future.result()
            except _ENDED:
                # It was at work on one of the first batches. They come first to their turn, each unit alone.
                workers.restart()
                found = [workers.alone(unit) for unit in batch]
                waiting = deque((later, workers.give(later)) for later, _ in waiting)
            yield from zip(batch, found, strict=True)
            waiting.extend((batch, workers.give(batch)) for batch in islice(batches, 1))
    finally:
        workers.stop()


class _Workers:
    """Processes that prepare batches."""

    def __init__(self, recipe: Recipe, jobs: int) -> None:
        self._recipe = recipe
        self._jobs = jobs
        self._restarts = 0
        self._executor = self._started()

    def _started(self) -> Any:
        from loky import ProcessPoolExecutor  # 50 ms, which a small run does not need

        return ProcessPoolExecutor(self._jobs, initializer=_start, initargs=(self._recipe, os.getpid()))

    def give(self, batch: list[Unit]) -> "Future[list[Outcomes]]":
        """What will become of a batch."""
        try:
            future: Future[list[Outcomes]] = self._executor.submit(_work, batch)
        except BrokenProcessPool as error:  # a process has ended at an earlier batch
            future = Future()
            future.set_exception(error)
        return future

    def alone(self, unit: Unit) -> Outcomes:
        """What became of a unit that may be the one that ends a process."""
        try:
            return self.give([unit]).result()[0]
        except _ENDED:
            self.restart()
            return [Interrupted("the process that read it was ended: it may need more memory than there is")]

    def restart(self) -> None:
        """Begins anew with new processes. Raises WorkersEnded, where that was tried too often."""
        self._restarts += 1
        if self._restarts > MOST_RESTARTS:
            raise WorkersEnded
        self.stop()
        self._executor = self._started()

    def stop(self) -> None:
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


def _start(recipe: Recipe, parent: int) -> None:
    global _preparer
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _preparer = Preparer(recipe)
    # Preparing makes no cycles; looking for some would take a quarter of the time.
    gc.disable()


def _work(batch: list[Unit]) -> list[Outcomes]:
    gc.collect(0)
    return _preparer.prepare(batch)


def _end_with(parent: int) -> None:
    """Ends this process when its parent has: a killed run must leave nothing behind."""
    while os.getppid() == parent:
        time.sleep(LOOKS_FOR_PARENT)
    os._exit(1)
