"""Read the headers of a tar archive from a stream."""

import tarfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from ...messages import gettext as _
from ..errors import ReadError
from .streams import BLOCK_SIZE, ByteStream, as_read_error

_MAX_HEADER_SIZE = 1 << 20  # bytes, with all extension headers


class _TarInput:
    """A stream as tarfile reads it: forward only, with a limit on the size of headers.

    Attributes:
        last_block: What tarfile read last.
        header_budget: Bytes that the header of a member may still take.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.last_block = b""
        self.header_budget = _MAX_HEADER_SIZE

    def read(self, size: int) -> bytes:
        self.header_budget -= size
        if self.header_budget < 0:
            raise ReadError(_("the archive is damaged: the header of a member is too long"))
        self.last_block = self._stream.read(size)
        return self.last_block

    def tell(self) -> int:
        return self._stream.bytes_read

    def seek(self, offset: int) -> None:
        if offset < self._stream.bytes_read:
            raise ReadError(_("the archive is damaged: a member has a negative size"))
        for _block in self._stream.read_blocks(offset - self._stream.bytes_read):
            pass


class _TarFile(tarfile.TarFile):
    members: list[tarfile.TarInfo]
    firstmember: tarfile.TarInfo | None


def tar_headers(stream: ByteStream) -> Iterator[tarfile.TarInfo]:
    """Yield the header of each member of a tar, with the stream at the start of its data.

    Raises:
        ReadError: The archive is damaged.
        BudgetExceeded: The archive is too large.
    """
    tar_input = _TarInput(stream)
    with as_read_error():
        tar = _TarFile(fileobj=cast(BinaryIO, tar_input), encoding="utf-8", errors="surrogateescape")
        info = tar.next() if tar.firstmember else None
    while info:
        yield info
        # tarfile keeps all headers, which would grow with the archive.
        tar.members.clear()
        tar.pax_headers = {}
        tar_input.header_budget = _MAX_HEADER_SIZE
        with as_read_error():
            info = tar.next()
    # tarfile takes a damaged header for the end of the archive, which is a block of zeros.
    if any(tar_input.last_block):
        raise ReadError(_("the archive is damaged: the header of a member is invalid"))
    if len(tar_input.last_block) < tarfile.BLOCKSIZE:
        raise ReadError(_("the file is truncated"))
    while stream.read(BLOCK_SIZE):  # the decompressor verifies its checksum at the end
        pass
