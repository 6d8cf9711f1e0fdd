"""Prepare the articles of read units, in this process or in a pool of worker processes."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from queue import SimpleQueue

from .cleaning import Cleaner
from .errors import ReadInterrupted
from .files import ReadUnit
from .preparation import IndexingConfig, Outcomes, Preparer
from .worker_process import StepInterrupted, Task, WorkerProcess

BATCH_UNITS = 128  # units that a worker takes at once
BATCH_BYTES = 2_000_000  # a batch ends early when its units have this size
MIN_PENDING_BATCHES = 24  # submitted and not yet written, or two per worker where that is more; bounds memory
MIN_BYTES_PER_WORKER = 600_000  # less work does not pay for starting a process


class InProcessExecutor:
    """Prepares simple units in this process, and others in a worker process, which starts with the first of them."""

    def __init__(self, config: IndexingConfig) -> None:
        self._config = config
        self._preparer = Preparer(config)
        self._worker: _Worker | None = None

    def prepare(self, units: Iterator[ReadUnit], cleaner: Cleaner) -> Iterator[tuple[ReadUnit, Outcomes]]:
        """Yield each unit with its outcomes, in order."""
        for unit in units:
            if unit.is_simple(self._config.mapping):
                [outcomes] = self._preparer.prepare([unit], cleaner)
            else:
                self._worker = self._worker or _Worker(self._config)
                [outcomes] = self._worker.prepare([unit], cleaner)
            yield unit, outcomes

    def close(self) -> None:
        """Kill the worker and close the reader of the index."""
        if self._worker:
            self._worker.close()
        self._preparer.close()


class WorkerPool:
    """Prepares units in worker processes, which start at once."""

    def __init__(self, config: IndexingConfig, jobs: int) -> None:
        self._jobs = jobs
        self._workers = [_Worker(config) for _ in range(jobs)]
        self._idle_workers: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle_workers.put(worker)
        self._threads = ThreadPoolExecutor(jobs)  # a thread waits for each busy worker

    def prepare(self, units: Iterator[ReadUnit], cleaner: Cleaner) -> Iterator[tuple[ReadUnit, Outcomes]]:
        """Yield each unit with its outcomes, in order.

        Raises:
            WorkerPoolFailed: A worker died too often in succession.
        """
        pending: deque[tuple[list[ReadUnit], Future[list[Outcomes]]]] = deque()
        batches = _make_batches(units)

        def submit(batch: list[ReadUnit]) -> tuple[list[ReadUnit], Future[list[Outcomes]]]:
            # The context has the language of messages.
            return batch, self._threads.submit(copy_context().run, self._prepare_batch, batch, cleaner)

        pending.extend(map(submit, islice(batches, max(2 * self._jobs, MIN_PENDING_BATCHES))))
        while pending:
            batch, future = pending.popleft()
            yield from zip(batch, future.result(), strict=True)
            pending.extend(map(submit, islice(batches, 1)))

    def _prepare_batch(self, batch: list[ReadUnit], cleaner: Cleaner) -> list[Outcomes]:
        worker = self._idle_workers.get()
        try:
            return worker.prepare(batch, cleaner)
        finally:
            self._idle_workers.put(worker)

    def close(self) -> None:
        """Kill the workers."""
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(cancel_futures=True)


class _Worker:
    """Prepares batches in a worker process. A unit that exceeds the limits or kills the process costs only itself."""

    def __init__(self, config: IndexingConfig) -> None:
        self._process = WorkerProcess(_make_prepare_task, config)

    def prepare(self, batch: Sequence[ReadUnit], cleaner: Cleaner, *, is_retry: bool = False) -> list[Outcomes]:
        """Return the outcomes of each unit. Raises WorkerPoolFailed."""
        try:
            outcomes: list[Outcomes] = self._process.call(batch, cleaner)
        except StepInterrupted as error:
            if error.step < 0 and len(batch) > 1:  # any unit may be the cause
                return [self.prepare([unit], cleaner)[0] for unit in batch]
            step = max(error.step, 0)
            unit, before, after = batch[step], batch[:step], batch[step + 1 :]
            outcomes = self.prepare(before, cleaner) if before else []
            if error.exceeded_limit or is_retry:
                outcomes.append([ReadInterrupted(str(error))])
            else:  # the cause may be outside of the unit
                outcomes += self.prepare([unit], cleaner, is_retry=True)
            if after:
                outcomes += self.prepare(after, cleaner)
        return outcomes

    def close(self) -> None:
        """Kill the process."""
        self._process.close()


def _make_prepare_task(config: IndexingConfig) -> Task:
    return Preparer(config).prepare


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
