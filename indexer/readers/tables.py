"""Tables: a row an article, columns named in the first row, between commas, tabs, semicolons or bars."""

import csv
import io
from collections.abc import Iterator, Mapping

from ...analysis import Article
from ..errors import ReadError
from .records import article, is_article, keys_of

_NAMES = (".csv", ".tsv", ".tab")
_DELIMITERS = (",", "\t", ";", "|")
_MOST_COLUMNS = 1000
_LONGEST_FIELD = 10_000_000  # characters; the csv module itself gives up at 131,072


def recognises(name: str, start: str, mapping: Mapping[str, str]) -> bool:
    """Whether the name says so, or the first row names at least two columns that articles have."""
    if name.endswith(_NAMES):
        return True
    return _known(_header(start), mapping) >= 2


def read(path: str, text: str, mapping: Mapping[str, str]) -> Iterator[Article | ReadError]:
    """The articles of a table, and a ReadError for each row that is none. A row is called by the line it begins in."""
    keys = keys_of(mapping)
    text = text.lstrip("\r\n")
    columns, delimiter = _header(text[:10_000])
    if not is_article(keys, dict.fromkeys(columns)):
        yield ReadError("its first row names no column that is a title or a text: give a mapping")
        return
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(rows)
        line = rows.line_num + 1
        for row in rows:
            if any(field.strip() for field in row):
                where = f"{path}:{line}"
                try:
                    yield article(dict(zip(columns, row, strict=False)), keys, where, where)
                except ReadError as error:
                    yield ReadError(f"line {line}: {error}")
            line = rows.line_num + 1
    except csv.Error as error:
        yield ReadError(f"line {rows.line_num}: {error}")


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
