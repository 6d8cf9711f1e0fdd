"""Copy the manifest of an index for the index that replaces it."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from ..engines import IndexDamaged, translate_write_errors
from .manifest import Manifest
from .manifest_database import index_errors

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

    If a run was killed while it committed the manifest, SQLite's journal undoes that in the copy; the source may be on
    a disk that is read-only. Nobody may write to it meanwhile.

    Raises:
        IndexUnwritable: The new file cannot be written.
    """
    if not source.is_file():
        return False
    with translate_write_errors(target.parent):
        for old, new in ((source, target), (_journal(source), _journal(target))):
            if old.exists():
                shutil.copyfile(old, new)
    try:
        with index_errors(target), closing(sqlite3.connect(target)) as copy:
            if any(row[1] == "reading" for row in copy.execute("PRAGMA table_info(file)")):
                copy.executescript(_RENAMED_SINCE_FORMAT_3)
        with Manifest(target) as manifest:
            manifest.verify()
    except IndexDamaged:
        target.unlink(missing_ok=True)
        _journal(target).unlink(missing_ok=True)
        return False
    with translate_write_errors(target.parent), target.open("rb") as file:
        os.fsync(file.fileno())
    return True


def _journal(manifest: Path) -> Path:
    return manifest.with_name(f"{manifest.name}-journal")
