"""Read web archives: WARC files of any size, compressed or in a WACZ. Only pages are passed on, each once."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import ReadError
from ..limits import DEFAULT_LIMITS, Limits
from ..readers import Chunk, warc
from .archives import ArchiveMember, is_archive, read_members
from .splitting import split_web_archive
from .streams import BLOCK_SIZE, ByteStream

_SUFFIXES = (".warc", ".warc.gz", ".wacz")


def is_web_archive(name: str, start: bytes) -> bool:
    """Return whether a file is a WARC, by its first bytes, or an archive of WARC files, by its name."""
    return start.startswith(warc.SIGNATURE) or (name.lower().endswith(_SUFFIXES) and is_archive(name, start))


def read_pages(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ArchiveMember]:
    """Yield chunks of the pages in a web archive. Errors are yielded, not raised.

    The archive is read twice: of several captures of an address, only the newest is passed on, the first of them if
    their times are the same.
    """
    newest: dict[bytes, tuple[str, int]] = {}  # date and number of the capture, by address
    captures = 0
    for member in _read_chunks(path, limits):
        if isinstance(member.content, Chunk):
            for head, _record in warc.split_records(member.content.data):
                key = hashlib.blake2b(head.url.encode(), digest_size=8).digest()
                if key not in newest or head.date > newest[key][0]:
                    newest[key] = head.date, captures
                captures += 1
        if len(newest) > limits.archive_members:
            reason = _("the archive has more than {limit:,} members").format(limit=limits.archive_members)
            yield ArchiveMember("", ReadError(reason), member.bytes_read)
            return
    numbers = {number for _date, number in newest.values()}
    del newest
    read = partial(warc.read_pages, len(numbers) == 1)
    captures = 0
    for name, content, bytes_read in _read_chunks(path, limits):
        if isinstance(content, Chunk):
            records = []
            for _head, record in warc.split_records(content.data):
                if captures in numbers:
                    records.append(record)
                captures += 1
            content = content._replace(data=b"\r\n\r\n".join(records), read=read)
            if not records:
                continue
        yield ArchiveMember(name, content, bytes_read)
    if not numbers:
        yield ArchiveMember("", ReadError(_("the web archive has no pages")), 0)


def _read_chunks(path: Path, limits: Limits) -> Iterator[ArchiveMember]:
    """Yield the chunks of all WARC files in a web archive, and errors. A WACZ has indexes, too, which are left out."""
    try:
        with path.open("rb") as file:
            start = file.read(BLOCK_SIZE)
            if is_archive(path.name, start):
                for member in read_members(path, limits):
                    if not isinstance(member.content, bytes) and getattr(member.content, "is_binary", True):
                        yield member
                return
            file.seek(0)
            stream = ByteStream(iter(lambda: file.read(BLOCK_SIZE), b""))
            try:
                for content in split_web_archive(stream, limits):
                    yield ArchiveMember("", content, stream.bytes_read)
            except ReadError as error:
                yield ArchiveMember("", error, stream.bytes_read)
    except OSError as error:
        yield ArchiveMember("", ReadError(os_error_reason(error)), 0)
