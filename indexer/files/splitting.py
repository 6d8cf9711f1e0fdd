"""Read a file whole, or split a large file of many records into chunks."""

from collections.abc import Iterator
from functools import partial

from ...analysis import strip_invisible
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from ..readers import Chunk, Chunker, ReadPlan, decode, plan_reading, warc
from .streams import BLOCK_SIZE, ByteStream

CHUNK_SIZE = 1 << 20  # bytes; a smaller file is read at once
_MIN_HEAD_PEEK = 256  # bytes


def plan_stream(name: str, stream: ByteStream, limits: Limits) -> ReadPlan:
    """Return how to read a file, by its beginning. Raises ReadError, BudgetExceeded."""
    plan = plan_reading(name, stream.peek(CHUNK_SIZE), limits)
    if plan.chunker or plan.max_bytes == limits.article_bytes:
        return plan
    return plan_reading(name, stream.peek(limits.record_bytes), limits)  # the end of the first record may decide


def read_contents(name: str, stream: ByteStream, limits: Limits) -> Iterator[bytes | Chunk | ReadError]:
    """Yield the content of a file, or its chunks and a ReadError for each record that is too large.

    Raises:
        ReadError: The file cannot be read, or is too large.
        BudgetExceeded: The archive that contains the file is too large.
    """
    if stream.peek(len(warc.SIGNATURE)) == warc.SIGNATURE:
        yield from split_web_archive(stream, limits)
        return
    if len(stream.peek(CHUNK_SIZE)) < CHUNK_SIZE:
        yield stream.read_rest(CHUNK_SIZE)
        return
    max_bytes, chunker = plan_stream(name, stream, limits)
    if chunker:
        yield from split_stream(stream, chunker, limits)
    else:
        yield stream.read_rest(max_bytes)


def split_stream(stream: ByteStream, chunker: Chunker, limits: Limits) -> Iterator[Chunk | ReadError]:
    """Yield the chunks of a file, and a ReadError for each record that is too large for one.

    Raises:
        ReadError: The file cannot be read.
        BudgetExceeded: The archive that contains the file is too large.
    """
    header = b""
    encoding = ""
    line = 1
    size = CHUNK_SIZE
    while block := stream.peek(size):
        encoding = encoding or ("" if chunker.is_binary else _detect_encoding(block))
        end, lines = chunker.find_end(block, encoding) if len(block) == size else (len(block), 0)
        if end:
            data, line_offset = header + stream.read(end), line - 1 - bool(header)
            yield Chunk(data, encoding, line_offset, chunker.read, chunker.is_binary, chunker.is_simple)
            if chunker.has_header and not header:
                header = block.splitlines(keepends=True)[0]
            line += lines
            size = CHUNK_SIZE
        elif size < limits.record_bytes:
            size = min(2 * size, limits.record_bytes)
        else:
            yield ReadError(
                _("line {line}: the record is larger than {size:,.9g} MB").format(
                    line=line, size=limits.record_bytes / 1000000.0
                )
            )
            if chunker.has_header:  # without the end of this row, the start of the next one is unknown
                return
            line += _skip_record(stream, chunker.separator)
            size = CHUNK_SIZE


def split_web_archive(stream: ByteStream, limits: Limits) -> Iterator[Chunk | ReadError]:
    """Yield chunks of the records of a WARC file that are pages, and a ReadError for each page that is too large.

    Raises:
        ReadError: The file cannot be read to its end.
        BudgetExceeded: The archive that contains the file is too large.
    """
    records: list[bytes] = []
    size = 0
    while True:
        try:
            record = _read_page(stream, limits)
        except ReadError:
            if records:
                yield _make_chunk(records)
            raise
        if isinstance(record, ReadError):
            yield record
        elif record:
            records.append(record)
            size += len(record)
        if records and (record is None or size >= CHUNK_SIZE):
            yield _make_chunk(records)
            records, size = [], 0
        if record is None:
            return


def _make_chunk(records: list[bytes]) -> Chunk:
    read = partial(warc.read_pages, False)
    return Chunk(b"\r\n\r\n".join(records), "", 0, read, is_binary=True, is_simple=False)


def _read_page(stream: ByteStream, limits: Limits) -> bytes | ReadError | None:
    """Return the next record of a WARC file if it is a page, b"" if it is none, and None at the end."""
    while stream.peek(1) in (b"\r", b"\n"):
        stream.read(1)
    if not stream.peek(1):
        return None
    size = _MIN_HEAD_PEEK  # no more than is needed: damage further on would cost this record, too
    while not (head_length := warc.find_head_end(stream.peek(size))) and size < warc.MAX_HEAD:
        size *= 2
    if not head_length:
        raise ReadError(_("the web archive is damaged: a record has another length than it states"))
    head_bytes = stream.read(head_length)
    head = warc.parse_head(head_bytes)
    is_page = warc.is_page(head, stream.peek(min(head.length, warc.MAX_HTTP_HEAD)))
    if is_page and head.length <= limits.article_bytes:
        return head_bytes + b"".join(stream.read_blocks(head.length))
    for _block in stream.read_blocks(head.length):
        pass
    if not is_page:
        return b""
    message = _("{url}: the page is larger than {size} MB")
    return ReadError(message.format(url=strip_invisible(head.url), size=limits.article_bytes // 1_000_000))


def _detect_encoding(block: bytes) -> str:
    """Return the encoding of a block that may end inside a character, or "" if the block does not show it."""
    lines = block[: block.rfind(b"\n") + 1]
    if lines.isascii():
        return ""
    try:
        return decode(lines).encoding
    except ReadError:
        return ""


def _skip_record(stream: ByteStream, separator: bytes) -> int:
    """Skip the rest of a record up to its separator, and return the number of line ends in it."""
    lines = 0
    while block := stream.peek(BLOCK_SIZE):
        end = block.find(separator) + len(separator)
        is_found = end >= len(separator)
        # The separator may begin at the end of the block.
        skipped = end if is_found else max(len(block) - len(separator) + 1, 1)
        lines += stream.read(skipped).count(b"\n")
        if is_found:
            break
    return lines
