"""A checksum over all rows of an SQLite database, which triggers keep up to date.

SQLite notices damage only where it breaks the structure of a page. This checksum notices every other change of a row,
also if it was made between two runs. It is the sum of the hashes of all rows, so that the order of the rows does not
matter, and a changed row costs two hashes.
"""

import hashlib
import sqlite3

CHECKSUM_SCHEMA = "CREATE TABLE IF NOT EXISTS checksum (total INTEGER NOT NULL);"
_MASK = (1 << 63) - 1  # SQLite's integers have a sign


class RowChecksum:
    """The checksum of an open database. Changes of rows update it; `store` writes it into the database.

    It covers all tables except that of `CHECKSUM_SCHEMA`, which must exist. If it is empty, the present rows count as
    sound.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._rows = {table: _row_text(_columns(database, table)) for table in _tables(database)}
        stored = database.execute("SELECT total FROM checksum").fetchall()
        if not stored:
            database.execute("INSERT INTO checksum VALUES (0)")
        self._total = stored[0][0] if stored else self._compute()
        database.execute("PRAGMA recursive_triggers = ON")  # REPLACE deletes rows
        database.create_function("add_row", 1, self._add)
        database.create_function("remove_row", 1, self._remove)
        for number, (table, row) in enumerate(self._rows.items()):
            removed, added = f"SELECT remove_row({row.format('OLD.')});", f"SELECT add_row({row.format('NEW.')});"
            for event, calls in (("INSERT", added), ("DELETE", removed), ("UPDATE", removed + added)):
                trigger = f"checksum_{number}_{event} AFTER {event} ON main.{table}"
                database.execute(f"CREATE TEMPORARY TRIGGER {trigger} BEGIN {calls} END")

    def _add(self, row: str) -> None:
        self._total = self._total + _hash(row) & _MASK

    def _remove(self, row: str) -> None:
        self._total = self._total - _hash(row) & _MASK

    def _compute(self) -> int:
        total = 0
        for table, row in self._rows.items():
            query = f"SELECT {row.format('')} FROM {table}"  # noqa: S608 - names of this database's schema
            total += sum(_hash(text) for (text,) in self._database.execute(query))
        return total & _MASK

    def store(self) -> None:
        """Write the checksum, before the transaction is committed."""
        self._database.execute("UPDATE checksum SET total = ?", (self._total,))

    def is_right(self) -> bool:
        """Read all rows, and return whether they have the checksum, and the database its structure."""
        return self._compute() == self._total and is_sound(self._database)


def is_sound(database: sqlite3.Connection) -> bool:
    """Return whether the structure of all pages and indexes is right."""
    return database.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]


def structure(database: sqlite3.Connection) -> list[object]:
    """Return the columns of all tables and indexes of a database, for comparison."""
    tables = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    indexes = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'index' ORDER BY name").fetchall()
    columns: list[object] = [(name, database.execute(f"PRAGMA table_info('{name}')").fetchall()) for (name,) in tables]
    return columns + [(name, database.execute(f"PRAGMA index_info('{name}')").fetchall()) for (name,) in indexes]


def _tables(database: sqlite3.Connection) -> list[str]:
    names = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in names if name != "checksum"]


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [column[1] for column in database.execute(f"PRAGMA main.table_info({table})")]


def _row_text(columns: list[str]) -> str:
    """Return an SQL expression for a row, with its types, in ASCII. Its argument is what precedes a column's name."""
    return " || ',' || ".join(f"typeof({{0}}{column}) || hex({{0}}{column})" for column in columns)


def _hash(row: str) -> int:
    return int.from_bytes(hashlib.blake2b(row.encode("ascii"), digest_size=8).digest(), "little")
