"""From folders of files to an index, in one transaction."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..engines import DEFAULT_ENGINE, DEFAULT_WRITE_BUFFER, Engine, IndexDirectory, IndexMeta
from .cleaning import Cleaner, Repeated, repeated_lines
from .files import files_below, sample, units
from .manifest import Manifest
from .preparation import IndexingConfig
from .readers import keys_of
from .sync import DecodingLoss, ReadFailure, RemovedLine, Sync
from .workers import Here, Workers, available_cores, worthwhile

LOCK_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did, in articles: `skipped` are in the index as they were, or there is another with the same id.
    `read` counts the files that were read, since they were new or changed; `removed` tells which lines cleaning took
    out."""

    added: int
    updated: int
    deleted: int
    skipped: int
    read: int
    failed: tuple[ReadFailure, ...]
    replaced: tuple[DecodingLoss, ...]
    removed: tuple[RemovedLine, ...]


def build_index(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    index: str | os.PathLike[str] = "index_data",
    *,
    engine: str = DEFAULT_ENGINE,
    rebuild: bool = False,
    delete_missing: bool = False,
    mapping: Mapping[str, str] | None = None,
    jobs: int | None = None,
    memory: int = DEFAULT_WRITE_BUFFER,
    dictionary: Iterable[str] | None = None,
    entities: bool | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Read what is new or changed below `paths` and bring the index up to date with it.

    The index is made if there is none, and an article to put into it; with `rebuild` it is made anew beside the old
    one, whose place it takes at the end. Articles that are no longer below `paths`, in files that were indexed from
    there, stay, unless `delete_missing`. `mapping` gives fields of articles (title, body, date …) the keys that records
    in JSON, tables and front matter have for them. `dictionary` are words that are to stay whole; `entities` says
    whether to look for people, places and organisations, which takes time; an index keeps what it was made with, and
    needs a rebuild to take others. `jobs` processes read and analyse, by default one for each core where there are
    files enough; the writer gathers about `memory` bytes before it writes to the disk. Either everything is committed,
    or, after an exception, nothing. `progress` is called with the bytes done and those of all files that may have
    changed. Raises PathNotFound, UnknownField, UnknownEngine, IndexLocked, IndexMismatch,
    IndexDamaged, IndexUnwritable, WorkersEnded.
    """
    keys = dict(mapping or {})
    keys_of(keys)  # before anything is written
    below = _walked([paths] if isinstance(paths, (str, os.PathLike)) else paths)
    directory = IndexDirectory(index)

    def bring_up_to_date(meta: IndexMeta, opened: Engine) -> IndexReport:
        recipe = IndexingConfig(opened, analyzer, keys)
        cores = available_cores() if jobs is None else jobs
        return _write(recipe, directory.manifest(meta), below, delete_missing, cores, memory, progress)

    with directory.lock(lock_timeout):
        analyzer = directory.analyzer().changed(dictionary, entities)
        if directory.exists() and not rebuild:
            return bring_up_to_date(directory.meta(), directory.open(analyzer.fingerprint))
        draft, opened = directory.draft(analyzer, engine)
        report = bring_up_to_date(draft, opened)
        if report.added:  # a wrong folder must not cost the index there is
            directory.publish(draft)
        return report


class _Below(NamedTuple):
    """What is at or below the paths that were given, which `roots` are."""

    roots: list[str]
    files: list[str]
    failed: list[ReadFailure]  # folders that cannot be read


def _walked(paths: Iterable[str | os.PathLike[str]]) -> _Below:
    """All as absolute paths, so that a file is the same from wherever it is read. Raises PathNotFound."""
    below = _Below([os.path.abspath(path) for path in paths], [], [])  # noqa: PTH100 - links stay as they are
    for root in below.roots:
        for found in files_below(Path(root)):
            if isinstance(found, Path):
                below.files.append(str(found))
            else:
                below.failed.append(ReadFailure(str(found[0]), str(found[1])))
    return below


def _write(
    recipe: IndexingConfig,
    manifest_file: Path,
    below: _Below,
    delete_missing: bool,
    jobs: int,
    memory: int,
    progress: Callable[[int, int], None] | None,
) -> IndexReport:
    """Brings index and manifest up to date, in this order."""
    with Manifest(manifest_file) as manifest, recipe.engine.writer(memory) as writer:
        sync = Sync(manifest, below.files, recipe.reading)
        added = updated = deleted = 0
        cores = worthwhile(jobs, sync.size)
        with closing(Workers(recipe, cores) if cores > 1 else Here(recipe)) as workers:
            cleaner = Cleaner(_repeated(manifest, sync, recipe))
            for unit, found in workers.outcomes(units(sync.changed()), cleaner):
                for change in sync.taken(unit, found):
                    writer.put(change.prepared)
                    added += change.is_new
                    updated += not change.is_new
                if progress:
                    progress(min(unit.done, sync.size), sync.size)
        sync.finish()
        if progress:
            progress(sync.size, sync.size)  # nobody reads the last bytes of some archives
        if delete_missing and below.files:  # an empty folder may be a disk that is not there
            manifest.forget_missing(below.roots, [failure.path for failure in below.failed])
            for change in sync.readopted(recipe, cleaner):
                writer.put(change.prepared)
                updated += 1
            for article_id in manifest.lost():
                writer.delete(article_id)
                manifest.forget(article_id)
                deleted += 1
    failed = (*below.failed, *sync.failed)
    return IndexReport(added, updated, deleted, sync.skipped, sync.read, failed, tuple(sync.replaced), sync.removed)


def _repeated(manifest: Manifest, sync: Sync, recipe: IndexingConfig) -> Repeated:
    """The lines that sources repeat. What is known of a source stays as it is, so that its articles are all cleaned the
    same."""
    known = manifest.repeated()
    found = repeated_lines(sample(sync.unsure, sync.size, recipe.mapping))
    manifest.learn({source: forms for source, forms in found.items() if source not in known})
    return found | known
