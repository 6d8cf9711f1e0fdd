"""Decide which files a run reads and which articles it writes, by comparison with the manifest."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from ..messages import gettext as _
from ..messages import os_error_reason
from .cleaning import Cleaner
from .errors import OtherFile, ReadError, ReadInterrupted
from .files import ReadUnit, read_units
from .manifest import FileRecord, FileStamp, Manifest, is_below
from .preparation import ChangedArticle, CleanedLine, IndexingConfig, Outcomes, UnchangedArticle
from .readers import ReplacedCharacters
from .set_aside import SetAside, SetAsideArticles
from .versions import Supply, Version
from .workers import InProcessExecutor

_BLOCK_SIZE = 1 << 20  # bytes
MAX_FAILURES_PER_FILE = 1000  # that are reported; a huge file of noise must not fill the memory
MAX_REMOVED_LINES = 100_000  # that are reported
MAX_SHARED_IDS = 10_000  # that are reported


class ReadFailure(NamedTuple):
    """A file, or a record in a file, that did not become an article."""

    path: str
    reason: str


class DecodingLoss(NamedTuple):
    """A file with bytes that could not be decoded. `characters` counts the replacement characters in its text."""

    path: str
    characters: int


class RemovedLine(NamedTuple):
    """A line that cleaning removed from articles of a source. `articles` counts these articles."""

    source: str
    line: str
    articles: int


class SharedId(NamedTuple):
    """A record at `path` whose id another article has. It was indexed as `article_id`."""

    path: str
    id: str
    article_id: str


class _PendingFile(NamedTuple):
    """A file that is being read and not yet in the manifest."""

    stamp: FileStamp
    digest: bytes
    modified_ns: int
    failures: int  # of the last time that it was read


class Sync:
    """Brings a manifest up to date with files, in one run.

    Files that were read with other `reader_settings` are read again. A file below one of `roots` that does not exist is
    gone; one elsewhere may be on a disk that is not mounted.

    Attributes:
        candidates: Paths of the files that may have changed.
        size: Total size of these files in bytes.
        skipped: Number of articles that stay in the index as they are, or are not taken.
        read: Number of files that were read.
        shared_ids: Records whose ids other articles have.
        others: Number of members of archives that are not articles by their names, such as pictures.
    """

    def __init__(self, manifest: Manifest, files: Iterable[str], reader_settings: str, roots: Sequence[str]) -> None:
        self.failed: list[ReadFailure] = []
        self.replaced: list[DecodingLoss] = []
        self.shared_ids: list[SharedId] = []
        self.skipped = 0
        self.read = 0
        self.others = 0
        self.size = 0
        self._manifest = manifest
        self._reader_settings = reader_settings
        self._removed: Counter[CleanedLine] = Counter()
        self._roots = roots
        self._pending: dict[str, _PendingFile] = {}  # in the order of reading
        self._set_aside = SetAsideArticles()
        self._written = 0  # articles
        # The file whose articles are being taken:
        self._path = ""
        self._file = 0  # its key in the manifest
        self._modified_ns = 0
        self._failures = 0
        self._former_failures = 0
        self._is_truncated = False  # whether it could not be read to its end
        self.candidates = [path for path in files if self._may_have_changed(path)]

    def _may_have_changed(self, path: str) -> bool:
        """Return whether the content of the file must be compared. Record it as unchanged or unreadable otherwise."""
        record = self._manifest.find_file(path)
        try:
            status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat, for every file of the archive
            if not S_ISREG(status.st_mode):  # opening a pipe would block until somebody writes to it
                raise ReadError(_("this is not a regular file"))
            if not status.st_size and record and record.articles:  # as after a copy that was interrupted
                raise ReadError(_("the file is empty and had articles, which stay: restore it, or delete it"))
        except (OSError, ReadError) as error:
            self._record_unreadable(path, record, error)
            return False
        if record and record.reader_settings == self._reader_settings and record.has_stamp(FileStamp.from_stat(status)):
            self._record_unchanged(record)
            return False
        self.size += status.st_size
        return True

    def changed_files(self) -> Iterator[Path]:
        """Yield the files to read: those whose content is new."""
        for path in self.candidates:
            record = self._manifest.find_file(path)
            try:
                stamp, digest, modified_ns = _stamp_and_digest(path)
            except OSError as error:
                self._record_unreadable(path, record, error)
                continue
            if record and record.reader_settings == self._reader_settings and record.digest == digest:
                self._manifest.update_stamp(record, stamp)
                self._record_unchanged(record)
            elif path not in self._pending:
                failures = self._manifest.failure_count(record) if record else 0
                self._pending[path] = _PendingFile(stamp, digest, modified_ns, failures)
                self.read += 1
                yield Path(path)

    def _record_unchanged(self, record: FileRecord) -> None:
        if self._manifest.mark_seen(record):
            self.skipped += record.articles
            self.failed.extend(ReadFailure(*failure) for failure in self._manifest.failures(record))

    def _record_unreadable(self, path: str, record: FileRecord | None, error: OSError | ReadError) -> None:
        """Record the failure, and keep the articles of the file: it may become readable again."""
        if record:
            self._manifest.mark_seen(record)
        reason = os_error_reason(error) if isinstance(error, OSError) else str(error)
        self.failed.append(ReadFailure(path, reason))

    def take(self, unit: ReadUnit, outcomes: Outcomes) -> Iterator[ChangedArticle]:
        """Record the outcomes of a unit of the changed files, and yield the articles to write."""
        if str(unit.path) in self._pending:
            self._start_file(str(unit.path))
        for outcome in outcomes:
            if isinstance(outcome, OtherFile):
                self.others += 1
            elif isinstance(outcome, ReadError):
                self._failures += 1
                if self._failures <= MAX_FAILURES_PER_FILE:
                    self._record_failure(unit.name, str(outcome))
                if isinstance(outcome, ReadInterrupted):
                    self._manifest.invalidate_file(self._file)
                self._is_truncated |= isinstance(outcome, ReadInterrupted) or unit.is_truncated
            elif isinstance(outcome, CleanedLine):
                if outcome in self._removed or len(self._removed) < MAX_REMOVED_LINES:
                    self._removed[outcome] += 1
            elif isinstance(outcome, ReplacedCharacters):
                self.replaced.append(DecodingLoss(unit.name, outcome.characters))
            else:
                article = outcome.article
                origin = SetAside(article, article.id, 0, self._file, unit.name, self._modified_ns)
                yield from self._take_article(origin, outcome)

    def _take_article(self, origin: SetAside, outcome: ChangedArticle | UnchangedArticle) -> Iterator[ChangedArticle]:
        """Enter an article into the manifest, and yield it if it is to be written."""
        article_id, version = outcome.article.id, Version.of(outcome.article, origin.modified_ns)
        supply = Supply.TAKEN
        if not origin.is_rewritten:
            supply = self._manifest.supply_article(origin.file, article_id, version, outcome.identity, self._is_gone)
        elif not self._manifest.is_supplied(origin.file, article_id, version):  # another file has a newer version
            return
        if supply is Supply.SHARED_ID and origin.attempt < 2:
            self._set_aside.add(origin.with_next_id(outcome.identity.content))
            return
        if origin.attempt and not origin.is_rewritten and len(self.shared_ids) < MAX_SHARED_IDS:
            self.shared_ids.append(SharedId(outcome.article.path, origin.own_id, article_id))
        number = self._manifest.written_number(article_id) if supply is Supply.TAKEN else None
        if supply in (Supply.KEPT, Supply.SHARED_ID):
            self.skipped += 1
        elif isinstance(outcome, ChangedArticle):
            self.skipped += number is not None  # the version that is replaced
            yield self._write(outcome._replace(replaces=number))
        elif number is None:
            self.skipped += 1
        else:  # this run has replaced it by an older version
            self._set_aside.add(origin._replace(article=outcome.article, is_rewritten=True))

    def _write(self, change: ChangedArticle) -> ChangedArticle:
        self._manifest.add_written(change.article.id, self._written)
        self._written += 1
        return change

    def close(self) -> None:
        """Remove the temporary file of the articles that were set aside."""
        self._set_aside.close()

    def _is_gone(self, path: str) -> bool:
        return is_below(path, self._roots) and not os.path.lexists(path)

    def set_aside_units(self) -> Iterator[ReadUnit]:
        """Yield units of the articles that were set aside. There may be more after they have been taken."""
        return self._set_aside.units()

    @property
    def has_set_aside(self) -> bool:
        """True if articles were set aside."""
        return bool(self._set_aside)

    def take_set_aside(self, outcomes: Outcomes) -> Iterator[ChangedArticle]:
        """Record the outcomes of the next unit of `set_aside_units`, and yield the articles to write."""
        origin = self._set_aside.next_read()
        for outcome in outcomes:
            if isinstance(outcome, ReadError):
                self.failed.append(ReadFailure(origin.name, str(outcome)))
                self._manifest.invalidate_file(origin.file)
            elif isinstance(outcome, (ChangedArticle, UnchangedArticle)):
                yield from self._take_article(origin, outcome)

    def _record_failure(self, name: str, reason: str) -> None:
        self.failed.append(ReadFailure(name, reason))
        self._manifest.add_failure(self._file, name, reason)

    @property
    def removed(self) -> tuple[RemovedLine, ...]:
        """The lines that cleaning removed, most frequent first."""
        return tuple(RemovedLine(*line, articles) for line, articles in self._removed.most_common())

    def finish(self) -> None:
        """Record all remaining files. Call this after the last `take`, before `set_aside_units`."""
        self._start_file("")

    def adopt_lost_articles(self, config: IndexingConfig, cleaner: Cleaner) -> Iterator[ChangedArticle]:
        """Read lost articles from other files that contain them, and yield those to write."""
        keys = {path: key for key, path in self._manifest.reassign_lost_articles()}
        with closing(InProcessExecutor(config)) as executor:
            for unit, outcomes in executor.prepare(read_units(map(Path, keys)), cleaner):
                for outcome in outcomes:
                    if isinstance(outcome, (ChangedArticle, UnchangedArticle)):
                        key = keys[str(unit.path)]
                        is_adopted = self._manifest.adopt_article(key, outcome.article.id, outcome.identity)
                        if is_adopted and isinstance(outcome, ChangedArticle):
                            yield self._write(outcome)

    def _start_file(self, path: str) -> None:
        """Enter pending files into the manifest, up to the one at `path`. Those before it had no units."""
        # A file with failures that are new may still contain the articles that were not read.
        if self._is_truncated or min(self._failures, MAX_FAILURES_PER_FILE + 1) > self._former_failures:
            self._manifest.keep_articles(self._file)
        self._is_truncated = False
        if self._failures > MAX_FAILURES_PER_FILE:
            more = self._failures - MAX_FAILURES_PER_FILE
            self._record_failure(self._path, _("{more} more parts of the file are not articles").format(more=more))
        self._failures = 0
        while self._pending:
            self._path, pending = next(iter(self._pending.items()))
            del self._pending[self._path]
            self._file = self._manifest.start_file(self._path, pending.stamp, pending.digest, self._reader_settings)
            self._modified_ns, self._former_failures = pending.modified_ns, pending.failures
            if self._path == path:
                break


def _stamp_and_digest(path: str) -> tuple[FileStamp, bytes, int]:
    """Return the stamp of a file, the digest of its content, and its modification time. Raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with Path(path).open("rb") as file:
        status = os.fstat(file.fileno())
        stamp = FileStamp.from_stat(status)  # before reading, so that a later change has another stamp
        while block := file.read(_BLOCK_SIZE):
            digest.update(block)
    return stamp, digest.digest(), status.st_mtime_ns
