"""Build or update an index from files, in one transaction."""

import os
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..engines import (
    DEFAULT_ENGINE,
    DEFAULT_WRITE_BUFFER,
    ENGINES,
    IndexDirectory,
    IndexMeta,
    SettingMismatch,
    UnknownEngine,
)
from ..messages import gettext as _
from .files import Selection
from .inputs import find_inputs
from .preparation import IndexingConfig
from .readers import record_keys
from .rebuild import GivenSettings, rebuild_index, recorded_mapping
from .update import IndexReport, RunOptions, update_index

LOCK_TIMEOUT = 10.0  # seconds
MAX_DELETE = 20  # percent of the articles


def build_index(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    index: str | os.PathLike[str] = "index_data",
    *,
    engine: str | None = None,
    rebuild: bool = False,
    from_files: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    delete_missing: bool = False,
    max_delete: int = MAX_DELETE,
    mapping: Mapping[str, str] | None = None,
    jobs: int | None = None,
    memory: int = DEFAULT_WRITE_BUFFER,
    dictionary: Iterable[str] | None = None,
    entities: bool | None = None,
    cleaning: bool | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Read the new and changed files below `paths` and update the index with their articles.

    The run commits everything or, after an exception, nothing. It creates the index if there is none and at least one
    article is found. An index keeps its engine, mapping, dictionary, `entities` and `cleaning`; only a rebuild changes
    them.

    Args:
        paths: Files and folders. A rebuild without any reads all known files that still exist.
        index: Folder of the index.
        engine: Engine of the index, by default its own, or Whoosh for a new one.
        rebuild: Build a new index and replace the old one at the end. Files are read, and the articles that no file
            contains are taken from the old index, which may be of the former format.
        from_files: Take the articles of a rebuild from the files alone; drop the others.
        include: Globs of files, as patterns of .gitignore relative to each path. If there are any, only files that
            match one are read. Files `.souwenignore` exclude more.
        exclude: Globs of files and folders that are not read.
        delete_missing: Delete articles that were indexed from below `paths` and are no longer there. Without it they
            stay.
        max_delete: Percentage of the articles that a run may delete. Ten are always allowed. Only with 100 does a
            folder without any file count as emptied; it may be a disk that is not mounted.
        mapping: Fields of articles (title, body, date …) mapped to keys of records in JSON, delimited files and front
            matter.
        jobs: Worker processes that read and analyze; by default one per core if there are files enough.
        memory: Write buffer in bytes.
        dictionary: Words that the segmenter keeps whole.
        entities: Extract people, places and organisations, which takes time; by default yes.
        cleaning: Remove boilerplate and lines that a source repeats from articles; by default yes.
        lock_timeout: Seconds to wait for another process that writes into the index.
        progress: Called with the bytes done and the bytes of all files that may have changed.

    Raises:
        PathNotFound: One of `paths` does not exist.
        InvalidGlob: A glob is not a pattern.
        UnknownField: `mapping` names a field that articles do not have.
        UnknownEngine: There is no such engine.
        IndexLocked: Another process writes into the index.
        IndexMismatch: The index has another format or analyzer.
        SettingMismatch: The index has another engine, mapping, dictionary or setting of `entities` or `cleaning`.
        IndexDamaged: The index is damaged.
        ArticlesUnreadable: A rebuild would lose articles that cannot be read.
        IndexUnwritable: The index cannot be written.
        TooManyDeletions: More articles are missing than `max_delete` allows.
        WorkerPoolFailed: The worker processes keep dying.
    """
    if mapping is not None:
        record_keys(mapping)  # raises UnknownField before anything is written
    roots = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    inputs = find_inputs(roots, Selection(include, exclude))
    words = None if dictionary is None else list(dictionary)
    given = GivenSettings(engine, words, entities, mapping, cleaning)
    options = RunOptions(jobs, memory, progress, max_delete if delete_missing else None)
    directory = IndexDirectory(index)
    with directory.lock(lock_timeout):
        if directory.exists() and rebuild:
            return rebuild_index(directory, inputs if roots else None, given, options, from_files=from_files)
        if directory.exists():
            meta = directory.meta()
            opened_engine = directory.open(meta.analyzer().fingerprint)
            manifest_file = directory.manifest(meta)
            kept_mapping = recorded_mapping(meta, directory.path, manifest_file)
            _check_settings(directory, meta, kept_mapping, given)
            config = IndexingConfig(opened_engine, meta.analyzer(), kept_mapping, meta.cleaning)
            return update_index(config, manifest_file, inputs, options)
        with directory.replacing(given.analyzer(), engine or DEFAULT_ENGINE, mapping or {}) as draft:
            draft.meta = draft.meta._replace(cleaning=given.cleans())
            config = IndexingConfig(draft.engine, given.analyzer(), mapping or {}, given.cleans())
            report = update_index(config, directory.manifest(draft.meta), inputs, options)
            draft.is_accepted = report.added > 0
        return report


def _check_settings(
    directory: IndexDirectory, meta: IndexMeta, kept_mapping: Mapping[str, str], given: GivenSettings
) -> None:
    """Raise SettingMismatch if a given setting is not that of the index."""

    def check(is_same: bool, kept: str, options: str) -> None:
        if not is_same:
            raise SettingMismatch(directory.path, kept, options)

    def with_option(option: str) -> str:
        return _("with {option}").format(option=option)

    if given.engine is not None:
        if given.engine not in ENGINES:
            raise UnknownEngine(given.engine, list(ENGINES))
        check(given.engine == meta.engine, with_option(f"--engine {meta.engine}"), f"--engine {given.engine}")
    if given.entities is not None:
        flags = {True: "--entities", False: "--no-entities"}
        check(given.entities == meta.entities, with_option(flags[meta.entities]), flags[given.entities])
    if given.cleaning is not None:
        flags = {True: "--cleaning", False: "--no-cleaning"}
        check(given.cleaning == meta.cleaning, with_option(flags[meta.cleaning]), flags[given.cleaning])
    if given.mapping is not None:
        kept = with_option(_map_options(kept_mapping)) if kept_mapping else _("without --map")
        check(dict(given.mapping) == dict(kept_mapping), kept, _map_options(given.mapping))
    if given.dictionary is not None:
        kept = _("with another --dictionary") if meta.dictionary else _("without --dictionary")
        is_same = meta.analyzer().with_settings(given.dictionary, None).fingerprint == meta.fingerprint
        check(is_same, kept, "--dictionary FILE")


def _map_options(mapping: Mapping[str, str]) -> str:
    return " ".join(f"--map {shlex.quote(f'{field}={key}')}" for field, key in mapping.items())
