"""The manifest of an index: which files were read, and which articles each of them supplies.

A later run reads only the files that changed, and knows which articles are gone. The manifest is committed after its
index. A run that is killed between the two commits leaves an older manifest: the next run reads some files again and
finds their articles unchanged.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from typing_extensions import Self

from ..engines import IndexDamaged, IndexUnwritable
from ..messages import gettext as _
from .cleaning import RepeatedLines
from .row_checksum import CHECKSUM_SCHEMA, RowChecksum, is_sound, structure

_MIN_AGE = 2_000_000_000  # ns; the coarsest clock of a file system, that of FAT
_CACHE_SIZE = 64_000  # KiB
# The messages of SQLite's errors that are the system's. All others mean that the file is not as it was written.
_SYSTEM_ERRORS = (
    "access permission denied",
    "attempt to write a readonly database",
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "out of memory",
    "unable to open database file",
)
_SCHEMA = f"""
{CHECKSUM_SCHEMA}
CREATE TABLE IF NOT EXISTS file (
    key INTEGER PRIMARY KEY, path BLOB NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER,
    digest BLOB NOT NULL, reader_settings TEXT NOT NULL, articles INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS failure (file INTEGER NOT NULL, name BLOB NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS failure_file ON failure (file);
-- the file that supplies an article, and whether that file no longer contains it
CREATE TABLE IF NOT EXISTS article (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, file INTEGER NOT NULL, lost INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS article_file ON article (file);
-- other files that contain an article with the same id
CREATE TABLE IF NOT EXISTS duplicate (
    article INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (article, file)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS duplicate_file ON duplicate (file);
-- canonical forms of the lines that a source repeats
CREATE TABLE IF NOT EXISTS repeated_line (
    source TEXT NOT NULL, form TEXT NOT NULL, PRIMARY KEY (source, form)
) WITHOUT ROWID;
-- the commit of the index that this manifest describes
CREATE TABLE IF NOT EXISTS index_commit (id TEXT NOT NULL);
"""
_TEMPORARY_SCHEMA = """
-- of this run: the files that exist or were forgotten, and the articles that those files supplied and no longer contain
CREATE TEMPORARY TABLE seen (file INTEGER PRIMARY KEY);
CREATE TEMPORARY VIEW lost_article AS SELECT key, id FROM article WHERE lost AND file IN (SELECT file FROM seen);
"""


class FileStamp(NamedTuple):
    """Size and modification time of a file: if both stay the same, the file need not be read.

    `modified_ns` is in nanoseconds since 1970. It is None if the file was modified so recently that another change
    could leave the time as it is.
    """

    size: int
    modified_ns: int | None

    @classmethod
    def from_stat(cls, status: os.stat_result) -> "FileStamp":
        """Return the stamp of a file whose status has just been read."""
        is_old_enough = status.st_mtime_ns < time.time_ns() - _MIN_AGE
        return cls(status.st_size, status.st_mtime_ns if is_old_enough else None)


class FileRecord(NamedTuple):
    """A file as it was when it was last read. `articles` is the number of articles in it."""

    key: int
    stamp: FileStamp
    digest: bytes
    reader_settings: str
    articles: int

    def has_stamp(self, stamp: FileStamp) -> bool:
        """Return whether the stamp proves that the file is unchanged."""
        return stamp.modified_ns is not None and stamp == self.stamp


class Manifest:
    """The manifest in `file`, an SQLite database that is created if it does not exist, open for one run.

    Leaving the `with` block commits all changes; leaving it by an exception discards them. Files are identified by
    their `key`, a hash of the path.

    Raises:
        IndexDamaged: The file is not a valid database. Every method may raise this.
        IndexUnwritable: The file cannot be written. Every method may raise this.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._as_index_error():
            self._database = sqlite3.connect(file, isolation_level=None)
            try:
                self._database.execute(f"PRAGMA cache_size = -{_CACHE_SIZE}")
                self._database.execute("PRAGMA temp_store = MEMORY")
                self._database.execute("PRAGMA synchronous = EXTRA")  # a power cut does not undo a commit
                self._database.execute("BEGIN IMMEDIATE")
                self._checksum = self._prepare()
                for statement in filter(str.strip, _TEMPORARY_SCHEMA.split(";")):
                    self._database.execute(statement)
            except (sqlite3.Error, IndexDamaged):
                self._database.close()
                raise

    def _prepare(self) -> RowChecksum:
        """Create the tables that are missing, and return the checksum of all."""
        names = {name for (name,) in self._database.execute("SELECT name FROM sqlite_master")}
        for statement in filter(str.strip, _SCHEMA.split(";")):
            self._database.execute(statement)
        is_valid = structure(self._database) == _expected_structure()
        if "checksum" in names:
            is_valid = is_valid and len(self._database.execute("SELECT * FROM checksum").fetchall()) == 1
        elif names:  # an older version wrote it
            is_valid = is_valid and is_sound(self._database)
        if not is_valid:
            raise self._damage()
        return RowChecksum(self._database)

    def _damage(self) -> IndexDamaged:
        return IndexDamaged(self._file.parent, _("{file} was altered").format(file=self._file.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                with self._as_index_error():
                    self._checksum.store()
                    self._database.execute("COMMIT")
        finally:
            with suppress(sqlite3.Error):  # closing also rolls back what was not committed
                self._database.close()

    def _as_index_error(self) -> AbstractContextManager[None]:
        return index_errors(self._file)

    def _query(self, statement: str, *values: object) -> list[Any]:
        with self._as_index_error():
            return self._database.execute(statement, values).fetchall()

    def _execute(self, statement: str, *values: object) -> int:
        """Execute a statement and return how many rows it changes."""
        with self._as_index_error():
            return self._database.execute(statement, values).rowcount

    def find_file(self, path: str) -> FileRecord | None:
        """Return the record of a file, or None if it was never read."""
        rows = self._query(
            "SELECT key, size, modified_ns, digest, reader_settings, articles FROM file WHERE key = ?", _key(path)
        )
        return next((FileRecord(row[0], FileStamp(row[1], row[2]), *row[3:]) for row in rows), None)

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        return [os.fsdecode(row[0]) for row in self._query("SELECT path FROM file ORDER BY path")]

    def reader_settings(self) -> list[str]:
        """Return all settings that files were read with."""
        return [row[0] for row in self._query("SELECT DISTINCT reader_settings FROM file ORDER BY reader_settings")]

    def mark_seen(self, record: FileRecord) -> bool:
        """Record that the file still exists. Return False if this run has already recorded it."""
        return self._execute("INSERT OR IGNORE INTO seen VALUES (?)", record.key) > 0

    def update_stamp(self, record: FileRecord, stamp: FileStamp) -> None:
        """Record a new modification time of a file whose content is the same."""
        self._execute("UPDATE file SET modified_ns = ? WHERE key = ?", stamp.modified_ns, record.key)

    def start_file(self, path: str, stamp: FileStamp, digest: bytes, reader_settings: str) -> int:
        """Record that this run reads the file, and return its key.

        The articles that the file supplied so far are lost until `supply_article` is called for them.
        """
        key = _key(path)
        values = (key, os.fsencode(path), stamp.size, stamp.modified_ns, digest, reader_settings)
        if not self._execute("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?, ?, 0)", *values):
            self._execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, 0)", *values)
            self._clear_file(key)
        self._execute("INSERT OR IGNORE INTO seen VALUES (?)", key)
        return key

    def _clear_file(self, file: int) -> None:
        self._execute("UPDATE article SET lost = 1 WHERE file = ?", file)
        self._execute("DELETE FROM duplicate WHERE file = ?", file)
        self._execute("DELETE FROM failure WHERE file = ?", file)

    def supply_article(self, file: int, article_id: str) -> bool:
        """Record that a file contains an article, and return whether the file supplies it.

        Of several files with the same article, the first one supplies it as long as it contains it. Of several articles
        with the same id in a file, the first one counts.
        """
        self._execute("UPDATE file SET articles = articles + 1 WHERE key = ?", file)
        article = _key(article_id)
        if self._execute("INSERT OR IGNORE INTO article VALUES (?, ?, ?, 0)", article, article_id, file):
            return True
        supplier = self._query("SELECT file, lost FROM article WHERE key = ?", article)
        if supplier and not supplier[0][1]:
            if supplier[0][0] != file:
                self._execute("INSERT OR IGNORE INTO duplicate VALUES (?, ?)", article, file)
            return False
        self._execute("INSERT OR REPLACE INTO article VALUES (?, ?, ?, 0)", article, article_id, file)
        return True

    def keep_articles(self, file: int) -> None:
        """Keep all articles of a file that was not read to its end: the rest of it may contain them."""
        self._execute("UPDATE article SET lost = 0 WHERE file = ?", file)

    def invalidate_file(self, file: int) -> None:
        """Make the next run read the file again."""
        self._execute("UPDATE file SET modified_ns = NULL, digest = x'' WHERE key = ?", file)

    def count_articles_outside(self, paths: Iterable[str]) -> int:
        """Return the number of articles that none of these files contains."""
        with self._as_index_error():
            self._database.execute("CREATE TEMPORARY TABLE inside (file INTEGER PRIMARY KEY)")
            self._database.executemany("INSERT OR IGNORE INTO inside VALUES (?)", ((_key(path),) for path in paths))
        [(articles,)] = self._query(
            "SELECT count(*) FROM article WHERE (lost OR file NOT IN (SELECT file FROM inside)) AND NOT EXISTS"
            " (SELECT * FROM duplicate JOIN inside USING (file) WHERE duplicate.article = article.key)"
        )
        return int(articles)

    def add_failure(self, file: int, name: str, reason: str) -> None:
        """Record that a file, or the part of it called `name`, is not an article."""
        self._execute("INSERT INTO failure VALUES (?, ?, ?)", file, os.fsencode(name), reason)

    def failures(self, record: FileRecord) -> list[tuple[str, str]]:
        """Return name and reason of each failure in a file."""
        rows = self._query("SELECT name, reason FROM failure WHERE file = ? ORDER BY rowid", record.key)
        return [(os.fsdecode(name), reason) for name, reason in rows]

    def repeated_lines(self) -> RepeatedLines:
        """Return the repeated lines that were learned."""
        repeated: RepeatedLines = {}
        for source, form in self._query("SELECT source, form FROM repeated_line ORDER BY source, form"):
            repeated.setdefault(source, []).append(form)
        return repeated

    def add_repeated_lines(self, repeated: RepeatedLines) -> None:
        """Record repeated lines of sources that had none."""
        for source, forms in repeated.items():
            for form in forms:
                self._execute("INSERT INTO repeated_line VALUES (?, ?)", source, form)

    def forget_repeated_lines(self) -> None:
        """Forget the repeated lines of all sources, so that this run learns them again."""
        self._execute("DELETE FROM repeated_line")

    def forget_missing_files(self, roots: Sequence[str], unreadable: Sequence[str]) -> None:
        """Forget the files at or below `roots` that this run has not seen, except those below `unreadable`.

        The articles that these files supplied are lost.
        """
        rows = self._query("SELECT key, path FROM file WHERE key NOT IN (SELECT file FROM seen)")
        for key, encoded_path in rows:
            path = os.fsdecode(encoded_path)
            if _is_below(path, roots) and not _is_below(path, unreadable):
                self._execute("INSERT INTO seen VALUES (?)", key)
                self._clear_file(key)
                self._execute("DELETE FROM file WHERE key = ?", key)

    def lost_articles(self) -> list[str]:
        """Return the ids of the lost articles: the files that supplied them, seen or forgotten, lack them."""
        return [row[0] for row in self._query("SELECT id FROM lost_article")]

    def files_with_lost_articles(self) -> list[tuple[int, str]]:
        """Return key and path of the other files that contain articles with the ids of lost ones."""
        rows = self._query(
            "SELECT DISTINCT file.key, file.path FROM lost_article JOIN duplicate ON duplicate.article ="
            " lost_article.key JOIN file ON file.key = duplicate.file ORDER BY file.path"
        )
        return [(key, os.fsdecode(path)) for key, path in rows]

    def adopt_article(self, file: int, article_id: str) -> bool:
        """Make another file, which contains it, supply a lost article. Return False if the article is not lost."""
        article = _key(article_id)
        if not self._execute("UPDATE article SET file = ?, lost = 0 WHERE key = ? AND lost", file, article):
            return False
        self._execute("DELETE FROM duplicate WHERE article = ? AND file = ?", article, file)
        return True

    def forget_article(self, article_id: str) -> None:
        """Remove an article that is no longer in the index."""
        self._execute("DELETE FROM article WHERE key = ?", _key(article_id))

    @property
    def commit_id(self) -> str | None:
        """The commit of the index that this manifest describes, None in a new manifest or one of an older version."""
        return next((commit_id for (commit_id,) in self._query("SELECT id FROM index_commit")), None)

    def set_commit_id(self, commit_id: str) -> None:
        """Record the commit of the index that this manifest describes."""
        self._execute("DELETE FROM index_commit")
        self._execute("INSERT INTO index_commit VALUES (?)", commit_id)

    def distrust(self, article_ids: Iterable[str]) -> None:
        """Make this run read all files again, and forget the articles that are not among the `article_ids`."""
        with self._as_index_error():
            self._database.execute("CREATE TEMPORARY TABLE present (article INTEGER PRIMARY KEY)")
            self._database.executemany("INSERT OR IGNORE INTO present VALUES (?)", ((_key(i),) for i in article_ids))
        self._execute("UPDATE file SET modified_ns = NULL, digest = x''")
        self._execute("DELETE FROM duplicate WHERE article NOT IN (SELECT article FROM present)")
        self._execute("DELETE FROM article WHERE key NOT IN (SELECT article FROM present)")
        self._execute("DROP TABLE temp.present")

    # For checking

    def verify(self) -> None:
        """Read everything. Raises IndexDamaged unless every row is as it was written."""
        with self._as_index_error():
            is_right = self._checksum.is_right()
        if not is_right:
            raise self._damage()

    def counts(self) -> tuple[int, int]:
        """Return the number of files and the number of articles."""
        [(files,)], [(articles,)] = (
            self._query("SELECT count(*) FROM file"),
            self._query("SELECT count(*) FROM article"),
        )
        return files, articles

    def random_article_ids(self, size: int) -> list[str]:
        """Return the ids of up to `size` articles, chosen at random."""
        return [row[0] for row in self._query("SELECT id FROM article ORDER BY random() LIMIT ?", size)]


@contextmanager
def index_errors(file: Path) -> Iterator[None]:
    """Convert SQLite's errors into IndexDamaged or IndexUnwritable. `file` is the database."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes names of damaged tables in its messages
        raise IndexDamaged(file.parent, _("{file} was altered").format(file=file.name)) from error
    except sqlite3.DatabaseError as error:
        is_system_error = str(error).startswith(_SYSTEM_ERRORS)
        if "readonly" in str(error):  # also if the file claims that a later version of SQLite must write it
            is_system_error = not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))
        kind = IndexUnwritable if is_system_error else IndexDamaged
        raise kind(file.parent, f"{file.name}: {error}") from error


@cache
def _expected_structure() -> list[object]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(_SCHEMA)
        return structure(database)


def _key(name: str) -> int:
    """Return a 64-bit hash of a path or an id, the same in every run."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _is_below(path: str, roots: Sequence[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
