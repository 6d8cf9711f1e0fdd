"""From folders of files to an index, in one transaction."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..analysis import Analyzer
from ..engines import DEFAULT_ENGINE, MEMORY, Engine, IndexDirectory
from .errors import ReadError
from .preparing import Unchanged
from .readers import files_below
from .units import units
from .workers import available_cores, outcomes, worthwhile

LOCK_TIMEOUT = 10.0  # seconds


class Failure(NamedTuple):
    """A file, or a record in one, that did not become an article."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did, in articles: `skipped` were in the index already, unchanged, or twice in this run."""

    added: int
    updated: int
    deleted: int
    skipped: int
    failed: tuple[Failure, ...]


def build_index(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    index: str | os.PathLike[str] = "index_data",
    *,
    engine: str = DEFAULT_ENGINE,
    rebuild: bool = False,
    jobs: int | None = None,
    memory: int = MEMORY,
    dictionary: Iterable[str] | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Read every article below `paths` and bring the index up to date with them.

    The index is made if there is none, and an article to put into it; with `rebuild` it is made anew beside the old
    one, whose place it takes at the end. `dictionary` are words that are to stay whole; an index keeps those that it
    was made with, and needs a rebuild to take others. `jobs` processes read and analyse, by default one for each core
    where there are files enough; the writer gathers about `memory` bytes before it writes to the disk. Either
    everything is committed, or, after an exception, nothing. `progress` is called with the bytes done and those of all
    files. Raises PathNotFound, UnknownEngine, IndexLocked, IndexMismatch, IndexDamaged, IndexUnwritable.
    """
    paths = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    files = [file for path in paths for file in files_below(Path(path))]
    directory = IndexDirectory(index)
    jobs = available_cores() if jobs is None else jobs
    with directory.lock(lock_timeout):
        kept = directory.dictionary()
        own_words = kept if dictionary is None else list(dictionary)
        fingerprint = Analyzer(own_words).fingerprint
        if directory.exists() and not rebuild:
            return _write(files, directory.open(fingerprint), own_words, jobs, memory, progress)
        draft, opened = directory.draft(fingerprint, engine, own_words)
        report = _write(files, opened, own_words, jobs, memory, progress)
        if report.added:  # a wrong folder must not cost the index there is
            directory.publish(draft)
        return report


def _write(
    files: list[Path | tuple[Path, ReadError]],
    engine: Engine,
    dictionary: Sequence[str],
    jobs: int,
    memory: int,
    progress: Callable[[int, int], None] | None,
) -> IndexReport:
    added = updated = skipped = 0
    failed = [Failure(str(path), str(error)) for path, error in (file for file in files if isinstance(file, tuple))]
    paths = [file for file in files if isinstance(file, Path)]
    seen: set[str] = set()
    total = sum(path.stat().st_size for path in paths if path.is_file())
    found = outcomes(units(paths), engine, dictionary, worthwhile(jobs, total))
    with engine.writer(memory) as writer, closing(found):
        for unit, outcomes_here in found:
            for outcome in outcomes_here:
                if isinstance(outcome, ReadError):
                    failed.append(Failure(unit.name, str(outcome)))
                    continue
                if isinstance(outcome, Unchanged) or outcome.article_id in seen:
                    skipped += 1
                else:
                    writer.put(outcome.prepared)
                    updated += not outcome.is_new
                    added += outcome.is_new
                seen.add(outcome.article_id)
            if progress:
                progress(min(unit.done, total), total)
        if progress:
            progress(total, total)  # nobody reads the last bytes of some archives
    return IndexReport(added, updated, 0, skipped, tuple(failed))
