"""From folders of files to an index, in one transaction."""

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from ..analysis import Analyzer, Article
from ..engines import DEFAULT_ENGINE, Engine, IndexDirectory
from .errors import ReadError
from .readers import files_below, read_file

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
    dictionary: Iterable[str] | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Read every article below `paths` and bring the index up to date with them.

    The index is made if there is none, and an article to put into it; with `rebuild` it is made anew beside the old
    one, whose place it takes at the end. `dictionary` are words that are to stay whole; an index keeps those that it
    was made with, and needs a rebuild to take others. Either everything is committed, or, after an exception, nothing.
    `progress` is called with the files done and the files in all. Raises PathNotFound, UnknownEngine, IndexLocked,
    IndexMismatch, IndexDamaged, IndexUnwritable.
    """
    paths = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    files = [file for path in paths for file in files_below(Path(path))]
    directory = IndexDirectory(index)
    with directory.lock(lock_timeout):
        kept = directory.dictionary()
        own_words = kept if dictionary is None else list(dictionary)
        analyzer = Analyzer(own_words)
        if directory.exists() and not rebuild:
            return _write(files, analyzer, directory.open(analyzer.fingerprint), progress)
        draft, opened = directory.draft(analyzer.fingerprint, engine, own_words)
        report = _write(files, analyzer, opened, progress)
        if report.added:  # a wrong folder must not cost the index there is
            directory.publish(draft)
        return report


def _write(
    files: list[Path | tuple[Path, ReadError]],
    analyzer: Analyzer,
    engine: Engine,
    progress: Callable[[int, int], None] | None,
) -> IndexReport:
    added = updated = skipped = 0
    failed: list[Failure] = []
    seen: set[str] = set()
    with closing(engine.reader()) as committed, engine.writer() as writer:
        for done, file in enumerate(files, start=1):
            path, found = file if isinstance(file, tuple) else (file, None)
            for article in read_file(path) if found is None else [found]:
                if isinstance(article, ReadError):
                    failed.append(Failure(str(path), str(article)))
                    continue
                digest = _digest(article)
                before = committed.find(article.id)
                if article.id in seen or (before and before.digest == digest):
                    skipped += 1
                else:
                    writer.put(analyzer.analyse(article), digest)
                    updated += before is not None
                    added += before is None
                seen.add(article.id)
            if progress:
                progress(done, len(files))
    return IndexReport(added, updated, 0, skipped, tuple(failed))


def _digest(article: Article) -> str:
    """Tells whether an article changed; where it lies does not count."""
    content = repr(astuple(replace(article, path="")))
    return hashlib.blake2b(content.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
