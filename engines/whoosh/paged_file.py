"""A file of named sections with a checksum for each page.

    sections, consecutive, each beginning at a multiple of 8 bytes
    checksums: CRC-32 of every page of 16 KiB of the above, 4 bytes each
    table: JSON, {"sections": {name: [start, end]}, "facts": {…}}
    footer: see `_FOOTER`

Opening a file verifies the footer; the first read of a page verifies the page. So opening takes the same time whatever
the size, and truncated or altered data is never used.

Readers copy what they need instead of mapping the file: if a mapped file is truncated, or the disk cannot read it, the
system ends the process.
"""

import json
import os
import struct
import weakref
import zlib
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

from ...messages import gettext as _
from .elias_fano import ByteArray

PAGE_SIZE = 1 << 14  # bytes
_PAGES_AT_ONCE = 64  # that a check reads
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
    """Reads sections of a file, which stays open and readable when it is removed. Several threads may read at once.

    Raises:
        CorruptFile: When the file is opened or read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._file)  # as a mapping would be released
        self._lock = Lock()
        size = os.fstat(self._file).st_size
        if size < _FOOTER.size:
            raise CorruptFile(_("{file} is cut off").format(file=path.name))
        length, table_length, checksum, magic = _FOOTER.unpack(self._copy(size - _FOOTER.size, size).data)
        pages = (length + PAGE_SIZE - 1) // PAGE_SIZE
        if magic != _MAGIC or length + 4 * pages + table_length + _FOOTER.size != size:
            raise CorruptFile(_("{file} is cut off, or not a file of souwen").format(file=path.name))
        checksums_and_table = self._copy(length, size - _FOOTER.size).tobytes()
        if zlib.crc32(_LENGTHS.pack(length, table_length), zlib.crc32(checksums_and_table)) != checksum:
            raise CorruptFile(_("the table of {file} was altered").format(file=path.name))
        table = json.loads(checksums_and_table[4 * pages :])
        self._sections: dict[str, tuple[int, int]] = table["sections"]
        self.metadata: dict[str, Any] = table["facts"]
        self._length = length
        self._checksums = np.frombuffer(checksums_and_table, "<u4", pages)
        self._verified = bytearray(pages)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def read(self, name: str, start: int = 0, end: int | None = None) -> ByteArray:
        """Return the bytes from `start` to `end` of a section, verified."""
        section_start, section_end = self._sections[name]
        first, last = section_start + start, section_end if end is None else section_start + end
        if not section_start <= first <= last <= section_end:
            raise CorruptFile(_("{file} refers to data that it does not have").format(file=self._path.name))
        first_page, last_page = first // PAGE_SIZE, (last + PAGE_SIZE - 1) // PAGE_SIZE
        if 0 not in self._verified[first_page:last_page]:
            return self._copy(first, last)
        page_start = first_page * PAGE_SIZE
        return self._verify(first_page, last_page)[first - page_start : last - page_start]

    def array(self, name: str, dtype: str) -> NDArray[Any]:
        """Return a whole section as an array of numbers."""
        return self.read(name).view(dtype)

    def _copy(self, start: int, end: int) -> ByteArray:
        """Return the bytes of a part of the file."""
        content: ByteArray = np.empty(end - start, np.uint8)
        position = 0
        while position < len(content):
            size = self._read_into(content.data[position:], start + position)
            if not size:
                raise CorruptFile(_("{file} is cut off").format(file=self._path.name))
            position += size
        return content

    def _read_into(self, buffer: memoryview, start: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._file, [buffer], start)
        with self._lock:  # Windows
            os.lseek(self._file, start, os.SEEK_SET)
            data = os.read(self._file, len(buffer))
            buffer[: len(data)] = data
            return len(data)

    def _verify(self, first_page: int, last_page: int) -> ByteArray:
        """Return the contents of pages."""
        content = self._copy(first_page * PAGE_SIZE, min(last_page * PAGE_SIZE, self._length))
        for page in range(first_page, last_page):
            start = (page - first_page) * PAGE_SIZE
            if zlib.crc32(content[start : start + PAGE_SIZE].data) != self._checksums[page]:
                raise CorruptFile(_("{file} was altered").format(file=self._path.name))
            self._verified[page] = 1
        return content

    def check(self) -> None:
        """Verify every page."""
        for first_page in range(0, len(self._verified), _PAGES_AT_ONCE):
            self._verify(first_page, min(first_page + _PAGES_AT_ONCE, len(self._verified)))
