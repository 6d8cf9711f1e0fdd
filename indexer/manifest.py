"""The manifest of an index: which files were read, and which articles each of them supplies.

A later run reads only the files that changed, and knows which articles are gone. The manifest is committed after its
index. A run that is killed between the two commits leaves an older manifest: the next run reads some files again and
finds their articles unchanged.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from typing_extensions import Self

from .cleaning import RepeatedLines
from .manifest_database import ManifestDatabase
from .versions import Identity, Supply, Version, hash64

_MIN_AGE = 2_000_000_000  # ns; the coarsest clock of a file system, that of FAT
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
    """The manifest in `file`, open for one run.

    Leaving the `with` block commits all changes; leaving it by an exception discards them. Files are identified by
    their `key`, a hash of the path. Raises what `ManifestDatabase` raises.
    """

    def __init__(self, file: Path) -> None:
        self._database = ManifestDatabase(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.__exit__(kind, error, trace)

    def find_file(self, path: str) -> FileRecord | None:
        """Return the record of a file, or None if it was never read."""
        rows = self._database.query(
            "SELECT key, size, modified_ns, changed_ns, inode, digest, reader_settings, articles FROM file"
            " WHERE key = ?",
            hash64(path),
        )
        return next((FileRecord(row[0], FileStamp(*row[1:5]), *row[5:]) for row in rows), None)

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        return [os.fsdecode(row[0]) for row in self._database.query("SELECT path FROM file ORDER BY path")]

    def reader_settings(self) -> list[str]:
        """Return all settings that files were read with."""
        return [
            row[0] for row in self._database.query("SELECT DISTINCT reader_settings FROM file ORDER BY reader_settings")
        ]

    def mark_seen(self, record: FileRecord) -> bool:
        """Record that the file still exists. Return False if this run has already recorded it."""
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", record.key) > 0

    def update_stamp(self, record: FileRecord, stamp: FileStamp) -> None:
        """Record a new stamp of a file whose content is the same."""
        self._database.execute(
            "UPDATE file SET modified_ns = ?, changed_ns = ?, inode = ? WHERE key = ?", *stamp[1:], record.key
        )

    def start_file(self, path: str, stamp: FileStamp, digest: bytes, reader_settings: str) -> int:
        """Record that this run reads the file, and return its key.

        The articles that the file supplied so far are lost until `supply_article` is called for them.
        """
        key = hash64(path)
        size, modified_ns, *rest = stamp
        values = (key, os.fsencode(path), size, modified_ns, digest, reader_settings, *rest)
        if not self._database.execute("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)", *values):
            self._database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)", *values)
            self._clear_file(key)
        self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", key)
        return key

    def _clear_file(self, file: int) -> None:
        self._database.execute("UPDATE article SET lost = 1 WHERE file = ?", file)
        self._database.execute("DELETE FROM duplicate WHERE file = ?", file)
        self._database.execute("DELETE FROM failure WHERE file = ?", file)

    def supply_article(
        self, file: int, article_id: str, version: Version, identity: Identity, is_gone: Callable[[str], bool]
    ) -> Supply:
        """Record that a file contains an article, and return how it is taken.

        Of several files with the same article, the one with the newest version supplies it, as long as it contains it.
        A file that `is_gone` yields to any that was modified later.
        """
        key = hash64(article_id)
        if self._database.execute(
            "INSERT OR IGNORE INTO article VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)",
            *(key, article_id, file, *version, *identity),
        ):
            supply = Supply.NEW
        else:
            supply = self._supply_known(file, key, version, identity, is_gone)
        if supply is not Supply.SHARED_ID:
            self._database.execute("UPDATE file SET articles = articles + 1 WHERE key = ?", file)
        return supply

    def _supply_known(
        self, file: int, key: int, version: Version, identity: Identity, is_gone: Callable[[str], bool]
    ) -> Supply:
        [(supplier, is_lost, *values)] = self._database.query(
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
        self._database.execute("DELETE FROM duplicate WHERE article = ? AND file = ?", key, file)
        self._database.execute(
            "UPDATE article SET file = ?, lost = 0, dated_ns = ?, modified_ns = ?, url = ?, title = ?, body = ?"
            " WHERE key = ?",
            *(file, *version, *identity, key),
        )
        return Supply.TAKEN

    def _path(self, file: int) -> str:
        """Return the path of a file, "" if it was forgotten."""
        return next(
            (os.fsdecode(row[0]) for row in self._database.query("SELECT path FROM file WHERE key = ?", file)), ""
        )

    def _add_duplicate(self, article: int, file: int, version: Version) -> None:
        self._database.execute("INSERT OR REPLACE INTO duplicate VALUES (?, ?, ?, ?)", article, file, *version)

    def is_supplied(self, file: int, article_id: str, version: Version) -> bool:
        """Return whether the file supplies this version of an article."""
        statement = "SELECT 1 FROM article WHERE key = ? AND file = ? AND dated_ns = ? AND modified_ns = ? AND NOT lost"
        return bool(self._database.query(statement, hash64(article_id), file, *version))

    def add_written(self, article_id: str, number: int) -> None:
        """Record the number that an article has in the transaction of this run."""
        self._database.execute("INSERT OR REPLACE INTO written VALUES (?, ?)", hash64(article_id), number)

    def written_number(self, article_id: str) -> int | None:
        """Return the number of an article that this run has written, None if it has not."""
        rows = self._database.query("SELECT number FROM written WHERE article = ?", hash64(article_id))
        return rows[0][0] if rows else None

    def keep_articles(self, file: int) -> None:
        """Keep all articles of a file that was not read to its end: the rest of it may contain them."""
        self._database.execute("UPDATE article SET lost = 0 WHERE file = ?", file)

    def invalidate_file(self, file: int) -> None:
        """Make the next run read the file again."""
        self._database.execute("UPDATE file SET modified_ns = NULL, digest = x'' WHERE key = ?", file)

    def count_articles_outside(self, paths: Iterable[str]) -> int:
        """Return the number of articles that none of these files contains."""
        self._database.execute("CREATE TEMPORARY TABLE inside (file INTEGER PRIMARY KEY)")
        self._database.execute_many("INSERT OR IGNORE INTO inside VALUES (?)", ((hash64(path),) for path in paths))
        [(articles,)] = self._database.query(
            "SELECT count(*) FROM article WHERE (lost OR file NOT IN (SELECT file FROM inside)) AND NOT EXISTS"
            " (SELECT * FROM duplicate JOIN inside USING (file) WHERE duplicate.article = article.key)"
        )
        return int(articles)

    def add_failure(self, file: int, name: str, reason: str) -> None:
        """Record that a file, or the part of it called `name`, is not an article."""
        self._database.execute("INSERT INTO failure VALUES (?, ?, ?)", file, os.fsencode(name), reason)

    def failures(self, record: FileRecord) -> list[tuple[str, str]]:
        """Return name and reason of each failure in a file."""
        rows = self._database.query("SELECT name, reason FROM failure WHERE file = ? ORDER BY rowid", record.key)
        return [(os.fsdecode(name), reason) for name, reason in rows]

    def repeated_lines(self) -> RepeatedLines:
        """Return the repeated lines that were learned."""
        repeated: RepeatedLines = {}
        for source, form in self._database.query("SELECT source, form FROM repeated_line ORDER BY source, form"):
            repeated.setdefault(source, []).append(form)
        return repeated

    def add_repeated_lines(self, repeated: RepeatedLines) -> None:
        """Record repeated lines of sources that had none."""
        for source, forms in repeated.items():
            for form in forms:
                self._database.execute("INSERT INTO repeated_line VALUES (?, ?)", source, form)

    def has_files_below(self, root: str) -> bool:
        """Return whether a file at or below `root` was ever read."""
        return any(is_below(os.fsdecode(path), [root]) for (path,) in self._database.query("SELECT path FROM file"))

    def failure_count(self, record: FileRecord) -> int:
        """Return the number of failures in a file."""
        [(count,)] = self._database.query("SELECT count(*) FROM failure WHERE file = ?", record.key)
        return int(count)

    def forget_repeated_lines(self) -> None:
        """Forget the repeated lines of all sources, so that this run learns them again."""
        self._database.execute("DELETE FROM repeated_line")

    def forget_missing_files(self, roots: Sequence[str], unreadable: Sequence[str]) -> None:
        """Forget the files at or below `roots` that this run has not seen, except those below `unreadable`.

        The articles that these files supplied are lost.
        """
        rows = self._database.query("SELECT key, path FROM file WHERE key NOT IN (SELECT file FROM seen)")
        for key, encoded_path in rows:
            path = os.fsdecode(encoded_path)
            if is_below(path, roots) and not is_below(path, unreadable):
                self._database.execute("INSERT INTO seen VALUES (?)", key)
                self._clear_file(key)
                self._database.execute("DELETE FROM file WHERE key = ?", key)

    def lost_articles(self) -> list[str]:
        """Return the ids of the lost articles: the files that supplied them, seen or forgotten, lack them."""
        return [row[0] for row in self._database.query("SELECT id FROM lost_article")]

    def reassign_lost_articles(self) -> list[tuple[int, str]]:
        """Give each lost article to the file with its newest other version, and return key and path of these files."""
        self._database.execute(
            "INSERT INTO adopted SELECT key, (SELECT file FROM duplicate WHERE article = key"
            " ORDER BY dated_ns DESC, modified_ns DESC LIMIT 1) AS heir FROM lost_article WHERE heir IS NOT NULL"
        )
        self._database.execute(
            "UPDATE article SET lost = 0, (file, dated_ns, modified_ns) = (SELECT file, dated_ns, modified_ns"
            " FROM duplicate JOIN adopted USING (article, file) WHERE article = key)"
            " WHERE key IN (SELECT article FROM adopted)"
        )
        self._database.execute("DELETE FROM duplicate WHERE (article, file) IN (SELECT article, file FROM adopted)")
        rows = self._database.query("SELECT key, path FROM file WHERE key IN (SELECT file FROM adopted) ORDER BY path")
        return [(key, os.fsdecode(path)) for key, path in rows]

    def adopt_article(self, file: int, article_id: str, identity: Identity) -> bool:
        """Return whether this record of a file is the version of an article that was reassigned to the file."""
        key = hash64(article_id)
        statement = (
            "SELECT url, title, body FROM article JOIN adopted ON article = key WHERE key = ? AND adopted.file = ?"
        )
        rows = self._database.query(statement, key, file)
        if not rows or not identity.is_same_article(Identity(*rows[0])):
            return False
        self._database.execute("DELETE FROM adopted WHERE article = ?", key)
        self._database.execute("UPDATE article SET url = ?, title = ?, body = ? WHERE key = ?", *identity, key)
        return True

    def forget_article(self, article_id: str) -> None:
        """Remove an article that is no longer in the index."""
        self._database.execute("DELETE FROM article WHERE key = ?", hash64(article_id))

    @property
    def commit_id(self) -> str | None:
        """The commit of the index that this manifest describes, None in a new manifest or one of an older version."""
        return next((commit_id for (commit_id,) in self._database.query("SELECT id FROM index_commit")), None)

    def set_commit_id(self, commit_id: str) -> None:
        """Record the commit of the index that this manifest describes."""
        self._database.execute("DELETE FROM index_commit")
        self._database.execute("INSERT INTO index_commit VALUES (?)", commit_id)

    def distrust(self, article_ids: Iterable[str]) -> None:
        """Make this run read all files again, and forget the articles that are not among the `article_ids`."""
        self._database.execute("CREATE TEMPORARY TABLE present (article INTEGER PRIMARY KEY)")
        self._database.execute_many("INSERT OR IGNORE INTO present VALUES (?)", ((hash64(i),) for i in article_ids))
        self._database.execute("UPDATE file SET modified_ns = NULL, digest = x''")
        self._database.execute("DELETE FROM duplicate WHERE article NOT IN (SELECT article FROM present)")
        self._database.execute("DELETE FROM article WHERE key NOT IN (SELECT article FROM present)")
        self._database.execute("DROP TABLE temp.present")

    # For checking

    def verify(self) -> None:
        """Read everything. Raises IndexDamaged unless every row is as it was written."""
        self._database.verify()

    def counts(self) -> tuple[int, int]:
        """Return the number of files and the number of articles."""
        [(files,)], [(articles,)] = (
            self._database.query("SELECT count(*) FROM file"),
            self._database.query("SELECT count(*) FROM article"),
        )
        return files, articles

    def random_article_ids(self, size: int) -> list[str]:
        """Return the ids of up to `size` articles, chosen at random."""
        return [row[0] for row in self._database.query("SELECT id FROM article ORDER BY random() LIMIT ?", size)]


def is_below(path: str, roots: Sequence[str]) -> bool:
    """Return whether a path is one of `roots`, or below one."""
    return any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
