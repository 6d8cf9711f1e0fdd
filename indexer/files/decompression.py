"""Decompress gzip, xz, bzip2 and zstandard, forward only and in small blocks."""

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ...messages import gettext as _
from ..errors import ReadError
from .streams import BLOCK_SIZE, ByteStream

_PACKED_BLOCK_SIZE = 1 << 14  # bytes
_ZSTANDARD_BLOCK_SIZE = 128  # packed bytes; four of them can become 128 KB
_XZ_MEMORY_LIMIT = 1 << 28  # bytes; `xz -9` needs a quarter of it


def decompress(compression: str, packed: ByteStream) -> Iterator[bytes]:
    """Yield the content of a gzip, xz, bzip2 or zstandard file in small blocks.

    The file may have several frames, with zeros between and behind them: tapes and xz pad with zeros.

    Raises:
        ReadError: The file is truncated.
        Exception: An error of the library; `as_read_error` translates it.
    """
    make_decompressor = _DECOMPRESSORS[compression]
    frame = make_decompressor()
    data = packed.read(_PACKED_BLOCK_SIZE)
    while True:
        block = frame.decompress(data, BLOCK_SIZE)
        if block:
            yield block
        data = b""
        if frame.eof:
            data = _skip_zeros(frame.unused_data, packed)
            if not data:
                return
            frame = make_decompressor()
        elif frame.needs_input:
            data = packed.read(_PACKED_BLOCK_SIZE)
            if not data and not block:
                raise ReadError(_("the file is truncated"))


def _skip_zeros(data: bytes, packed: ByteStream) -> bytes:
    while not (data := data.lstrip(b"\0")):
        data = packed.read(_PACKED_BLOCK_SIZE)
        if not data:
            break
    return data


class _Decompressor(Protocol):
    """Decompressor of one frame, with the interface of bz2 and lzma."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _GzipDecompressor:
    """zlib's decompressor instead of GzipFile, which reads the name in a gzip header byte by byte, however long."""

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


class _ZstandardDecompressor:
    """zstandard's decompressor. It cannot limit its output, so it gets little input at once."""

    def __init__(self) -> None:
        make_frame, self._error = _load_zstandard()
        self._frame = make_frame()
        self._pending = b""

    @property
    def eof(self) -> bool:
        return bool(self._frame.eof)

    @property
    def needs_input(self) -> bool:
        return not self._pending

    @property
    def unused_data(self) -> bytes:
        return bytes(self._frame.unused_data) + self._pending

    def decompress(self, data: bytes, max_length: int, /) -> bytes:  # noqa: ARG002
        data = self._pending + data
        self._pending = data[_ZSTANDARD_BLOCK_SIZE:]
        try:
            return bytes(self._frame.decompress(data[:_ZSTANDARD_BLOCK_SIZE]))
        except self._error as error:
            raise ValueError(str(error)) from error


def _load_zstandard() -> tuple[Callable[[], Any], type[Exception]]:
    """Return the factory of decompressors and the error class. Imported late: few archives need the library."""
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.ZstdDecompressor, zstd.ZstdError
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError


def _make_xz_decompressor() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_LIMIT)


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "bzip2": bz2.BZ2Decompressor,
    "gzip": _GzipDecompressor,
    "xz": _make_xz_decompressor,
    "zstandard": _ZstandardDecompressor,
}
