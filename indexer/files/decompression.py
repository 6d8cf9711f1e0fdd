"""Bytes out of packed ones, forwards, a chunk at a time and within limits, whatever the packed ones claim to be."""

import bz2
import io
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol

from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import ReadError
from ..limits import Limits

CHUNK = 1 << 16
_DIRECTORY_ENTRY = b"PK\1\2"
_BYTES_OF_AN_ENTRY = 256  # in the directory of a zip; names are shorter on average
_PIECE = 1 << 14  # packed bytes read at once
_PIECE_OF_ZSTANDARD = 128  # packed bytes; four of them can become 128 KB
_MEMORY_OF_XZ = 1 << 28  # bytes; `xz -9` needs a quarter of it
_LONGEST_REASON = 120  # characters

# What the libraries raise at damaged or hostile bytes, in one Python or another.
_DAMAGE = (
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


class Spent(Exception):
    """The archive has used up what an archive may take: nothing more is read of it."""


@contextmanager
def telling() -> Iterator[None]:
    """Raises ReadError for whatever the libraries raise."""
    try:
        yield
    except MemoryError as error:
        raise ReadError(_("it needs more memory than there is")) from error
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.strerror:
            raise ReadError(os_error_reason(error)) from error
        # zipfile quotes whole names, and a damaged one may be long.
        raise ReadError(
            _("it is damaged: {reason}").format(reason=str(error)[:_LONGEST_REASON] or type(error).__name__)
        ) from error


class Stream:
    """Chunks, none of them empty, as a file that is read forwards. `passed` counts the bytes read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = b""
        self._at = 0
        self._ended = False
        self.passed = 0

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end. Raises ReadError, Spent."""
        if self._at + size > len(self._buffer) and not self._ended:
            self._fill(size)
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end. Raises ReadError, Spent."""
        data = self.peek(size)
        self._at += len(data)
        self.passed += len(data)
        return data

    def _fill(self, size: int) -> None:
        pieces = [self._buffer[self._at :]]
        missing = size - len(pieces[0])
        with telling():
            while missing > 0 and not self._ended:
                chunk = next(self._chunks, b"")
                pieces.append(chunk)
                missing -= len(chunk)
                self._ended = not chunk
        self._buffer = b"".join(pieces)
        self._at = 0

    def part(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes in chunks. Raises ReadError where there are fewer, Spent."""
        while size > 0:
            data = self.read(min(size, CHUNK))
            if not data:
                raise ReadError(_("it ends too early"))
            size -= len(data)
            yield data

    def rest(self, limit: int) -> bytes:
        """All that is left. Raises ReadError where that is more than `limit` bytes, Spent."""
        whole = io.BytesIO()
        while data := self.read(CHUNK):
            if whole.tell() + len(data) > limit:
                raise ReadError(_("it is larger than {size:,.9g} MB").format(size=limit / 1000000.0))
            whole.write(data)
        return whole.getvalue()


class Budget:
    """What an archive, with the archives in it, may still have and unpack to."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._counted = self._unpacked = 0

    def count(self) -> None:
        """One more member. Raises Spent."""
        self._counted += 1
        if self._counted > self._limits.archive_members:
            raise Spent(_("it has more than {most:,} members").format(most=self._limits.archive_members))

    def metered(self, chunks: Iterator[bytes], packed: Callable[[], int]) -> Iterator[bytes]:
        """The chunks, as long as they are in proportion to the bytes that have been read for them; `packed` counts
        these. Raises ReadError, Spent."""
        most, ratio = self._limits.archive_bytes, self._limits.archive_ratio
        before = packed()
        unpacked = 0
        for chunk in chunks:
            unpacked += len(chunk)
            self._unpacked += len(chunk)
            if self._unpacked > most:
                raise Spent(_("it unpacks to more than {size:,.9g} GB").format(size=most / 1000000000.0))
            if unpacked > self._limits.archive_ratio_from and unpacked > ratio * (packed() - before):
                raise ReadError(_("it unpacks to more than {ratio} times its size").format(ratio=ratio))
            yield chunk


class Source:
    """A file of which `passed` counts the bytes read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.passed = 0
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.passed += len(data)
        return data


class ZipSource:
    """A file as zipfile reads it, which takes the whole directory at once: one for more members than there may be is
    refused before it becomes objects."""

    def __init__(self, file: Source, members: int) -> None:
        self._file = file
        self._members = members
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > self._members * _BYTES_OF_AN_ENTRY + CHUNK:
            raise Spent(_("its directory is too large"))
        data = self._file.read(size)
        if data.count(_DIRECTORY_ENTRY) > self._members:
            raise Spent(_("it has more than {most:,} members").format(most=self._members))
        return data


def unpacked(kind: str, packed: Stream) -> Iterator[bytes]:
    """What a file in gzip, xz, bzip2 or zstandard unpacks to, in chunks that are not large: all its frames, with
    nothing but zeros, which tapes and xz pad with, between and behind them. Raises ReadError and what the libraries
    raise."""
    begin = _DECOMPRESSORS[kind]
    frame = begin()
    data = packed.read(_PIECE)
    while True:
        chunk = frame.decompress(data, CHUNK)
        if chunk:
            yield chunk
        data = b""
        if frame.eof:
            data = _without_zeros(frame.unused_data, packed)
            if not data:
                return
            frame = begin()
        elif frame.needs_input:
            data = packed.read(_PIECE)
            if not data and not chunk:
                raise ReadError(_("it ends too early"))


def _without_zeros(data: bytes, packed: Stream) -> bytes:
    while not (data := data.lstrip(b"\0")):
        data = packed.read(_PIECE)
        if not data:
            break
    return data


class _Decompressor(Protocol):
    """Of one frame, as bz2 and lzma have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor rather than GzipFile, which reads the name in a gzip head byte by byte, however long."""

    def __init__(self) -> None:
        self._frame = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def needs_input(self) -> bool:
        return not self._frame.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._frame.decompress(self._frame.unconsumed_tail + data, max_length)


class _Zstandard:
    """The package knows no bound for what comes out, so little is put in."""

    def __init__(self) -> None:
        begin, self._error = _zstandard()
        self._frame = begin()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return bool(self._frame.eof)

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    @property
    def unused_data(self) -> bytes:
        return bytes(self._frame.unused_data) + self._waiting

    def decompress(self, data: bytes, max_length: int, /) -> bytes:  # noqa: ARG002
        waiting = self._waiting + data
        self._waiting = waiting[_PIECE_OF_ZSTANDARD:]
        try:
            return bytes(self._frame.decompress(waiting[:_PIECE_OF_ZSTANDARD]))
        except self._error as error:
            raise ValueError(str(error)) from error


def _zstandard() -> tuple[Callable[[], Any], type[Exception]]:
    """What begins a frame, and the error of the library. Imported late: few archives need it."""
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.ZstdDecompressor, zstd.ZstdError
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_OF_XZ)


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "bzip2": bz2.BZ2Decompressor,
    "gzip": _Gzip,
    "xz": _xz,
    "zstandard": _Zstandard,
}
