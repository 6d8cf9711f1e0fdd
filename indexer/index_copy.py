"""Copy the articles of an index into a new index of any engine, without the files that they came from."""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from ..engines import DEFAULT_WRITE_BUFFER, FORMER_FORMAT, IndexDirectory
from .build import LOCK_TIMEOUT
from .errors import IndexOccupied
from .inputs import NO_INPUTS
from .rebuild import GivenSettings, copy_articles
from .update import RunOptions


def copy_index(
    source: str | os.PathLike[str],
    index: str | os.PathLike[str],
    *,
    engine: str | None = None,
    rebuild: bool = False,
    jobs: int | None = None,
    memory: int = DEFAULT_WRITE_BUFFER,
    dictionary: Iterable[str] | None = None,
    entities: bool | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Make `index` from the articles stored in the index `source`, and return how many articles were copied.

    The new index has the settings of `source`, except those that are given, its list of aliases, and its manifest, so
    that the next run reads only files that have changed. `index` may be `source` itself, or one of the former format.
    `progress` is called with the number of articles copied and the total. With `rebuild`, an existing other index is
    replaced, and its articles are lost. The other parameters are those of `build_index`.

    Raises:
        IndexNotFound: `source` is not an index.
        IndexMismatch: `source` has a format that cannot be read.
        IndexDamaged: `source` is damaged.
        IndexOccupied: `index` is another index, or has another list of aliases.
        IndexLocked: Another process writes into one of the indexes.
        IndexUnwritable: `index` cannot be written.
        UnknownEngine: There is no such engine.
        EngineUnavailable: The library of the engine is not installed.
        WorkerPoolFailed: The worker processes keep dying.
    """
    old, new = IndexDirectory(source), IndexDirectory(index)
    old.meta(FORMER_FORMAT)  # raises before `index` is made
    words = None if dictionary is None else list(dictionary)
    with ExitStack() as stack:
        stack.enter_context(new.lock(lock_timeout))
        if old.path.resolve() != new.path.resolve():
            stack.enter_context(old.lock(lock_timeout))
            if not rebuild and (new.exists() or _has_other_aliases(old, new)):
                raise IndexOccupied(new.path)
        meta = old.meta(FORMER_FORMAT)  # a rebuild may have replaced the index before it was locked
        given, options = GivenSettings(engine, words, entities), RunOptions(jobs, memory, progress)
        report = copy_articles(old, new, meta, given, options, NO_INPUTS)
    return report.kept


def _has_other_aliases(old: IndexDirectory, new: IndexDirectory) -> bool:
    if not (old.aliases().exists() and new.aliases().exists()):
        return False
    return old.aliases().read_bytes() != new.aliases().read_bytes()
