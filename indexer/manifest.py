"""The manifest of an index: which files were read, and which articles each of them supplies.

A later run reads only the files that changed, and knows which articles are gone. The manifest is committed after its
index. A run that is killed between the two commits leaves an older manifest: the next run reads some files again and
finds their articles unchanged.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from .versions import Identity, Supply, Version, hash64

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
_SCHEMA_VERSION = 1
_SCHEMA = f"""
{CHECKSUM_SCHEMA}
CREATE TABLE IF NOT EXISTS file (
    key INTEGER PRIMARY KEY, path BLOB NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER,
    digest BLOB NOT NULL, reader_settings TEXT NOT NULL, articles INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL DEFAULT 0, inode INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS failure (file INTEGER NOT NULL, name BLOB NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS failure_file ON failure (file);
-- the file that supplies an article, whether that file no longer contains it, and the version and identity of it
CREATE TABLE IF NOT EXISTS article (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, file INTEGER NOT NULL, lost INTEGER NOT NULL,
    dated_ns INTEGER NOT NULL DEFAULT 0, modified_ns INTEGER NOT NULL DEFAULT 0,
    url INTEGER NOT NULL DEFAULT 0, title INTEGER NOT NULL DEFAULT 0, body INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS article_file ON article (file);
-- other files that contain a version of an article
CREATE TABLE IF NOT EXISTS duplicate (
    article INTEGER NOT NULL, file INTEGER NOT NULL,
    dated_ns INTEGER NOT NULL DEFAULT 0, modified_ns INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (article, file)
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
-- of this run: the numbers of the articles that it has written, and the articles that get another file
CREATE TEMPORARY TABLE written (article INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TEMPORARY TABLE adopted (article INTEGER PRIMARY KEY, file INTEGER NOT NULL);
"""
# Version 0 had neither versions nor identities of articles, so that all files must be read again.
_UPGRADE = """
ALTER TABLE file ADD COLUMN changed_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN dated_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN modified_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN url INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN title INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article ADD COLUMN body INTEGER NOT NULL DEFAULT 0;
ALTER TABLE duplicate ADD COLUMN dated_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE duplicate ADD COLUMN modified_ns INTEGER NOT NULL DEFAULT 0;
UPDATE file SET modified_ns = NULL, digest = x'';
"""
_MAX_INODE = (1 << 63) - 1  # of an integer of SQLite


class FileStamp(NamedTuple):
    """Size, times and inode of a file: if all stay the same, the file need not be read.

    `modified_ns` and `changed_ns`, the time when the inode was changed, are in nanoseconds since 1970. `modified_ns` is
    None if the file was changed so recently that another change could leave the times as they are.
    """

    size: int
    modified_ns: int | None
    changed_ns: int
    inode: int

    @classmethod
    def from_stat(cls, status: os.stat_result) -> "FileStamp":
        """Return the stamp of a file whose status has just been read."""
        is_old_enough = max(status.st_mtime_ns, status.st_ctime_ns) < time.time_ns() - _MIN_AGE
        modified_ns = status.st_mtime_ns if is_old_enough else None
        return cls(status.st_size, modified_ns, status.st_ctime_ns, status.st_ino & _MAX_INODE)


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
        [(version,)] = self._database.execute("PRAGMA user_version").fetchall()
        if names and version not in (0, _SCHEMA_VERSION):
            raise self._damage()
        if "file" in names and version < _SCHEMA_VERSION:
            for statement in filter(str.strip, _UPGRADE.split(";")):
                self._database.execute(statement)
        self._database.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
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
            "SELECT key, size, modified_ns, changed_ns, inode, digest, reader_settings, articles FROM file"
            " WHERE key = ?",
            hash64(path),
        )
        return next((FileRecord(row[0], FileStamp(*row[1:5]), *row[5:]) for row in rows), None)

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
        """Record a new stamp of a file whose content is the same."""
        self._execute(
            "UPDATE file SET modified_ns = ?, changed_ns = ?, inode = ? WHERE key = ?", *stamp[1:], record.key
        )

    def start_file(self, path: str, stamp: FileStamp, digest: bytes, reader_settings: str) -> int:
        """Record that this run reads the file, and return its key.

        The articles that the file supplied so far are lost until `supply_article` is called for them.
        """
        key = hash64(path)
        size, modified_ns, *rest = stamp
        values = (key, os.fsencode(path), size, modified_ns, digest, reader_settings, *rest)
        if not self._execute("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)", *values):
            self._execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)", *values)
            self._clear_file(key)
        self._execute("INSERT OR IGNORE INTO seen VALUES (?)", key)
        return key

    def _clear_file(self, file: int) -> None:
        self._execute("UPDATE article SET lost = 1 WHERE file = ?", file)
        self._execute("DELETE FROM duplicate WHERE file = ?", file)
        self._execute("DELETE FROM failure WHERE file = ?", file)

    def supply_article(
        self, file: int, article_id: str, version: Version, identity: Identity, is_gone: Callable[[str], bool]
    ) -> Supply:
        """Record that a file contains an article, and return how it is taken.

        Of several files with the same article, the one with the newest version supplies it, as long as it contains it.
        A file that `is_gone` yields to any that was modified later.
        """
        key = hash64(article_id)
        if self._execute(
            "INSERT OR IGNORE INTO article VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)",
            *(key, article_id, file, *version, *identity),
        ):
            supply = Supply.NEW
        else:
            supply = self._supply_known(file, key, version, identity, is_gone)
        if supply is not Supply.SHARED_ID:
            self._execute("UPDATE file SET articles = articles + 1 WHERE key = ?", file)
        return supply

    def _supply_known(
        self, file: int, key: int, version: Version, identity: Identity, is_gone: Callable[[str], bool]
    ) -> Supply:
        [(supplier, is_lost, *values)] = self._query(
            "SELECT file, lost, dated_ns, modified_ns, url, title, body FROM article WHERE key = ?", key
        )
        former_version, former_identity = Version(*values[:2]), Identity(*values[2:])
        if not (supplier == file and is_lost) and not identity.is_same_article(former_identity):
            return Supply.SHARED_ID
        is_newer = is_lost or version > former_version
        if not is_newer and supplier != file and version.modified_ns >= former_version.modified_ns:
            is_newer = is_gone(self._path(supplier))
        if not is_newer:
            if supplier != file:
                self._add_duplicate(key, file, version)
            return Supply.KEPT
        if supplier != file and not is_lost:
            self._add_duplicate(key, supplier, former_version)
        self._execute("DELETE FROM duplicate WHERE article = ? AND file = ?", key, file)
        self._execute(
            "UPDATE article SET file = ?, lost = 0, dated_ns = ?, modified_ns = ?, url = ?, title = ?, body = ?"
            " WHERE key = ?",
            *(file, *version, *identity, key),
        )
        return Supply.TAKEN

    def _path(self, file: int) -> str:
        """Return the path of a file, "" if it was forgotten."""
        return next((os.fsdecode(row[0]) for row in self._query("SELECT path FROM file WHERE key = ?", file)), "")

    def _add_duplicate(self, article: int, file: int, version: Version) -> None:
        self._execute("INSERT OR REPLACE INTO duplicate VALUES (?, ?, ?, ?)", article, file, *version)

    def is_supplied(self, file: int, article_id: str, version: Version) -> bool:
        """Return whether the file supplies this version of an article."""
        statement = "SELECT 1 FROM article WHERE key = ? AND file = ? AND dated_ns = ? AND modified_ns = ? AND NOT lost"
        return bool(self._query(statement, hash64(article_id), file, *version))

    def add_written(self, article_id: str, number: int) -> None:
        """Record the number that an article has in the transaction of this run."""
        self._execute("INSERT OR REPLACE INTO written VALUES (?, ?)", hash64(article_id), number)

    def written_number(self, article_id: str) -> int | None:
        """Return the number of an article that this run has written, None if it has not."""
        rows = self._query("SELECT number FROM written WHERE article = ?", hash64(article_id))
        return rows[0][0] if rows else None

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
            self._database.executemany("INSERT OR IGNORE INTO inside VALUES (?)", ((hash64(path),) for path in paths))
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

    def has_files_below(self, root: str) -> bool:
        """Return whether a file at or below `root` was ever read."""
        return any(is_below(os.fsdecode(path), [root]) for (path,) in self._query("SELECT path FROM file"))

    def failure_count(self, record: FileRecord) -> int:
        """Return the number of failures in a file."""
        [(count,)] = self._query("SELECT count(*) FROM failure WHERE file = ?", record.key)
        return int(count)

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
            if is_below(path, roots) and not is_below(path, unreadable):
                self._execute("INSERT INTO seen VALUES (?)", key)
                self._clear_file(key)
                self._execute("DELETE FROM file WHERE key = ?", key)

    def lost_articles(self) -> list[str]:
        """Return the ids of the lost articles: the files that supplied them, seen or forgotten, lack them."""
        return [row[0] for row in self._query("SELECT id FROM lost_article")]

    def reassign_lost_articles(self) -> list[tuple[int, str]]:
        """Give each lost article to the file with its newest other version, and return key and path of these files."""
        self._execute(
            "INSERT INTO adopted SELECT key, (SELECT file FROM duplicate WHERE article = key"
            " ORDER BY dated_ns DESC, modified_ns DESC LIMIT 1) AS heir FROM lost_article WHERE heir IS NOT NULL"
        )
        self._execute(
            "UPDATE article SET lost = 0, (file, dated_ns, modified_ns) = (SELECT file, dated_ns, modified_ns"
            " FROM duplicate JOIN adopted USING (article, file) WHERE article = key)"
            " WHERE key IN (SELECT article FROM adopted)"
        )
        self._execute("DELETE FROM duplicate WHERE (article, file) IN (SELECT article, file FROM adopted)")
        rows = self._query("SELECT key, path FROM file WHERE key IN (SELECT file FROM adopted) ORDER BY path")
        return [(key, os.fsdecode(path)) for key, path in rows]

    def adopt_article(self, file: int, article_id: str, identity: Identity) -> bool:
        """Return whether this record of a file is the version of an article that was reassigned to the file."""
        key = hash64(article_id)
        statement = (
            "SELECT url, title, body FROM article JOIN adopted ON article = key WHERE key = ? AND adopted.file = ?"
        )
        rows = self._query(statement, key, file)
        if not rows or not identity.is_same_article(Identity(*rows[0])):
            return False
        self._execute("DELETE FROM adopted WHERE article = ?", key)
        self._execute("UPDATE article SET url = ?, title = ?, body = ? WHERE key = ?", *identity, key)
        return True

    def forget_article(self, article_id: str) -> None:
        """Remove an article that is no longer in the index."""
        self._execute("DELETE FROM article WHERE key = ?", hash64(article_id))

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
            self._database.executemany("INSERT OR IGNORE INTO present VALUES (?)", ((hash64(i),) for i in article_ids))
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


def is_below(path: str, roots: Sequence[str]) -> bool:
    """Return whether a path is one of `roots`, or below one."""
    return any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
