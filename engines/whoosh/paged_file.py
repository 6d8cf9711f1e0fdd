"""A file of named sections that is mapped when it is read, and checked page by page.

    sections, one after another, each beginning at a multiple of 8 bytes
    checksums: the CRC-32 of every page of 16 KiB of the above, 4 bytes each
    table: JSON, {"sections": {name: [start, end]}, "facts": {…}}
    tail: see `_TAIL`

The tail is checked when the file is opened, a page when something of it is read for the first time. So opening takes
the same time whatever the size, and what was cut off or altered is never answered from.
"""

import json
import mmap
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

from ...messages import gettext as _
from .elias_fano import Bytes

PAGE = 1 << 14  # bytes
RESIDENT = 256 << 20  # bytes of a file that are kept in memory, roughly; of files without end all would be
_AROUND = 1 << 12  # bytes that systems map at least
_TAIL = struct.Struct("<QQI8s")  # length of the sections, of the table; CRC-32 of checksums, table, lengths; magic
_LENGTHS = struct.Struct("<QQ")
_MAGIC = b"souwen-1"


class Damaged(ValueError):
    """The file is not as it was written."""


class SectionWriter:
    """Writes the sections of a file in turn: `write` adds to the one that `end` names and closes. `facts` are values
    for JSON that are kept in the table. Nothing can read the file before `close`, after which it is on the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._sections: dict[str, tuple[int, int]] = {}
        self._checksums: list[int] = []
        self._page = bytearray()
        self._start = 0
        self._length = 0
        self.facts: dict[str, Any] = {}
        self.is_closed = False

    @property
    def size(self) -> int:
        """Bytes in the section that is being written."""
        return self._length - self._start

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        self._file.write(view)
        self._length += len(view)
        at = 0
        while at < len(view):
            taken = min(PAGE - len(self._page), len(view) - at)
            if taken == PAGE:
                self._checksums.append(zlib.crc32(view[at : at + PAGE]))
            else:
                self._page += view[at : at + taken]
                if len(self._page) == PAGE:
                    self._end_page()
            at += taken

    def end(self, name: str) -> None:
        self._sections[name] = (self._start, self._length)
        self.write(bytes(-self._length % 8))
        self._start = self._length

    def add(self, name: str, data: bytes) -> None:
        """A section of its own."""
        self.write(data)
        self.end(name)

    def _end_page(self) -> None:
        self._checksums.append(zlib.crc32(self._page))
        self._page.clear()

    def close(self) -> None:
        if self._page:
            self._end_page()
        checksums = np.array(self._checksums, "<u4").tobytes()
        table = json.dumps({"sections": self._sections, "facts": self.facts}).encode("ascii")
        lengths = _LENGTHS.pack(self._length, len(table))
        self._file.write(checksums + table)
        self._file.write(
            _TAIL.pack(self._length, len(table), zlib.crc32(lengths, zlib.crc32(checksums + table)), _MAGIC)
        )
        self._file.flush()
        os.fsync(self._file.fileno())
        self.abandon()

    def abandon(self) -> None:
        """Closes the file as it is, unfinished."""
        with suppress(OSError):  # what is still to be written may find no room
            self._file.close()
        self.is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()


class Sections:
    """Reads such a file. Raises Damaged, when it is opened and when something is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _TAIL.size:
                raise Damaged(_("{file} is cut off").format(file=path.name))
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        length, table_length, checksum, magic = _TAIL.unpack_from(mapped, size - _TAIL.size)
        pages = (length + PAGE - 1) // PAGE
        if magic != _MAGIC or length + 4 * pages + table_length + _TAIL.size != size:
            raise Damaged(_("{file} is cut off, or none of souwen's").format(file=path.name))
        rest = mapped[length : size - _TAIL.size]
        if zlib.crc32(_LENGTHS.pack(length, table_length), zlib.crc32(rest)) != checksum:
            raise Damaged(_("the table of {file} was altered").format(file=path.name))
        table = json.loads(rest[4 * pages :])
        self._sections: dict[str, tuple[int, int]] = table["sections"]
        self.facts: dict[str, Any] = table["facts"]
        # The mapping lives as long as the last array that shows a part of it.
        self._mapped = mapped
        self._resident = 0
        self._bytes: Bytes = np.frombuffer(mapped, np.uint8)
        self._length = length
        self._checksums = np.frombuffer(rest, "<u4", pages)
        self._checked = bytearray(pages)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def read(self, name: str, start: int = 0, end: int | None = None) -> Bytes:
        """The bytes from `start` to `end` of a section, checked, not copied."""
        low, high = self._sections[name]
        first, last = low + start, high if end is None else low + end
        if not low <= first <= last <= high:
            raise Damaged(_("{file} points to where there is nothing").format(file=self._path.name))
        self._check(first, last)
        self._resident += last - first + _AROUND
        if self._resident > RESIDENT:
            self.release()
        return self._bytes[first:last]

    def release(self) -> None:
        """Lets the system take back the memory of what was read; what is used again it maps again."""
        self._resident = 0
        if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            self._mapped.madvise(mmap.MADV_DONTNEED)

    def array(self, name: str, kind: str) -> NDArray[Any]:
        """A whole section as numbers of a numpy type."""
        return self.read(name).view(kind)

    def _check(self, first: int, last: int) -> None:
        low, high = first // PAGE, (last + PAGE - 1) // PAGE
        if 0 not in self._checked[low:high]:
            return
        for page in range(low, high):
            if not self._checked[page]:
                content = self._bytes[page * PAGE : min((page + 1) * PAGE, self._length)]
                if zlib.crc32(content.data) != self._checksums[page]:
                    raise Damaged(_("{file} was altered").format(file=self._path.name))
                self._checked[page] = 1

    def check(self) -> None:
        """Checks every page."""
        self._check(0, self._length)
