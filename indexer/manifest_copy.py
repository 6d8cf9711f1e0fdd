"""Copy the manifest of an index for the index that replaces it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ..engines import IndexUnwritable

# Format 3 had other names for tables and columns.
_RENAMED_SINCE_FORMAT_3 = """
BEGIN;
ALTER TABLE file RENAME COLUMN number TO key;
ALTER TABLE file RENAME COLUMN changed_ns TO modified_ns;
ALTER TABLE file RENAME COLUMN reading TO reader_settings;
ALTER TABLE article RENAME COLUMN number TO key;
ALTER TABLE other RENAME TO duplicate;
DROP INDEX other_file;
ALTER TABLE repeated RENAME TO repeated_line;
COMMIT;
"""


def copy_manifest(source: Path, target: Path) -> bool:
    """Copy a manifest, also one of format 3, to a new file. Return False if there is none or it is damaged.

    Raises:
        IndexUnwritable: The new file cannot be written.
    """
    if not source.is_file():
        return False
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            if any(row[1] == "reading" for row in new.execute("PRAGMA table_info(file)")):
                new.executescript(_RENAMED_SINCE_FORMAT_3)
            if new.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]:
                return True
    except sqlite3.OperationalError as error:  # the disk is full, or a permission is missing
        raise IndexUnwritable(target.parent, f"{target.name}: {error}") from error
    except sqlite3.DatabaseError:
        pass
    target.unlink(missing_ok=True)
    return False
