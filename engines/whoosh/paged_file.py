"""A memory-mapped file of named sections with a checksum for each page.

    sections, consecutive, each beginning at a multiple of 8 bytes
    checksums: CRC-32 of every page of 16 KiB of the above, 4 bytes each
    table: JSON, {"sections": {name: [start, end]}, "facts": {…}}
    footer: see `_FOOTER`

Opening a file verifies the footer; the first read of a page verifies the page. So opening takes the same time whatever
the size, and truncated or altered data is never used.
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
from .elias_fano import ByteArray

PAGE_SIZE = 1 << 14  # bytes
MAX_RESIDENT = 256 << 20  # approximate bytes of a file that stay in memory; without a limit, all of it would
_MIN_MAPPED = 1 << 12  # bytes that a system maps at least
_FOOTER = struct.Struct("<QQI8s")  # length of the sections, of the table; CRC-32 of checksums, table, lengths; magic
_LENGTHS = struct.Struct("<QQ")
_MAGIC = b"souwen-1"


class CorruptFile(ValueError):
    """A file is not as it was written."""


class PagedFileWriter:
    """Writes the sections of a file one after another.

    `write` appends to the current section, `end_section` names and ends it. `metadata` is JSON that the table keeps.
    Readers cannot open the file before `close`, which also syncs it to the disk.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._sections: dict[str, tuple[int, int]] = {}
        self._checksums: list[int] = []
        self._page = bytearray()
        self._start = 0
        self._length = 0
        self.metadata: dict[str, Any] = {}
        self.is_closed = False

    @property
    def section_size(self) -> int:
        """The size of the current section, in bytes."""
        return self._length - self._start

    def write(self, data: bytes) -> None:
        """Append data to the current section."""
        view = memoryview(data)
        self._file.write(view)
        self._length += len(view)
        start = 0
        while start < len(view):
            size = min(PAGE_SIZE - len(self._page), len(view) - start)
            if size == PAGE_SIZE:
                self._checksums.append(zlib.crc32(view[start : start + PAGE_SIZE]))
            else:
                self._page += view[start : start + size]
                if len(self._page) == PAGE_SIZE:
                    self._end_page()
            start += size

    def end_section(self, name: str) -> None:
        """End the current section, and begin the next."""
        self._sections[name] = (self._start, self._length)
        self.write(bytes(-self._length % 8))
        self._start = self._length

    def write_section(self, name: str, data: bytes) -> None:
        """Write a whole section."""
        self.write(data)
        self.end_section(name)

    def _end_page(self) -> None:
        self._checksums.append(zlib.crc32(self._page))
        self._page.clear()

    def close(self) -> None:
        """Write checksums, table and footer, and sync the file to the disk."""
        if self._page:
            self._end_page()
        checksums = np.array(self._checksums, "<u4").tobytes()
        table = json.dumps({"sections": self._sections, "facts": self.metadata}).encode("ascii")
        lengths = _LENGTHS.pack(self._length, len(table))
        self._file.write(checksums + table)
        self._file.write(
            _FOOTER.pack(self._length, len(table), zlib.crc32(lengths, zlib.crc32(checksums + table)), _MAGIC)
        )
        self._file.flush()
        os.fsync(self._file.fileno())
        self.abort()

    def abort(self) -> None:
        """Close the file as it is, incomplete."""
        with suppress(OSError):  # the disk may have no space for what is still buffered
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
            self.abort()


class PagedFileReader:
    """Reads sections of a file.

    Raises:
        CorruptFile: When the file is opened or read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _FOOTER.size:
                raise CorruptFile(_("{file} is cut off").format(file=path.name))
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        length, table_length, checksum, magic = _FOOTER.unpack_from(mapped, size - _FOOTER.size)
        pages = (length + PAGE_SIZE - 1) // PAGE_SIZE
        if magic != _MAGIC or length + 4 * pages + table_length + _FOOTER.size != size:
            raise CorruptFile(_("{file} is cut off, or not a file of souwen").format(file=path.name))
        checksums_and_table = mapped[length : size - _FOOTER.size]
        if zlib.crc32(_LENGTHS.pack(length, table_length), zlib.crc32(checksums_and_table)) != checksum:
            raise CorruptFile(_("the table of {file} was altered").format(file=path.name))
        table = json.loads(checksums_and_table[4 * pages :])
        self._sections: dict[str, tuple[int, int]] = table["sections"]
        self.metadata: dict[str, Any] = table["facts"]
        # The mapping lives as long as the last array that is a view of it.
        self._mapped = mapped
        self._resident = 0
        self._bytes: ByteArray = np.frombuffer(mapped, np.uint8)
        self._length = length
        self._checksums = np.frombuffer(checksums_and_table, "<u4", pages)
        self._verified = bytearray(pages)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def read(self, name: str, start: int = 0, end: int | None = None) -> ByteArray:
        """Return the bytes from `start` to `end` of a section: verified, and not copied."""
        section_start, section_end = self._sections[name]
        first, last = section_start + start, section_end if end is None else section_start + end
        if not section_start <= first <= last <= section_end:
            raise CorruptFile(_("{file} refers to data that it does not have").format(file=self._path.name))
        self._verify(first, last)
        self._resident += last - first + _MIN_MAPPED
        if self._resident > MAX_RESIDENT:
            self.release_pages()
        return self._bytes[first:last]

    def release_pages(self) -> None:
        """Return the memory of pages that were read to the system, which maps them again when they are used."""
        self._resident = 0
        if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            self._mapped.madvise(mmap.MADV_DONTNEED)

    def array(self, name: str, dtype: str) -> NDArray[Any]:
        """Return a whole section as an array of numbers."""
        return self.read(name).view(dtype)

    def _verify(self, start: int, end: int) -> None:
        first, last = start // PAGE_SIZE, (end + PAGE_SIZE - 1) // PAGE_SIZE
        if 0 not in self._verified[first:last]:
            return
        for page in range(first, last):
            if not self._verified[page]:
                content = self._bytes[page * PAGE_SIZE : min((page + 1) * PAGE_SIZE, self._length)]
                if zlib.crc32(content.data) != self._checksums[page]:
                    raise CorruptFile(_("{file} was altered").format(file=self._path.name))
                self._verified[page] = 1

    def check(self) -> None:
        """Verify every page."""
        self._verify(0, self._length)
