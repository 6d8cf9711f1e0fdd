"""How much room an index takes."""

from contextlib import suppress
from pathlib import Path
from stat import S_ISREG


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder. A commit may remove some meanwhile."""
    return sum(map(_size, folder.iterdir()))


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        status = file.stat()
        return status.st_size if S_ISREG(status.st_mode) else 0
    return 0
