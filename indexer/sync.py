"""Decide which files a run reads and which articles it writes, by comparison with the manifest."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from ..messages import gettext as _
from ..messages import os_error_reason
from .cleaning import Cleaner
from .errors import OtherFile, ReadError, ReadInterrupted
from .files import ReadUnit, read_units
from .manifest import FileRecord, FileStamp, Manifest
from .preparation import ChangedArticle, CleanedLine, IndexingConfig, Outcomes, UnchangedArticle
from .readers import ReplacedCharacters
from .workers import InProcessExecutor

_BLOCK_SIZE = 1 << 20  # bytes
MAX_FAILURES_PER_FILE = 1000  # that are reported; a huge file of noise must not fill the memory
MAX_REMOVED_LINES = 100_000  # that are reported


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


class Sync:
    """Brings a manifest up to date with files, in one run.

    Files that were read with other `reader_settings` are read again.

    Attributes:
        candidates: Paths of the files that may have changed.
        size: Total size of these files in bytes.
        skipped: Number of articles that stay in the index as they are, or are not taken.
        read: Number of files that were read.
        others: Number of members of archives that are not articles by their names, such as pictures.
    """

    def __init__(self, manifest: Manifest, files: Iterable[str], reader_settings: str) -> None:
        self.failed: list[ReadFailure] = []
        self.replaced: list[DecodingLoss] = []
        self.skipped = 0
        self.read = 0
        self.others = 0
        self.size = 0
        self._manifest = manifest
        self._reader_settings = reader_settings
        self._removed: Counter[CleanedLine] = Counter()
        self._pending: dict[str, tuple[FileStamp, bytes]] = {}  # files being read, in order, not yet in the manifest
        # The file whose articles are being taken:
        self._path = ""
        self._file = 0  # its key in the manifest
        self._failures = 0
        self._is_truncated = False  # whether it could not be read to its end
        self.candidates = [path for path in files if self._may_have_changed(path)]

    def _may_have_changed(self, path: str) -> bool:
        """Return whether the content of the file must be compared. Record it as unchanged or unreadable otherwise."""
        record = self._manifest.find_file(path)
        try:
            status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat, for every file of the archive
            if not S_ISREG(status.st_mode):  # opening a pipe would block until somebody writes to it
                raise ReadError(_("this is not a regular file"))
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
                stamp, digest = _stamp_and_digest(path)
            except OSError as error:
                self._record_unreadable(path, record, error)
                continue
            if record and record.reader_settings == self._reader_settings and record.digest == digest:
                self._manifest.update_stamp(record, stamp)
                self._record_unchanged(record)
            elif path not in self._pending:
                self._pending[path] = stamp, digest
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
            elif self._manifest.supply_article(self._file, outcome.article_id) and isinstance(outcome, ChangedArticle):
                yield outcome
            else:
                self.skipped += 1

    def _record_failure(self, name: str, reason: str) -> None:
        self.failed.append(ReadFailure(name, reason))
        self._manifest.add_failure(self._file, name, reason)

    @property
    def removed(self) -> tuple[RemovedLine, ...]:
        """The lines that cleaning removed, most frequent first."""
        return tuple(RemovedLine(*line, articles) for line, articles in self._removed.most_common())

    def finish(self) -> None:
        """Record all remaining files. Call this after the last `take`."""
        self._start_file("")

    def adopt_lost_articles(self, config: IndexingConfig, cleaner: Cleaner) -> Iterator[ChangedArticle]:
        """Read lost articles from other files that contain them, and yield those to write."""
        keys = {path: key for key, path in self._manifest.files_with_lost_articles()}
        with closing(InProcessExecutor(config)) as executor:
            for unit, outcomes in executor.prepare(read_units(map(Path, keys)), cleaner):
                for outcome in outcomes:
                    if isinstance(outcome, (ChangedArticle, UnchangedArticle)):
                        is_adopted = self._manifest.adopt_article(keys[str(unit.path)], outcome.article_id)
                        if is_adopted and isinstance(outcome, ChangedArticle):
                            yield outcome

    def _start_file(self, path: str) -> None:
        """Enter pending files into the manifest, up to the one at `path`. Those before it had no units."""
        if self._is_truncated:
            self._manifest.keep_articles(self._file)
            self._is_truncated = False
        if self._failures > MAX_FAILURES_PER_FILE:
            more = self._failures - MAX_FAILURES_PER_FILE
            self._record_failure(self._path, _("{more} more parts of the file are not articles").format(more=more))
        self._failures = 0
        while self._pending:
            self._path, (stamp, digest) = next(iter(self._pending.items()))
            del self._pending[self._path]
            self._file = self._manifest.start_file(self._path, stamp, digest, self._reader_settings)
            if self._path == path:
                break


def _stamp_and_digest(path: str) -> tuple[FileStamp, bytes]:
    """Return the stamp of a file and the digest of its content. Raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with Path(path).open("rb") as file:
        stamp = FileStamp.from_stat(os.fstat(file.fileno()))  # before reading, so that a later change has another stamp
        while block := file.read(_BLOCK_SIZE):
            digest.update(block)
    return stamp, digest.digest()
