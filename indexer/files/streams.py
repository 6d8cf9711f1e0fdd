"""Forward-only streams of untrusted data, with errors of the archive libraries translated."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import ReadError

BLOCK_SIZE = 1 << 16  # bytes
_MAX_REASON_LENGTH = 120  # characters

# What the libraries raise for damaged or crafted input, in any supported version of Python.
_LIBRARY_ERRORS = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class BudgetExceeded(Exception):
    """An archive exceeds the limits of a whole archive: the rest of it is not read."""


@contextmanager
def as_read_error() -> Iterator[None]:
    """Translate the errors of the archive libraries into ReadError."""
    try:
        yield
    except MemoryError as error:
        raise ReadError(_("reading it needs more memory than there is")) from error
    except _LIBRARY_ERRORS as error:
        if isinstance(error, OSError) and error.strerror:
            raise ReadError(os_error_reason(error)) from error
        # zipfile quotes whole names, and a damaged one may be long.
        reason = str(error)[:_MAX_REASON_LENGTH] or type(error).__name__
        raise ReadError(_("the file is damaged: {reason}").format(reason=reason)) from error


class ByteStream:
    """Blocks of bytes, none of them empty, as a forward-only file. `bytes_read` counts the bytes read so far.

    Every method may raise ReadError, and BudgetExceeded where the blocks come from an archive.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._buffer = b""
        self._offset = 0
        self._has_ended = False
        self.bytes_read = 0

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end, without reading past them."""
        if self._offset + size > len(self._buffer) and not self._has_ended:
            self._fill(size)
        return self._buffer[self._offset : self._offset + size]

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        data = self.peek(size)
        self._offset += len(data)
        self.bytes_read += len(data)
        return data

    def _fill(self, size: int) -> None:
        blocks = [self._buffer[self._offset :]]
        missing = size - len(blocks[0])
        with as_read_error():
            while missing > 0 and not self._has_ended:
                block = next(self._blocks, b"")
                blocks.append(block)
                missing -= len(block)
                self._has_ended = not block
        self._buffer = b"".join(blocks)
        self._offset = 0

    def read_blocks(self, size: int) -> Iterator[bytes]:
        """Yield the next `size` bytes in blocks. Raises ReadError if there are fewer."""
        while size > 0:
            data = self.read(min(size, BLOCK_SIZE))
            if not data:
                raise ReadError(_("the file is truncated"))
            size -= len(data)
            yield data

    def read_rest(self, limit: int) -> bytes:
        """Return all remaining bytes. Raises ReadError if there are more than `limit`."""
        buffer = io.BytesIO()
        while data := self.read(BLOCK_SIZE):
            if buffer.tell() + len(data) > limit:
                raise ReadError(_("the file is larger than {size:,.9g} MB").format(size=limit / 1000000.0))
            buffer.write(data)
        return buffer.getvalue()
