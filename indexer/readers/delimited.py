"""Tables: a row an article, columns named in the first row, between commas, tabs, semicolons or bars."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Cut
from .records import article, is_article, keys_of

if TYPE_CHECKING:
    from _csv import Reader

_NAMES = (".csv", ".tsv", ".tab")
_DELIMITERS = (",", "\t", ";", "|")
_MOST_COLUMNS = 1000
_LONGEST_HEADER = 10_000  # characters
_LONGEST_FIELD = 10_000_000  # characters; the csv module itself gives up at 131,072


def recognises(name: str, start: str, mapping: Mapping[str, str]) -> bool:
    """Whether the name says so, or the first row names at least two columns that articles have."""
    if name.endswith(_NAMES):
        return True
    return _known(_header(start), mapping) >= 2


def cut(start: str) -> Cut | None:
    """How a table that begins so is cut: between rows, where its header is the first line and names what it must."""
    columns, delimiter = _header(start[:_LONGEST_HEADER])
    rows = _rows(start, delimiter)
    if not is_article(keys_of({}), dict.fromkeys(columns)) or not "".join(next(rows)).strip() or rows.line_num > 1:
        return None
    return Cut(partial(_end, delimiter), read, has_header=True)


def _end(delimiter: str, block: bytes, encoding: str) -> tuple[int, int]:
    """All but the last row, which may go on."""
    rows = _rows(strip_invisible(block.decode(encoding or "ascii", "replace")), delimiter)
    whole = lines = 0
    with suppress(csv.Error):  # whoever reads the row will tell
        for _ in rows:
            whole, lines = lines, rows.line_num
    return sum(map(len, block.splitlines(keepends=True)[:whole])), whole


def read(path: str, text: str, mapping: Mapping[str, str], missing: int = 0) -> Iterator[Article | ReadError]:
    """The articles of a table, and a ReadError for each row that is none. A row is called by the line it begins in;
    `missing` lines are left out behind the header."""
    keys = keys_of(mapping)
    text = text.lstrip("\r\n")
    columns, delimiter = _header(text[:_LONGEST_HEADER])
    if not is_article(keys, dict.fromkeys(columns)):
        yield ReadError(_("its first row names no column that is a title or a text: give a mapping"))
        return
    rows = _rows(text, delimiter)
    try:
        next(rows)
        line = rows.line_num + missing + 1
        for row in rows:
            if any(field.strip() for field in row):
                where = f"{path}:{line}"
                try:
                    yield article(dict(zip(columns, row, strict=False)), keys, where, where)
                except ReadError as error:
                    yield ReadError(_("line {number}: {error}").format(number=line, error=error))
            line = rows.line_num + missing + 1
    except csv.Error as error:
        yield ReadError(_("line {number}: {error}").format(number=rows.line_num + missing, error=error))


def _rows(text: str, delimiter: str) -> "Reader":
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _header(start: str) -> tuple[list[str], str]:
    """The columns of the first row, and the delimiter that makes most of them."""
    first = start.lstrip().partition("\n")[0].rstrip("\r")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        columns = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        columns = []
    return columns[:_MOST_COLUMNS], delimiter


def _known(header: tuple[list[str], str], mapping: Mapping[str, str]) -> int:
    columns, _ = header
    keys = keys_of(mapping)
    names = {column.strip().casefold() for column in columns}
    known = sum(any(key in names for key in names_of_field) for names_of_field in keys.values())
    return known if is_article(keys, dict.fromkeys(columns)) else 0
