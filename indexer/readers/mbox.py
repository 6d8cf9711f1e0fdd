"""Mailboxes in the mbox format: each message is an article."""

import re
from collections.abc import Iterator, Mapping

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from . import mail
from .chunking import Chunker

# A line that begins with "From " and has a time, before a header: others are text that a program did not quote.
# A chunk behind a message that is too large begins after "From ".
_ENVELOPE = re.compile(rb"(?:\A(?:From )?|(?<=\n)From )[^\n]{0,200}\d:\d\d[^\n]{0,60}\n(?=[!-9;-~]{1,60}:)")
_START = b"From "
_QUOTED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_SEPARATOR = b"\n" + _START


def recognizes(_name: str, start: bytes) -> bool:
    """Return whether a file begins with the envelope of a message."""
    return start.startswith(_START) and bool(_ENVELOPE.match(start))


def read(path: str, data: bytes, _limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each message, or a ReadError."""
    return _read_chunk(path, data, {}, 0)


def make_chunker(_start: bytes) -> Chunker:
    """Return a chunker that splits a mailbox between messages."""
    return Chunker(_find_end, _read_chunk, separator=_SEPARATOR, is_binary=True, is_simple=False)


def _find_end(block: bytes, _encoding: str) -> tuple[int, int]:
    end = 0
    for envelope in _ENVELOPE.finditer(block):
        end = envelope.start()
    return end, block.count(b"\n", 0, end)


def _read_chunk(path: str, data: bytes, _mapping: Mapping[str, str], line_offset: int) -> Iterator[Article | ReadError]:
    """Yield the messages of a chunk, named by the number of their first line in the file."""
    line, position = line_offset + 1, 0
    starts = [envelope.start() for envelope in _ENVELOPE.finditer(data)]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        line += data.count(b"\n", position, start)
        position = start
        _envelope, _line_end, message = data[start:end].partition(b"\n")
        location = f"{path}:{line}"
        try:
            yield mail.make_article(mail.parse(_QUOTED_FROM.sub(b"", message)), location, location)
        except ReadError as error:
            yield ReadError(_("line {number}: {error}").format(number=line, error=error))
