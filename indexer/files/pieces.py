"""A file as it is to be read: at once, or piece by piece where it has many records."""

from collections.abc import Iterator

from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from ..readers import Cut, Kind, Piece, decode, kind_of
from .decompression import CHUNK, Stream

PIECE = 1 << 20  # bytes; a file of no more is read at once


def kind_of_stream(name: str, stream: Stream, limits: Limits) -> Kind:
    """What the beginning of a file tells. Raises ReadError, Spent."""
    kind = kind_of(name, stream.peek(PIECE), limits)
    if kind.cut or kind.most == limits.article_bytes:
        return kind
    return kind_of(name, stream.peek(limits.one_record_bytes), limits)  # where its first record ends may tell more


def contents(name: str, stream: Stream, limits: Limits) -> Iterator[bytes | Piece | ReadError]:
    """All bytes of a file, or its pieces, with a ReadError for each record that is none. Raises ReadError, Spent."""
    if len(stream.peek(PIECE)) < PIECE:
        yield stream.rest(PIECE)
        return
    most, cut = kind_of_stream(name, stream, limits)
    if cut:
        yield from pieces(stream, cut, limits)
    else:
        yield stream.rest(most)


def pieces(stream: Stream, cut: Cut, limits: Limits) -> Iterator[Piece | ReadError]:
    """The pieces of a file, and a ReadError for each record that is too large for one. Raises ReadError, Spent."""
    header = b""
    encoding = ""
    line = 1
    size = PIECE
    while block := stream.peek(size):
        encoding = encoding or _encoding(block)
        end, lines = cut.end(block, encoding) if len(block) == size else (len(block), 0)
        if end:
            yield Piece(header + stream.read(end), encoding, line - 1 - bool(header), cut.read)
            if cut.has_header and not header:
                header = block.splitlines(keepends=True)[0]
            line += lines
            size = PIECE
        elif size < limits.one_record_bytes:
            size = min(2 * size, limits.one_record_bytes)
        else:
            yield ReadError(
                _("line {line}: it is larger than {size:,.9g} MB").format(
                    line=line, size=limits.one_record_bytes / 1000000.0
                )
            )
            if cut.has_header:  # where a row has no end, nothing tells where the next one begins
                return
            _pass_line(stream)
            line += 1


def _encoding(block: bytes) -> str:
    """The encoding of a file that goes on with these bytes, "" where they don't tell. They may end amid a character."""
    lines = block[: block.rfind(b"\n") + 1]
    if lines.isascii():
        return ""
    try:
        return decode(lines).encoding
    except ReadError:
        return ""


def _pass_line(stream: Stream) -> None:
    while chunk := stream.peek(CHUNK):
        end = chunk.find(b"\n") + 1
        stream.read(end or len(chunk))
        if end:
            return
