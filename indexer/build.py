"""Build or update an index from files, in one transaction."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..engines import DEFAULT_ENGINE, DEFAULT_WRITE_BUFFER, Engine, IndexDirectory, IndexMeta
from ..messages import gettext as _
from .cleaning import Cleaner, RepeatedLines, find_repeated_lines
from .errors import OutsideLink, TooManyDeletions
from .files import find_files, read_units, sample_articles
from .manifest import Manifest, is_below
from .preparation import ChangedArticle, IndexingConfig
from .readers import record_keys
from .sync import DecodingLoss, ReadFailure, RemovedLine, SharedId, Sync
from .workers import make_executor

LOCK_TIMEOUT = 10.0  # seconds
MAX_DELETE = 20  # percent of the articles
MIN_MAX_DELETED = 10  # articles that a run may always delete
_ALL = 100  # percent


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Result of a run. Counts are articles, except `read`.

    Attributes:
        added: Articles that are new in the index.
        updated: Articles that replaced another version.
        deleted: Articles that were deleted.
        skipped: Articles that are unchanged, or have a newer version elsewhere.
        read: New or changed files that were read.
        failed: Files and records that did not become articles.
        replaced: Files with bytes that could not be decoded.
        removed: Lines that cleaning removed, most frequent first.
        shared_ids: Records that got another id, because a different article has theirs.
    """

    added: int
    updated: int
    deleted: int
    skipped: int
    read: int
    failed: tuple[ReadFailure, ...]
    replaced: tuple[DecodingLoss, ...]
    removed: tuple[RemovedLine, ...]
    shared_ids: tuple[SharedId, ...]


def build_index(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    index: str | os.PathLike[str] = "index_data",
    *,
    engine: str = DEFAULT_ENGINE,
    rebuild: bool = False,
    delete_missing: bool = False,
    max_delete: int = MAX_DELETE,
    mapping: Mapping[str, str] | None = None,
    jobs: int | None = None,
    memory: int = DEFAULT_WRITE_BUFFER,
    dictionary: Iterable[str] | None = None,
    entities: bool | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Read the new and changed files below `paths` and update the index with their articles.

    The run commits everything or, after an exception, nothing. It creates the index if there is none and at least one
    article is found.

    Args:
        paths: Files and folders.
        index: Folder of the index.
        engine: Engine of a new index.
        rebuild: Build a new index and replace the old one at the end.
        delete_missing: Delete articles that were indexed from below `paths` and are no longer there. Without it they
            stay.
        max_delete: Percentage of the articles that a run may delete. Ten are always allowed. Only with 100 does a
            folder without any file count as emptied; it may be a disk that is not mounted.
        mapping: Fields of articles (title, body, date …) mapped to keys of records in JSON, delimited files and front
            matter.
        jobs: Worker processes that read and analyze; by default one per core if there are files enough.
        memory: Write buffer in bytes.
        dictionary: Words that the segmenter keeps whole. An index keeps its dictionary; changing it needs a rebuild.
        entities: Extract people, places and organisations, which takes time. An index keeps this setting; changing it
            needs a rebuild.
        lock_timeout: Seconds to wait for another process that writes into the index.
        progress: Called with the bytes done and the bytes of all files that may have changed.

    Raises:
        PathNotFound: One of `paths` does not exist.
        UnknownField: `mapping` names a field that articles do not have.
        UnknownEngine: There is no such engine.
        IndexLocked: Another process writes into the index.
        IndexMismatch: The index has another format, analyzer or dictionary.
        IndexDamaged: The index is damaged.
        IndexUnwritable: The index cannot be written.
        TooManyDeletions: More articles are missing than `max_delete` allows.
        WorkersEnded: The worker processes keep dying.
    """
    mapping = dict(mapping or {})
    record_keys(mapping)  # raises UnknownField before anything is written
    inputs = _find_inputs([paths] if isinstance(paths, (str, os.PathLike)) else paths)
    directory = IndexDirectory(index)

    def update(meta: IndexMeta, opened_engine: Engine) -> IndexReport:
        config = IndexingConfig(opened_engine, analyzer, mapping)
        share = max_delete if delete_missing else None
        return _update(config, directory.manifest(meta), inputs, share, jobs, memory, progress)

    with directory.lock(lock_timeout):
        analyzer = directory.analyzer().with_settings(dictionary, entities)
        if directory.exists() and not rebuild:
            return update(directory.meta(), directory.open(analyzer.fingerprint))
        draft, draft_engine = directory.create_draft(analyzer, engine)
        report = update(draft, draft_engine)
        if report.added:  # rebuilding from a wrong folder must not replace the existing index
            directory.activate(draft)
        return report


class _Inputs(NamedTuple):
    """The files at or below `roots`, the paths to index."""

    roots: list[str]
    files: list[str]
    empty_roots: list[str]  # without any file
    failed: list[ReadFailure]  # folders that cannot be read, and links that are not followed
    unreadable: list[str]  # these folders


def _find_inputs(paths: Iterable[str | os.PathLike[str]]) -> _Inputs:
    """Return absolute paths, so that a file is the same from any working directory. Raises PathNotFound."""
    roots = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - symbolic links stay unresolved
    inputs = _Inputs(roots, [], [], [], [])
    for root in inputs.roots:
        files_before = len(inputs.files)
        for entry in find_files(Path(root)):
            if isinstance(entry, Path):
                inputs.files.append(str(entry))
            else:
                path, error = entry
                inputs.failed.append(ReadFailure(str(path), str(error)))
                if not isinstance(error, OutsideLink):
                    inputs.unreadable.append(str(path))
        if len(inputs.files) == files_before:
            inputs.empty_roots.append(root)
    return inputs


def _update(
    config: IndexingConfig,
    manifest_file: Path,
    inputs: _Inputs,
    max_delete: int | None,
    jobs: int | None,
    memory: int,
    progress: Callable[[int, int], None] | None,
) -> IndexReport:
    """Update the index, then the manifest. Without `max_delete`, missing articles stay."""
    with Manifest(manifest_file) as manifest, config.engine.writer(memory) as writer:
        roots = [root for root in inputs.roots if not is_below(root, inputs.empty_roots)]
        sync = Sync(manifest, inputs.files, config.reader_settings, roots)
        added = updated = deleted = 0

        def write(change: ChangedArticle) -> None:
            nonlocal added, updated
            writer.put(change.prepared, change.replaces)
            if change.replaces is None:
                added += change.is_new
                updated += not change.is_new

        with closing(sync), closing(make_executor(config, jobs, sync.size)) as executor:
            cleaner = Cleaner(_learn_repeated_lines(manifest, sync, config))
            for unit, outcomes in executor.prepare(read_units(sync.changed_files()), cleaner):
                for change in sync.take(unit, outcomes):
                    write(change)
                if progress:
                    progress(min(unit.done, sync.size), sync.size)
            sync.finish()
            while sync.has_set_aside:
                for __, outcomes in executor.prepare(sync.set_aside_units(), Cleaner({})):
                    for change in sync.take_set_aside(outcomes):
                        write(change)
        if progress:
            progress(sync.size, sync.size)  # the last bytes of some archives are never read
        if max_delete is not None:
            spared = _spare_empty_roots(manifest, inputs) if max_delete < _ALL else []
            manifest.forget_missing_files(inputs.roots, [*inputs.unreadable, *spared])
            for change in sync.adopt_lost_articles(config, cleaner):
                write(change)
            lost, articles = manifest.lost_articles(), manifest.counts()[1]
            if len(lost) > max(MIN_MAX_DELETED, articles * max_delete // _ALL):
                raise TooManyDeletions(len(lost), articles, max_delete)
            for article_id in lost:
                writer.delete(article_id)
                manifest.forget_article(article_id)
                deleted += 1
    failed = (*inputs.failed, *sync.failed)
    replaced, shared_ids = tuple(sync.replaced), tuple(sync.shared_ids)
    return IndexReport(added, updated, deleted, sync.skipped, sync.read, failed, replaced, sync.removed, shared_ids)


def _spare_empty_roots(manifest: Manifest, inputs: _Inputs) -> list[str]:
    """Return the roots without any file, and report those that had files: a disk may not be mounted."""
    for root in inputs.empty_roots:
        if manifest.has_files_below(root):
            reason = _("there is no file any more, and its articles stay: allow to delete them with --max-delete 100")
            inputs.failed.append(ReadFailure(root, reason))
    return inputs.empty_roots


def _learn_repeated_lines(manifest: Manifest, sync: Sync, config: IndexingConfig) -> RepeatedLines:
    """Return the repeated lines of all sources, and store those of new sources.

    The lines of a known source never change, so that all its articles are cleaned alike.
    """
    known = manifest.repeated_lines()
    learned = find_repeated_lines(sample_articles(sync.candidates, sync.size, config.mapping))
    manifest.add_repeated_lines({source: forms for source, forms in learned.items() if source not in known})
    return learned | known
