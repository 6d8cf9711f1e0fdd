"""Prepares the articles of many files in worker processes, in the order of the files."""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import closing
from itertools import islice
from pathlib import Path

from ..engines import Engine
from .preparing import Outcomes, Preparer

BATCH = 128  # files that a worker takes at once
WAITING = 12  # batches for each worker that are under way or wait to be written; bounds memory
LOOKS_FOR_PARENT = 1.0  # seconds between looks
FILES_A_WORKER = 200  # fewer do not pay for starting one


def outcomes(
    files: Sequence[Path], engine: Engine, dictionary: Sequence[str], jobs: int
) -> Generator[Outcomes, None, None]:
    """What the articles of each file change, file by file. With more than one of `jobs`, and files enough, that many
    processes prepare them."""
    jobs = min(jobs, len(files) // FILES_A_WORKER)
    if jobs > 1:
        yield from _by_workers(files, engine, dictionary, jobs)
        return
    with closing(Preparer(engine, dictionary)) as preparer:
        for path in files:
            yield from preparer.prepare([path])


def _by_workers(
    files: Sequence[Path], engine: Engine, dictionary: Sequence[str], jobs: int
) -> Generator[Outcomes, None, None]:
    from loky import ProcessPoolExecutor  # 50 ms, which a small run does not need

    batches = (files[start : start + BATCH] for start in range(0, len(files), BATCH))
    waiting: deque[Future[list[Outcomes]]] = deque()
    executor = ProcessPoolExecutor(jobs, initializer=_start, initargs=(engine, dictionary, os.getpid()))
    try:
        waiting.extend(executor.submit(_work, batch) for batch in islice(batches, jobs * WAITING))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(executor.submit(_work, batch) for batch in islice(batches, 1))
    finally:
        executor.shutdown(kill_workers=True)


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


def _work(files: Sequence[Path]) -> list[Outcomes]:
    gc.collect(0)
    return _preparer.prepare(files)


def _end_with(parent: int) -> None:
    """Ends this process when its parent has: a killed run must leave nothing behind."""
    while os.getppid() == parent:
        time.sleep(LOOKS_FOR_PARENT)
    os._exit(1)
