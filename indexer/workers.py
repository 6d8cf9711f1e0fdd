"""Prepare the articles of read units, in this process or in a pool of worker processes."""

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
from .errors import ReadInterrupted, WorkersEnded
from .files import ReadUnit
from .preparation import IndexingConfig, Outcomes, Preparer

BATCH_UNITS = 128  # units that a worker takes at once
BATCH_BYTES = 2_000_000  # a batch ends early when its units have this size
MIN_PENDING_BATCHES = 24  # submitted and not yet written, or two per worker where that is more; bounds memory
PARENT_CHECK_INTERVAL = 1.0  # seconds
MAX_RESTARTS = 50
MIN_BYTES_PER_WORKER = 600_000  # less work does not pay for starting a process

_WORKER_DEATH = (BrokenProcessPool, MemoryError)


class InProcessExecutor:
    """Prepares units in this process."""

    def __init__(self, config: IndexingConfig) -> None:
        self._preparer = Preparer(config)

    def prepare(self, units: Iterator[ReadUnit], cleaner: Cleaner) -> Iterator[tuple[ReadUnit, Outcomes]]:
        """Yield each unit with its outcomes, in order."""
        for unit in units:
            yield unit, self._preparer.prepare([unit], cleaner)[0]

    def close(self) -> None:
        """Close the reader of the index."""
        self._preparer.close()


class WorkerPool:
    """Prepares units in worker processes, which start at once.

    A worker that dies costs only the unit that it was preparing.
    """

    def __init__(self, config: IndexingConfig, jobs: int) -> None:
        self._config = config
        self._jobs = jobs
        self._restarts = 0
        self._executor = self._start_executor()

    def _start_executor(self) -> Any:
        from loky import ProcessPoolExecutor  # imported late: takes 50 ms, and a small run does not need it

        executor = ProcessPoolExecutor(
            self._jobs, initializer=_start_worker, initargs=(self._config, os.getpid(), current_language.get())
        )
        executor.submit(int)  # loky starts its processes with the first task
        return executor

    def prepare(self, units: Iterator[ReadUnit], cleaner: Cleaner) -> Iterator[tuple[ReadUnit, Outcomes]]:
        """Yield each unit with its outcomes, in order.

        Raises:
            WorkersEnded: Workers died more than MAX_RESTARTS times.
        """
        pending: deque[tuple[list[ReadUnit], Future[list[Outcomes]]]] = deque()
        batches = _make_batches(units)

        def submit(batch: list[ReadUnit]) -> tuple[list[ReadUnit], Future[list[Outcomes]]]:
            return batch, self._submit(batch, cleaner)

        pending.extend(map(submit, islice(batches, max(2 * self._jobs, MIN_PENDING_BATCHES))))
        while pending:
            batch, future = pending.popleft()
            try:
                outcomes_by_unit = future.result()
            except _WORKER_DEATH:
                # The worker was preparing one of the first batches. Their units are prepared one by one, in turn.
                self._restart()
                outcomes_by_unit = [self._prepare_alone(unit, cleaner) for unit in batch]
                pending = deque(submit(later_batch) for later_batch, _ in pending)
            yield from zip(batch, outcomes_by_unit, strict=True)
            pending.extend(map(submit, islice(batches, 1)))

    def _submit(self, batch: list[ReadUnit], cleaner: Cleaner) -> "Future[list[Outcomes]]":
        try:
            future: Future[list[Outcomes]] = self._executor.submit(_prepare_batch, batch, cleaner)
        except BrokenProcessPool as error:  # a worker died at an earlier batch
            future = Future()
            future.set_exception(error)
        return future

    def _prepare_alone(self, unit: ReadUnit, cleaner: Cleaner) -> Outcomes:
        """Return the outcomes of a unit that may be the one that kills its worker."""
        try:
            return self._submit([unit], cleaner).result()[0]
        except _WORKER_DEATH:
            self._restart()
            return [ReadInterrupted(_("the worker process that read it died: it may need more memory than there is"))]

    def _restart(self) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise WorkersEnded
        self.close()
        self._executor = self._start_executor()

    def close(self) -> None:
        """Kill the workers."""
        self._executor.shutdown(kill_workers=True)


def _make_batches(units: Iterator[ReadUnit]) -> Iterator[list[ReadUnit]]:
    batch: list[ReadUnit] = []
    size = 0
    for unit in units:
        batch.append(unit)
        size += unit.size
        if len(batch) == BATCH_UNITS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def make_executor(config: IndexingConfig, jobs: int | None, size: int) -> InProcessExecutor | WorkerPool:
    """Return an executor for `size` bytes of work: a pool of up to `jobs` workers, or this process.

    `jobs` is by default the number of cores that this process may use.
    """
    workers = min(_available_cores() if jobs is None else jobs, size // MIN_BYTES_PER_WORKER)
    return WorkerPool(config, workers) if workers > 1 else InProcessExecutor(config)


def _available_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# In a worker process:

_preparer: Preparer


def _start_worker(config: IndexingConfig, parent: int, language: Language) -> None:
    global _preparer
    current_language.set(language)
    threading.Thread(target=_exit_with_parent, args=(parent,), daemon=True).start()
    _preparer = Preparer(config)
    # Preparing makes no reference cycles, and searching for some would take a quarter of the time.
    gc.disable()


def _prepare_batch(batch: list[ReadUnit], cleaner: Cleaner) -> list[Outcomes]:
    gc.collect(0)
    return _preparer.prepare(batch, cleaner)


def _exit_with_parent(parent: int) -> None:
    """End this process when its parent ends, so that a killed run leaves no processes behind."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_INTERVAL)
    os._exit(1)
