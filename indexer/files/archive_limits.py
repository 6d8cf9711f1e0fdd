"""Limits on whole archives: number of members, unpacked bytes, and size of the directory of a zip."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from .streams import BLOCK_SIZE, BudgetExceeded

_ZIP_DIRECTORY_ENTRY = b"PK\1\2"
_ZIP_BYTES_PER_ENTRY = 256  # in the directory of a zip; an average entry with its name is shorter


class ArchiveBudget:
    """Counts members and unpacked bytes of an archive, including archives in it, against the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members = 0
        self._unpacked_bytes = 0

    def count_member(self) -> None:
        """Count one more member. Raises BudgetExceeded."""
        self._members += 1
        if self._members > self._limits.archive_members:
            raise BudgetExceeded(_too_many_members(self._limits.archive_members))

    def limit(self, blocks: Iterator[bytes], packed_bytes: Callable[[], int]) -> Iterator[bytes]:
        """Yield the unpacked blocks as long as they are within the limits.

        `packed_bytes` returns the number of packed bytes read so far, for the ratio of unpacked to packed bytes.

        Raises:
            ReadError: The ratio is too high.
            BudgetExceeded: The archive unpacks to too many bytes.
        """
        max_bytes, max_ratio = self._limits.archive_bytes, self._limits.archive_ratio
        min_bytes = self._limits.archive_ratio_min_bytes
        packed_before = packed_bytes()
        unpacked = 0
        for block in blocks:
            unpacked += len(block)
            self._unpacked_bytes += len(block)
            if self._unpacked_bytes > max_bytes:
                size = max_bytes / 1000000000.0
                raise BudgetExceeded(_("the archive unpacks to more than {size:,.9g} GB").format(size=size))
            if unpacked > min_bytes and unpacked > max_ratio * (packed_bytes() - packed_before):
                raise ReadError(_("the file unpacks to more than {ratio} times its size").format(ratio=max_ratio))
            yield block


class CountingFile:
    """A file that counts the bytes read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bytes_read = 0
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        data = self._file.read(size)
        self.bytes_read += len(data)
        return data


class LimitedZipFile:
    """The input of zipfile, which reads the whole directory at once and makes an object of each entry.

    A directory with too many entries is refused before that.
    """

    def __init__(self, file: CountingFile, max_members: int) -> None:
        self._file = file
        self._max_members = max_members
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, fewer at the end. Raises BudgetExceeded."""
        if size > self._max_members * _ZIP_BYTES_PER_ENTRY + BLOCK_SIZE:
            raise BudgetExceeded(_("the directory of the archive is too large"))
        data = self._file.read(size)
        if data.count(_ZIP_DIRECTORY_ENTRY) > self._max_members:
            raise BudgetExceeded(_too_many_members(self._max_members))
        return data


def _too_many_members(limit: int) -> str:
    return _("the archive has more than {limit:,} members").format(limit=limit)
