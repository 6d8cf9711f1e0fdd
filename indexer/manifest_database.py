"""The database of a manifest: its schema, upgrades of older ones, its checksum, and SQLite's errors."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

from ..engines import IndexDamaged, IndexUnwritable
from ..messages import gettext as _
from .row_checksum import CHECKSUM_SCHEMA, RowChecksum, is_sound, structure

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


class ManifestDatabase:
    """The SQLite database `file`, which is created if it does not exist, open for one transaction.

    Leaving the `with` block commits all changes; leaving it by an exception discards them.

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

    def query(self, statement: str, *values: object) -> list[Any]:
        """Return the rows of a query."""
        with self._as_index_error():
            return self._database.execute(statement, values).fetchall()

    def execute(self, statement: str, *values: object) -> int:
        """Execute a statement and return how many rows it changes."""
        with self._as_index_error():
            return self._database.execute(statement, values).rowcount

    def execute_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Execute a statement for each row of values."""
        with self._as_index_error():
            self._database.executemany(statement, rows)

    def verify(self) -> None:
        """Read everything. Raises IndexDamaged unless every row is as it was written."""
        with self._as_index_error():
            is_right = self._checksum.is_right()
        if not is_right:
            raise self._damage()


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
