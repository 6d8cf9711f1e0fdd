"""From one index to another, of whatever engine, without the files that the articles came from."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from ..engines import DEFAULT_WRITE_BUFFER, IndexDirectory, Reader
from .build import LOCK_TIMEOUT
from .cleaning import Cleaner
from .files import Unit
from .preparation import Change, IndexingConfig
from .workers import Here, Workers, available_cores, worthwhile


def copy_index(
    source: str | os.PathLike[str],
    index: str | os.PathLike[str],
    *,
    engine: str,
    jobs: int | None = None,
    memory: int = DEFAULT_WRITE_BUFFER,
    dictionary: Iterable[str] | None = None,
    entities: bool | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Make `index` anew, with another engine, other words of the user's own or by another version of souwen, from the
    articles that the index `source` keeps; it takes the place of the one that is there, which may be `source` itself.
    How many articles were copied. What was read from files is remembered, so that the next run reads only what has
    changed. `progress` is called with the articles done and those of all. For the others see `build_index`. Raises
    IndexNotFound, UnknownEngine, EngineUnavailable, IndexLocked, IndexMismatch where the source has another format,
    IndexDamaged, IndexUnwritable, WorkersEnded.
    """
    old, new = IndexDirectory(source), IndexDirectory(index)
    meta = old.meta()
    copied = 0
    with ExitStack() as stack:
        stack.enter_context(new.lock(lock_timeout))
        if old.path.resolve() != new.path.resolve():
            stack.enter_context(old.lock(lock_timeout))
        # What was analysed in another way is still stored as it was written.
        reader = stack.enter_context(closing(old.open(meta.fingerprint).reader()))
        analyzer = meta.analyzer().changed(dictionary, entities)
        draft, opened = new.draft(analyzer, engine)
        statistics = reader.statistics()
        cores = worthwhile(available_cores() if jobs is None else jobs, statistics.size)
        recipe = IndexingConfig(opened, analyzer, {})
        with opened.writer(memory) as writer, closing(Workers(recipe, cores) if cores > 1 else Here(recipe)) as workers:
            for unit, found in workers.outcomes(_units(reader), Cleaner({})):
                for change in found:
                    if isinstance(change, Change):
                        writer.put(change.prepared)
                        copied += 1
                if progress:
                    progress(unit.done, statistics.articles)
        if old.manifest(meta).exists():
            shutil.copyfile(old.manifest(meta), new.manifest(draft))
        new.publish(draft)
    return copied


def _units(reader: Reader) -> Iterator[Unit]:
    for done, stored in enumerate(reader.articles(), start=1):
        article = stored.article
        yield Unit(article.path, Path(article.path), done, len(article.body), article)
