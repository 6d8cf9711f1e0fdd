"""WARC, the format of web archives: each page that a server delivered is an article."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import DEFAULT_LIMITS, Limits
from .decoding import decode
from .refusal import needs_extra
from .web_page import read_page

SIGNATURE = b"WARC/"
MAX_HEAD = 65_536  # bytes of the headers of a record
MAX_HTTP_HEAD = 16_384  # bytes of the headers of a page
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(rb"^([\w-]{1,60}):[ \t]*([^\r\n]*)", re.MULTILINE)
_OK = re.compile(rb"HTTP/\d(?:\.\d)? 200\b")
_PAGE_TYPE = re.compile(rb"^content-type:[ \t]*(?:text/html|application/xhtml\+xml)", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"charset=[\"' ]{0,3}([\w-]{1,40})", re.IGNORECASE)

_OPTIONAL_ENCODINGS = ("br", "zstd")  # their libraries may be missing


class RecordHead(NamedTuple):
    """Headers of a record. `length` is the number of bytes that follow."""

    record_type: str
    content_type: str
    url: str
    date: str
    length: int


def recognizes(_name: str, start: bytes) -> bool:
    """Return whether a file begins with a record."""
    return start.startswith(SIGNATURE)


def find_head_end(data: bytes) -> int:
    """Return the length of the headers at the beginning of the data, or 0 if they do not end in it."""
    match = _HEAD_END.search(data, 0, MAX_HEAD)
    return match.end() if match and data.startswith(SIGNATURE) else 0


def parse_head(head: bytes) -> RecordHead:
    """Return the headers of a record. Raises ReadError."""
    headers = {name.lower(): value.decode("utf-8", "replace").strip() for name, value in _HEADER.findall(head)}
    length = headers.get(b"content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise ReadError(_("the web archive is damaged: a record has no length"))
    return RecordHead(
        record_type=headers.get(b"warc-type", ""),
        content_type=headers.get(b"content-type", ""),
        url=headers.get(b"warc-target-uri", "").strip("<>"),
        date=headers.get(b"warc-date", ""),
        length=int(length),
    )


def is_page(head: RecordHead, content: bytes) -> bool:
    """Return whether a record is a page that was delivered, by its headers and the beginning of its content."""
    if not head.url.startswith(("http://", "https://")):
        return False
    if head.record_type == "resource":
        return head.content_type.startswith("text/html")
    http_head = content[:MAX_HTTP_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return head.record_type == "response" and bool(_OK.match(http_head) and _PAGE_TYPE.search(http_head))


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each page, or a ReadError. Of several captures of an address, the newest counts."""
    newest: dict[str, tuple[RecordHead, bytes]] = {}
    try:
        for head, record in split_records(data):
            if is_page(head, record[find_head_end(record) :]):
                former = newest.get(head.url)
                if not former or head.date > former[0].date:
                    newest[head.url] = head, record
    except ReadError as error:
        yield error
    for head, record in newest.values():
        yield from _read_record(path, head, record, is_only_page=len(newest) == 1, limits=limits)
    if not newest:
        yield ReadError(_("the web archive has no pages"))


def read_pages(
    is_only_page: bool, path: str, data: bytes, _mapping: Mapping[str, str], _offset: int
) -> Iterator[Article | ReadError]:
    """Yield the article of each record in the data, or a ReadError. All of them are pages."""
    for head, record in split_records(data):
        yield from _read_record(path, head, record, is_only_page=is_only_page, limits=DEFAULT_LIMITS)


def split_records(data: bytes) -> Iterator[tuple[RecordHead, bytes]]:
    """Yield the records in the data, each with its headers. Raises ReadError."""
    position = 0
    while data.startswith(SIGNATURE, position):
        head_length = find_head_end(data[position : position + MAX_HEAD])
        head = parse_head(data[position : position + head_length])
        end = position + head_length + head.length
        if end > len(data):
            raise ReadError(_("the file is truncated"))
        yield head, data[position:end]
        while data[end : end + 1] in (b"\r", b"\n"):
            end += 1
        position = end
    if position < len(data):
        raise ReadError(_("the web archive is damaged: a record has another length than it states"))


def _read_record(
    path: str, head: RecordHead, record: bytes, *, is_only_page: bool, limits: Limits
) -> Iterator[Article | ReadError]:
    """Yield the article of a page. An archive of one page is named like a file of one page, by its path."""
    url = strip_invisible(head.url)
    default_id = path if is_only_page else url or path
    location = path if is_only_page else f"{path}!/{url}"
    try:
        text = _decode_page(record, limits)
        yield from read_page(location, text, url, head.date, limits, default_id)
    except ReadError as error:
        yield ReadError(f"{url}: {error}")


def _decode_page(record: bytes, limits: Limits) -> str:
    """Return the text of a page, without the encodings of its transfer. Raises ReadError."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.bufferedreaders import BufferedReader, ChunkedDataException
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    errors = (
        *(ArchiveLoadFailed, ChunkedDataException, StatusAndHeadersParserException, EOFError, OSError, ValueError),
        AttributeError,  # warcio takes it for granted that a record has an address
    )
    try:
        warc_record = next(ArchiveIterator(io.BytesIO(record + b"\r\n\r\n")))
        headers = warc_record.http_headers
        encoding = (headers.get_header("content-encoding") or "").lower() if headers else ""
        if encoding in _OPTIONAL_ENCODINGS and encoding not in BufferedReader.get_supported_decompressors():
            raise needs_extra(_("page packed by {encoding}").format(encoding=encoding))
        content = warc_record.content_stream().read(limits.article_bytes + 1)
    except (*errors, StopIteration) as error:
        reason = strip_invisible(str(error))[:200] or type(error).__name__
        raise ReadError(_("the web archive is damaged: {reason}").format(reason=reason)) from error
    if len(content) > limits.article_bytes:
        raise ReadError(_("the page is larger than {size} MB").format(size=limits.article_bytes // 1_000_000))
    declared = _CHARSET.search((headers.get_header("content-type") or "") if headers else "")
    return decode(content, declared[1] if declared else "").text
