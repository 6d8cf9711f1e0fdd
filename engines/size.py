"""How much room an index takes, and in how many parts."""

from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from ..messages import ngettext


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder. A commit may remove some meanwhile."""
    return sum(map(_size, folder.iterdir()))


def segments(number: int) -> str:
    """3 segments, 1 segment."""
    return ngettext("{number} segment", "{number} segments", number).format(number=number)


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        status = file.stat()
        return status.st_size if S_ISREG(status.st_mode) else 0
    return 0
