"""Delimited files: a row is an article, the first row names the columns, the delimiter is a comma, tab, ; or |."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Chunker
from .records import has_title_or_body, make_article, record_keys

if TYPE_CHECKING:
    from _csv import Reader

_SUFFIXES = (".csv", ".tsv", ".tab")
_DELIMITERS = (",", "\t", ";", "|")
_MAX_COLUMNS = 1000
_MAX_HEADER_LENGTH = 10_000  # characters
_MAX_FIELD_LENGTH = 10_000_000  # characters; the default of the csv module is 131,072


def recognizes(name: str, start: str, mapping: Mapping[str, str]) -> bool:
    """Return whether the name has a suffix of the format, or the first row names at least two fields of articles."""
    if name.endswith(_SUFFIXES):
        return True
    return _count_known_columns(_parse_header(start), mapping) >= 2


def make_chunker(start: str) -> Chunker | None:
    """Return a chunker that splits a file between rows.

    Return None if the first line is not a header that names a title or body.
    """
    columns, delimiter = _parse_header(start[:_MAX_HEADER_LENGTH])
    rows = _parse_rows(start, delimiter)
    if not has_title_or_body(record_keys({}), dict.fromkeys(columns)):
        return None
    if not "".join(next(rows)).strip() or rows.line_num > 1:
        return None
    return Chunker(partial(_find_end, delimiter), read, has_header=True)


def _find_end(delimiter: str, block: bytes, encoding: str) -> tuple[int, int]:
    """Return the bytes and lines of all rows but the last, which may be incomplete."""
    rows = _parse_rows(strip_invisible(block.decode(encoding or "ascii", "replace")), delimiter)
    complete_lines = lines = 0
    with suppress(csv.Error):  # `read` reports the error
        for _ in rows:
            complete_lines, lines = lines, rows.line_num
    return sum(map(len, block.splitlines(keepends=True)[:complete_lines])), complete_lines


def read(path: str, text: str, mapping: Mapping[str, str], line_offset: int = 0) -> Iterator[Article | ReadError]:
    """Yield the article of each row, or a ReadError, named by the number of the row's first line.

    `line_offset` is the number of lines that were left out after the header.
    """
    keys = record_keys(mapping)
    text = text.lstrip("\r\n")
    columns, delimiter = _parse_header(text[:_MAX_HEADER_LENGTH])
    if not has_title_or_body(keys, dict.fromkeys(columns)):
        yield ReadError(_("the first row names no column with a title or text: give a mapping"))
        return
    rows = _parse_rows(text, delimiter)
    try:
        next(rows)
        line = rows.line_num + line_offset + 1
        for row in rows:
            if any(field.strip() for field in row):
                location = f"{path}:{line}"
                try:
                    yield make_article(dict(zip(columns, row, strict=False)), keys, location, location)
                except ReadError as error:
                    yield ReadError(_("line {number}: {error}").format(number=line, error=error))
            line = rows.line_num + line_offset + 1
    except csv.Error as error:
        yield ReadError(_("line {number}: {error}").format(number=rows.line_num + line_offset, error=error))


def _parse_rows(text: str, delimiter: str) -> "Reader":
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_FIELD_LENGTH))
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _parse_header(start: str) -> tuple[list[str], str]:
    """Return the columns of the first row, and the delimiter that occurs most often in it."""
    first_line = start.lstrip().partition("\n")[0].rstrip("\r")
    delimiter = max(_DELIMITERS, key=first_line.count)
    try:
        columns = next(csv.reader([first_line], delimiter=delimiter), [])
    except csv.Error:
        columns = []
    return columns[:_MAX_COLUMNS], delimiter


def _count_known_columns(header: tuple[list[str], str], mapping: Mapping[str, str]) -> int:
    columns, _ = header
    keys = record_keys(mapping)
    if not has_title_or_body(keys, dict.fromkeys(columns)):
        return 0
    names = {column.strip().casefold() for column in columns}
    return sum(any(key in names for key in field_keys) for field_keys in keys.values())
