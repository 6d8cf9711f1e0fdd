"""How much room an index takes, and in how many parts."""

from contextlib import suppress
from pathlib import Path
from stat import S_ISREG


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder. A commit may remove some meanwhile."""
    return sum(map(_size, folder.iterdir()))


def counted(number: int, name: str) -> str:
    """3 segments, 1 segment."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        status = file.stat()
        return status.st_size if S_ISREG(status.st_mode) else 0
    return 0
