"""Files of an index folder: atomic replacement, total size, and a description of the segments."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from ..messages import ngettext


def atomic_replace(file: Path, target: Path) -> None:
    """Move `file` over `target` so that a power cut leaves either the old or the new file whole.

    `file` must be complete, and in the same folder as `target`. Other entries of the folder are on the disk before
    `target` is, so that it may name them.
    """
    with file.open("r+b") as complete:
        os.fsync(complete.fileno())
    sync_folder(target.parent)
    file.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if os.name == "posix":  # other systems cannot open a folder, and do not need to
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it, so that a power cut leaves them. It may exist."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in new:
        with suppress(PermissionError):  # whoever may write to a folder need not be allowed to read it
            sync_folder(path.parent)


def folder_size(folder: Path) -> int:
    """Return the total size of the files in a folder, in bytes.

    A commit may remove some of the files meanwhile; those count as empty.
    """
    return sum(map(_file_size, folder.iterdir()))


def segment_count_text(number: int) -> str:
    """Return "3 segments" or "1 segment" in the current language."""
    return ngettext("{number} segment", "{number} segments", number).format(number=number)


def _file_size(file: Path) -> int:
    with suppress(FileNotFoundError):
        status = file.stat()
        return status.st_size if S_ISREG(status.st_mode) else 0
    return 0
