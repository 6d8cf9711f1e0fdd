"""Read a file whole, or split a large file of many records into chunks."""

from collections.abc import Iterator

from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from ..readers import Chunk, Chunker, ReadPlan, decode, plan_reading
from .streams import BLOCK_SIZE, ByteStream

CHUNK_SIZE = 1 << 20  # bytes; a smaller file is read at once


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
