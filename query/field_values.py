"""Values of a field, searched by filters with wildcards such as `entity:*大学`."""

from collections.abc import Iterable, Iterator
from itertools import islice

from ..engines import KeywordField, Reader, check_deadline
from .lazy import lazy

WILDCARD = "*"
MAX_CACHED_CHARACTERS = 20_000_000  # of the values of one field; a million names have about 5,000,000
_LINE_BREAK, _ESCAPED_LINE_BREAK = "\n", "\uffff"  # a noncharacter of Unicode, which no text uses


class FieldValues:
    """The values of one field of an index.

    They are read once and kept as one text, a value a line, in which wildcards find their candidates without a loop
    over all values. More than `MAX_CACHED_CHARACTERS` are not kept but read for each wildcard.
    """

    def __init__(self, reader: Reader, field: KeywordField) -> None:
        self._reader = reader
        self._field = field
        self._lines = lazy(self._join)

    def matching(self, wildcards: str, limit: int) -> list[str]:
        """Return the first `limit` values that are `wildcards` with any characters in place of each *."""
        lines = self._lines()
        values = self._reader.values(self._field) if lines is None else _candidates(lines, wildcards)
        return list(islice(_fitting(values, wildcards), limit))

    def _join(self) -> str | None:
        """Return all values, each between two line breaks, or None if they are too long to keep."""
        values, size = [""], 0
        for value in self._reader.values(self._field):
            size += len(value) + 1
            if size > MAX_CACHED_CHARACTERS:
                return None
            values.append(value.replace(_LINE_BREAK, _ESCAPED_LINE_BREAK))
        return _LINE_BREAK.join([*values, ""])


def _candidates(lines: str, wildcards: str) -> Iterator[str]:
    """Yield the lines that contain the longest piece of `wildcards` between two *."""
    pieces = f"\n{wildcards.replace(_LINE_BREAK, _ESCAPED_LINE_BREAK)}\n".split(WILDCARD)
    piece = max(pieces, key=lambda each: (len(each), each != _LINE_BREAK))
    start = 0  # of the next line, including the line break before it
    while (found := lines.find(piece, start)) >= 0 and found < len(lines) - 1:
        begin = found + 1 if piece.startswith(_LINE_BREAK) else lines.rfind(_LINE_BREAK, 0, found + 1) + 1
        start = lines.index(_LINE_BREAK, begin)
        yield lines[begin:start].replace(_ESCAPED_LINE_BREAK, _LINE_BREAK)


def _fitting(values: Iterable[str], wildcards: str) -> Iterator[str]:
    for value in values:
        check_deadline()
        if _fits(value, wildcards):
            yield value


def _fits(value: str, wildcards: str) -> bool:
    """Return whether `value` is `wildcards` with any characters in place of each *.

    This is no regular expression: a value may be long, and each * would multiply the time by its length.
    """
    prefix, *pieces, suffix = wildcards.split(WILDCARD)
    if len(value) < len(prefix) + len(suffix) or not (value.startswith(prefix) and value.endswith(suffix)):
        return False
    position, end = len(prefix), len(value) - len(suffix)
    for piece in pieces:
        start = value.find(piece, position, end)
        if start < 0:
            return False
        position = start + len(piece)
    return True
