"""Copy the articles of an index into a new index of any engine, without the files that they came from."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from ..engines import DEFAULT_WRITE_BUFFER, IndexDirectory, Reader
from .build import LOCK_TIMEOUT
from .cleaning import Cleaner
from .files import ReadUnit
from .preparation import ChangedArticle, IndexingConfig
from .workers import make_executor


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
    """Rebuild `index` from the articles stored in the index `source`, and return how many articles were copied.

    The new index may have another engine, another dictionary, or the analyzer of another version of souwen. It replaces
    an existing `index`, which may be `source` itself. The manifest is copied too, so the next run reads only files that
    have changed. `progress` is called with the number of articles copied and the total. The other parameters are those
    of `build_index`.

    Raises:
        IndexNotFound: `source` is not an index.
        IndexMismatch: `source` has another format.
        IndexDamaged: `source` is damaged.
        IndexLocked: Another process writes into one of the indexes.
        IndexUnwritable: `index` cannot be written.
        UnknownEngine: There is no such engine.
        EngineUnavailable: The library of the engine is not installed.
        WorkersEnded: The worker processes keep dying.
    """
    old, new = IndexDirectory(source), IndexDirectory(index)
    meta = old.meta()
    copied = 0
    with ExitStack() as stack:
        stack.enter_context(new.lock(lock_timeout))
        if old.path.resolve() != new.path.resolve():
            stack.enter_context(old.lock(lock_timeout))
        # An index of another analyzer can be opened too: its stored articles are as they were written.
        reader = stack.enter_context(closing(old.open(meta.fingerprint).reader()))
        analyzer = meta.analyzer().changed(dictionary, entities)
        draft, draft_engine = new.draft(analyzer, engine)
        statistics = reader.statistics()
        config = IndexingConfig(draft_engine, analyzer, {})
        with (
            draft_engine.writer(memory) as writer,
            closing(make_executor(config, jobs, statistics.size)) as executor,
        ):
            for unit, outcomes in executor.prepare(_stored_articles(reader), Cleaner({})):
                for outcome in outcomes:
                    if isinstance(outcome, ChangedArticle):
                        writer.put(outcome.prepared)
                        copied += 1
                if progress:
                    progress(unit.done, statistics.articles)
        if old.manifest(meta).exists():
            shutil.copyfile(old.manifest(meta), new.manifest(draft))
        new.publish(draft)
    return copied


def _stored_articles(reader: Reader) -> Iterator[ReadUnit]:
    for done, stored in enumerate(reader.articles(), start=1):
        article = stored.article
        yield ReadUnit(article.path, Path(article.path), done, len(article.body), article)
