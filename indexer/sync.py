"""Which files a run reads, and which of their articles it takes: what changed since the manifest was written."""

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
from .errors import Interrupted, ReadError
from .files import Unit, units
from .manifest import Known, Manifest, Stamp
from .preparation import Change, IndexingConfig, Outcomes, Removed, Unchanged
from .readers import Replaced
from .workers import Here

_BLOCK = 1 << 20  # bytes read at once
MOST_FAILURES = 1000  # that are told of one file, so that a huge file of noise does not fill the memory
MOST_REMOVED = 100_000  # lines that are told


class ReadFailure(NamedTuple):
    """A file, or a record in one, that did not become an article."""

    path: str
    reason: str


class DecodingLoss(NamedTuple):
    """A file, not all of whose bytes are text: so many of its characters stand for such bytes."""

    path: str
    characters: int


class RemovedLine(NamedTuple):
    """A line that cleaning took out of so many articles of a source, as it stood."""

    source: str
    line: str
    articles: int


class Sync:
    """One run. `reading` tells how files are read: what was read otherwise is read again."""

    def __init__(self, manifest: Manifest, files: Iterable[str], reading: str) -> None:
        self.failed: list[ReadFailure] = []
        self._removed: Counter[Removed] = Counter()
        self.replaced: list[DecodingLoss] = []
        self.skipped = 0  # articles that are in the index as they are, or are not taken
        self.read = 0  # files
        self.size = 0  # bytes of what may have changed
        self._manifest = manifest
        self._reading = reading
        self._under_way: dict[str, tuple[Stamp, bytes]] = {}  # files that are read, in order, not yet in the manifest
        self._path = ""  # of the file whose articles are being taken
        self._number = 0  # of that in the manifest
        self._failures = 0  # in it
        self._is_cut_short = False  # whether that was not read to its end
        self.unsure = [path for path in files if not self._is_settled(path)]  # what may have changed

    def _is_settled(self, path: str) -> bool:
        """Whether there is no need to look into the file."""
        known = self._manifest.known(path)
        try:
            status = os.stat(path)  # noqa: PTH116 - half the time of Path's, for every file of the archive
            if not S_ISREG(status.st_mode):  # opening a pipe would wait for somebody to write to it
                raise ReadError(_("it is no regular file"))
        except (OSError, ReadError) as error:
            self._unreadable(path, known, error)
            return True
        if known and known.reading == self._reading and known.is_as(Stamp.of(status)):
            self._unchanged(known)
            return True
        self.size += status.st_size
        return False

    def changed(self) -> Iterator[Path]:
        """The files to read: those with another content than before."""
        for path in self.unsure:
            known = self._manifest.known(path)
            try:
                stamp, digest = _looked_into(path)
            except OSError as error:
                self._unreadable(path, known, error)
                continue
            if known and known.reading == self._reading and known.digest == digest:
                self._manifest.touch(known, stamp)
                self._unchanged(known)
            elif path not in self._under_way:
                self._under_way[path] = stamp, digest
                self.read += 1
                yield Path(path)

    def _unchanged(self, known: Known) -> None:
        if self._manifest.see(known):
            self.skipped += known.articles
            self.failed.extend(ReadFailure(*failure) for failure in self._manifest.failures(known))

    def _unreadable(self, path: str, known: Known | None, error: OSError | ReadError) -> None:
        """What the file supplied stays: it may be readable again."""
        if known:
            self._manifest.see(known)
        reason = os_error_reason(error) if isinstance(error, OSError) else str(error)
        self.failed.append(ReadFailure(path, reason))

    def taken(self, unit: Unit, found: Outcomes) -> Iterator[Change]:
        """What is to be written of a unit of the files to read."""
        if str(unit.path) in self._under_way:
            self._begin(str(unit.path))
        for outcome in found:
            if isinstance(outcome, ReadError):
                self._failures += 1
                if self._failures <= MOST_FAILURES:
                    self._fail(unit.name, str(outcome))
                if isinstance(outcome, Interrupted):
                    self._manifest.reread(self._number)
                self._is_cut_short |= isinstance(outcome, Interrupted) or unit.is_incomplete
            elif isinstance(outcome, Removed):
                if outcome in self._removed or len(self._removed) < MOST_REMOVED:
                    self._removed[outcome] += 1
            elif isinstance(outcome, Replaced):
                self.replaced.append(DecodingLoss(unit.name, outcome.characters))
            elif self._manifest.supply(self._number, outcome.article_id) and isinstance(outcome, Change):
                yield outcome
            else:
                self.skipped += 1

    def _fail(self, name: str, reason: str) -> None:
        self.failed.append(ReadFailure(name, reason))
        self._manifest.fail(self._number, name, reason)

    @property
    def removed(self) -> tuple[RemovedLine, ...]:
        """What cleaning took out, the commonest lines first."""
        return tuple(RemovedLine(*removed, articles) for removed, articles in self._removed.most_common())

    def finish(self) -> None:
        """All units have been taken."""
        self._begin("")

    def readopted(self, recipe: IndexingConfig, cleaner: Cleaner) -> Iterator[Change]:
        """Lost articles that other files have as well, read from there."""
        numbers = {path: number for number, path in self._manifest.others()}
        with closing(Here(recipe)) as here:
            for unit, found in here.outcomes(units(map(Path, numbers)), cleaner):
                for outcome in found:
                    if isinstance(outcome, (Change, Unchanged)):
                        is_adopted = self._manifest.adopt(numbers[str(unit.path)], outcome.article_id)
                        if is_adopted and isinstance(outcome, Change):
                            yield outcome

    def _begin(self, path: str) -> None:
        """Enters files under way into the manifest, up to the one at `path`; those before it had no units."""
        if self._is_cut_short:
            self._manifest.spare(self._number)
            self._is_cut_short = False
        if self._failures > MOST_FAILURES:
            self._fail(
                self._path, _("{more} more parts of it are no articles").format(more=self._failures - MOST_FAILURES)
            )
        self._failures = 0
        while self._under_way:
            self._path, (stamp, digest) = next(iter(self._under_way.items()))
            del self._under_way[self._path]
            self._number = self._manifest.begin(self._path, stamp, digest, self._reading)
            if self._path == path:
                break


def _looked_into(path: str) -> tuple[Stamp, bytes]:
    """How a file is, and the digest of its content. Raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with Path(path).open("rb") as file:
        stamp = Stamp.of(os.fstat(file.fileno()))  # before reading: what changes later has another
        while block := file.read(_BLOCK):
            digest.update(block)
    return stamp, digest.digest()
