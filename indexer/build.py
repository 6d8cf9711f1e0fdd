"""From folders of files to an index, in one transaction."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import NamedTuple

from ..analysis import Analyzer, Article
from ..engines import DEFAULT_ENGINE, IndexDirectory, Reader, Writer
from .errors import PathNotFound, ReadError
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
    paths: Iterable[str | os.PathLike[str]],
    index: str | os.PathLike[str] = "index_data",
    *,
    engine: str = DEFAULT_ENGINE,
    rebuild: bool = False,
    dictionary: Iterable[str] | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Read every article below `paths` and bring the index up to date with them.

    The index is made if there is none; with `rebuild` it is made anew beside the old one and takes its place at the
    end. `dictionary` are words that are to stay whole; an index keeps those that it was made with, and needs a
    rebuild to take others. Either everything is committed, or, after an exception, nothing. `progress` is called with
    the files done and the files in all. Raises PathNotFound, IndexLocked, IndexMismatch, IndexUnwritable, UnknownEngine.
    """
    files = [file for path in paths for file in _files(Path(path))]
    directory = IndexDirectory(index)
    with directory.lock(lock_timeout):
        kept = directory.meta().dictionary if directory.exists() else []
        own_words = kept if dictionary is None else list(dictionary)
        analyzer = Analyzer(own_words)
        if directory.exists() and not rebuild:
            opened = directory.open(analyzer.fingerprint)
            return _write(files, analyzer, opened.writer(), opened.reader(), progress)
        draft, opened = directory.draft(analyzer.fingerprint, engine, own_words)
        report = _write(files, analyzer, opened.writer(), opened.reader(), progress)
        directory.publish(draft)
        return report


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise PathNotFound(path)
    return files_below(path)


def _write(
    files: list[Path],
    analyzer: Analyzer,
    writer: Writer,
    committed: Reader,
    progress: Callable[[int, int], None] | None,
) -> IndexReport:
    added = updated = skipped = 0
    failed: list[Failure] = []
    seen: set[str] = set()
    with ExitStack() as stack:
        stack.callback(committed.close)
        stack.enter_context(writer)
        for done, file in enumerate(files, start=1):
            for article in read_file(file):
                if isinstance(article, ReadError):
                    failed.append(Failure(str(file), str(article)))
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
    return hashlib.blake2b(repr(astuple(article)).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
