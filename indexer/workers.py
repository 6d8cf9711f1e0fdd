"""Prepares the articles of many units in worker processes, in the order of the units."""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing
from itertools import islice

from ..engines import Engine
from .preparing import Outcomes, Preparer
from .units import Unit

BATCH = 128  # units that a worker takes at once
BATCH_BYTES = 2_000_000  # or fewer, if they are so many bytes
WAITING = 12  # batches for each worker that are under way or wait to be written; bounds memory
LOOKS_FOR_PARENT = 1.0  # seconds between looks
BYTES_A_WORKER = 600_000  # fewer do not pay for starting one


def outcomes(
    units: Iterator[Unit], engine: Engine, dictionary: Sequence[str], jobs: int
) -> Generator[tuple[Unit, Outcomes], None, None]:
    """What the articles of each unit change, unit by unit. With more than one of `jobs`, that many processes prepare
    them."""
    if jobs > 1:
        yield from _by_workers(units, engine, dictionary, jobs)
        return
    with closing(Preparer(engine, dictionary)) as preparer:
        for unit in units:
            yield unit, preparer.prepare([unit])[0]


def _by_workers(
    units: Iterator[Unit], engine: Engine, dictionary: Sequence[str], jobs: int
) -> Generator[tuple[Unit, Outcomes], None, None]:
    from loky import ProcessPoolExecutor  # 50 ms, which a small run does not need

    waiting: deque[tuple[list[Unit], Future[list[Outcomes]]]] = deque()
    executor = ProcessPoolExecutor(jobs, initializer=_start, initargs=(engine, dictionary, os.getpid()))
    batches = _batches(units)
    try:
        waiting.extend(_given(executor, batch) for batch in islice(batches, jobs * WAITING))
        while waiting:
            batch, future = waiting.popleft()
            yield from zip(batch, future.result(), strict=True)
            waiting.extend(_given(executor, batch) for batch in islice(batches, 1))
    finally:
        executor.shutdown(kill_workers=True)


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


def _given(executor: Executor, batch: list[Unit]) -> tuple[list[Unit], "Future[list[Outcomes]]"]:
    """The batch, without what is in its units, and what will become of it."""
    return [unit._replace(content=None) for unit in batch], executor.submit(_work, batch)


def worthwhile(jobs: int, size: int) -> int:
    """How many processes of `jobs` files of so many bytes are work for."""
    return min(jobs, size // BYTES_A_WORKER)


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# In a worker process:

_preparer: Preparer


def _start(engine: Engine, dictionary: Sequence[str], parent: int) -> None:
    global _preparer
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _preparer = Preparer(engine, dictionary)
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
