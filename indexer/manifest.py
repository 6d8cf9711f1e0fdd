"""What an index has read: the files, how they were, and which articles they supply, so that a later run reads only
what changed and knows what is gone.

It is committed after the index it belongs to. Killed between the two, a run leaves an older manifest than its index:
the next run reads some files again and finds their articles unchanged.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from typing_extensions import Self

from ..engines import IndexDamaged, IndexUnwritable
from .cleaning import Repeated

_SETTLED = 2_000_000_000  # ns; the coarsest clock of a file system, that of FAT
_CACHE = 64_000  # KiB
_TABLES = """
CREATE TABLE IF NOT EXISTS file (
    number INTEGER PRIMARY KEY, path BLOB NOT NULL, size INTEGER NOT NULL, changed_ns INTEGER,
    digest BLOB NOT NULL, reading TEXT NOT NULL, articles INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS failure (file INTEGER NOT NULL, name BLOB NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS failure_file ON failure (file);
-- the file that supplies an article, and whether it has it no longer
CREATE TABLE IF NOT EXISTS article (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, file INTEGER NOT NULL, lost INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS article_file ON article (file);
-- other files that have an article with the same id
CREATE TABLE IF NOT EXISTS other (
    article INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (article, file)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS other_file ON other (file);
-- forms of the lines that a source repeats
CREATE TABLE IF NOT EXISTS repeated (
    source TEXT NOT NULL, form TEXT NOT NULL, PRIMARY KEY (source, form)
) WITHOUT ROWID;
-- of this run: the files that are there, and the articles that none of those has any longer that supplied them
CREATE TEMPORARY TABLE seen (file INTEGER PRIMARY KEY);
CREATE TEMPORARY VIEW gone AS SELECT number, id FROM article WHERE lost AND file IN (SELECT file FROM seen);
"""


class Stamp(NamedTuple):
    """What tells without reading that a file is as it was: its bytes, and when it changed, in nanoseconds since 1970,
    or None if that was so shortly before that it may change again unseen."""

    size: int
    changed_ns: int | None

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """Of a file that has just been looked at."""
        is_settled = status.st_mtime_ns < time.time_ns() - _SETTLED
        return cls(status.st_size, status.st_mtime_ns if is_settled else None)


class Known(NamedTuple):
    """A file as it was read. `articles` counts those in it; `reading` tells how it was read."""

    number: int
    stamp: Stamp
    digest: bytes
    reading: str
    articles: int

    def is_as(self, stamp: Stamp) -> bool:
        """Whether the file need not be looked into."""
        return stamp.changed_ns is not None and stamp == self.stamp


class Manifest:
    """The manifest in `file`, an SQLite database, made if there is none, for one run: leaving the `with` block commits
    what the run told it, leaving it by an exception forgets that. Raises IndexDamaged, IndexUnwritable."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._telling():
            self._database = sqlite3.connect(file, isolation_level=None)
            try:
                self._database.execute(f"PRAGMA cache_size = -{_CACHE}")
                self._database.execute("PRAGMA temp_store = MEMORY")
                self._database.executescript(_TABLES)
                self._database.execute("BEGIN IMMEDIATE")
            except sqlite3.Error:
                self._database.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                with self._telling():
                    self._database.execute("COMMIT")
        finally:
            with suppress(sqlite3.Error):  # closing also takes back what was not committed
                self._database.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:  # no room, no permission, the file is gone
            raise IndexUnwritable(self._file.parent, f"{self._file.name}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(self._file.parent, f"{self._file.name}: {error}") from error

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with self._telling():
            return self._database.execute(statement, values).fetchall()

    def _change(self, statement: str, *values: object) -> int:
        """How many rows it changes."""
        with self._telling():
            return self._database.execute(statement, values).rowcount

    def known(self, path: str) -> Known | None:
        """The file as it was when it was read last."""
        rows = self._rows(
            "SELECT number, size, changed_ns, digest, reading, articles FROM file WHERE number = ?", _key(path)
        )
        return next((Known(row[0], Stamp(row[1], row[2]), *row[3:]) for row in rows), None)

    def see(self, known: Known) -> bool:
        """The file is still there; False if that was known."""
        return self._change("INSERT OR IGNORE INTO seen VALUES (?)", known.number) > 0

    def touch(self, known: Known, stamp: Stamp) -> None:
        """The file has another time, and the same content."""
        self._change("UPDATE file SET changed_ns = ? WHERE number = ?", stamp.changed_ns, known.number)

    def begin(self, path: str, stamp: Stamp, digest: bytes, reading: str) -> int:
        """The file is read anew; what it supplied is lost until it is supplied again. Its number."""
        number = _key(path)
        values = (number, os.fsencode(path), stamp.size, stamp.changed_ns, digest, reading)
        if not self._change("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?, ?, 0)", *values):
            self._change("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, 0)", *values)
            self._empty(number)
        self._change("INSERT OR IGNORE INTO seen VALUES (?)", number)
        return number

    def _empty(self, number: int) -> None:
        self._change("UPDATE article SET lost = 1 WHERE file = ?", number)
        self._change("DELETE FROM other WHERE file = ?", number)
        self._change("DELETE FROM failure WHERE file = ?", number)

    def supply(self, number: int, article_id: str) -> bool:
        """Whether the file supplies this article that is in it: the first file does that has an article, as long as
        it has it, and the first of those in it with the same id."""
        self._change("UPDATE file SET articles = articles + 1 WHERE number = ?", number)
        article = _key(article_id)
        if self._change("INSERT OR IGNORE INTO article VALUES (?, ?, ?, 0)", article, article_id, number):
            return True
        supplier = self._rows("SELECT file, lost FROM article WHERE number = ?", article)
        if supplier and not supplier[0][1]:
            if supplier[0][0] != number:
                self._change("INSERT OR IGNORE INTO other VALUES (?, ?)", article, number)
            return False
        self._change("INSERT OR REPLACE INTO article VALUES (?, ?, ?, 0)", article, article_id, number)
        return True

    def spare(self, number: int) -> None:
        """The file was not read to its end: what it has not supplied may still be in it."""
        self._change("UPDATE article SET lost = 0 WHERE file = ?", number)

    def reread(self, number: int) -> None:
        """The next run is to read the file again."""
        self._change("UPDATE file SET changed_ns = NULL, digest = x'' WHERE number = ?", number)

    def fail(self, number: int, name: str, reason: str) -> None:
        """A part of the file, or the whole, is no article."""
        self._change("INSERT INTO failure VALUES (?, ?, ?)", number, os.fsencode(name), reason)

    def failures(self, known: Known) -> list[tuple[str, str]]:
        """Name and reason of what is no article in the file."""
        rows = self._rows("SELECT name, reason FROM failure WHERE file = ? ORDER BY rowid", known.number)
        return [(os.fsdecode(name), reason) for name, reason in rows]

    def repeated(self) -> Repeated:
        """The lines that were learnt."""
        repeated: Repeated = {}
        for source, form in self._rows("SELECT source, form FROM repeated ORDER BY source, form"):
            repeated.setdefault(source, []).append(form)
        return repeated

    def learn(self, repeated: Repeated) -> None:
        """Lines are learnt about sources of which none were known."""
        for source, forms in repeated.items():
            for form in forms:
                self._change("INSERT INTO repeated VALUES (?, ?)", source, form)

    def forget_missing(self, roots: Sequence[str], unreadable: Sequence[str]) -> None:
        """Forgets the files at or below `roots` that this run has not seen, but for those below `unreadable`; what
        they supplied is lost."""
        rows = self._rows("SELECT number, path FROM file WHERE number NOT IN (SELECT file FROM seen)")
        for number, encoded in rows:
            path = os.fsdecode(encoded)
            if _is_below(path, roots) and not _is_below(path, unreadable):
                self._change("INSERT INTO seen VALUES (?)", number)
                self._empty(number)
                self._change("DELETE FROM file WHERE number = ?", number)

    def lost(self) -> list[str]:
        """The ids of the articles that are no longer in the files, seen or forgotten, that supplied them."""
        return [row[0] for row in self._rows("SELECT id FROM gone")]

    def others(self) -> list[tuple[int, str]]:
        """Number and path of the other files that have articles with the ids that are lost."""
        rows = self._rows(
            "SELECT DISTINCT file.number, file.path FROM gone JOIN other ON other.article = gone.number"
            " JOIN file ON file.number = other.file ORDER BY file.path"
        )
        return [(number, os.fsdecode(path)) for number, path in rows]

    def adopt(self, number: int, article_id: str) -> bool:
        """Whether the article is lost; from now on another file, which has it, supplies it."""
        article = _key(article_id)
        if not self._change("UPDATE article SET file = ?, lost = 0 WHERE number = ? AND lost", number, article):
            return False
        self._change("DELETE FROM other WHERE article = ? AND file = ?", article, number)
        return True

    def forget(self, article_id: str) -> None:
        """The article is no longer in the index."""
        self._change("DELETE FROM article WHERE number = ?", _key(article_id))

    # For checking

    def counts(self) -> tuple[int, int]:
        """How many files there are, and how many articles."""
        [(files,)], [(articles,)] = self._rows("SELECT count(*) FROM file"), self._rows("SELECT count(*) FROM article")
        return files, articles

    def sample(self, size: int) -> list[str]:
        """The ids of some articles, chosen at random."""
        return [row[0] for row in self._rows("SELECT id FROM article ORDER BY random() LIMIT ?", size)]


def _key(name: str) -> int:
    """A number for a path or an id, the same in every run: 64 bits of a digest."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _is_below(path: str, roots: Sequence[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
