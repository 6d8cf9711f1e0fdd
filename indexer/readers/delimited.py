"""Delimited files: a row is an article, the first row names the columns, the delimiter is a comma, tab, ; or |."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Chunker
from .records import has_title_or_body, read_record, record_keys

if TYPE_CHECKING:
    from _csv import Reader

_SUFFIXES = (".csv", ".tsv", ".tab")
_DELIMITERS = (",", "\t", ";", "|")
_MAX_COLUMNS = 1000
_MAX_HEADER_LENGTH = 10_000  # characters
_MAX_FIELD_LENGTH = 10_000_000  # characters; the default of the csv module is 131,072
_DELIMITER_LINE = re.compile(r"sep=([,;|\t])\r?\n", re.IGNORECASE)  # the first line that Excel writes or wants
_MISSING = frozenset(("NULL", "null", "\\N", "NaN", "nan", "None"))  # as databases and pandas write an empty field


def recognizes(name: str, start: str, mapping: Mapping[str, str]) -> bool:
    """Return whether the name has a suffix of the format, or the first row names at least two fields of articles."""
    if name.endswith(_SUFFIXES):
        return True
    return _count_known_columns(_parse_header(start)[0], mapping) >= 2


def make_chunker(start: str) -> Chunker | None:
    """Return a chunker that splits a file between rows.

    Return None if the first line is not a header that names a title or body.
    """
    if _DELIMITER_LINE.match(start):  # not a row of the header that every chunk gets
        return None
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
    if match := _DELIMITER_LINE.match(text):
        text = text[match.end() :]
        line_offset += 1
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
                record = {name: None if field in _MISSING else field for name, field in zip(columns, row, strict=False)}
                try:
                    for item in read_record(record, keys, location, location):
                        yield _locate_error(line, item) if isinstance(item, ReadError) else item
                except ReadError as error:
                    yield _locate_error(line, error)
            line = rows.line_num + line_offset + 1
    except csv.Error as error:
        yield _locate_error(rows.line_num + line_offset, error)


def _locate_error(line: int, error: Exception) -> ReadError:
    return ReadError(_("line {number}: {error}").format(number=line, error=error))


def _parse_rows(text: str, delimiter: str) -> "Reader":
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_FIELD_LENGTH))
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _parse_header(start: str) -> tuple[list[str], str]:
    """Return the columns of the first row, and the delimiter: the one that makes most columns that are known."""
    start = start.lstrip()
    if match := _DELIMITER_LINE.match(start):
        return _split_header(start[match.end() :], match[1]), match[1]
    first_line = start.partition("\n")[0]
    headers = {delimiter: _split_header(first_line, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(
        _DELIMITERS, key=lambda delimiter: (_count_known_columns(headers[delimiter], {}), len(headers[delimiter]))
    )
    return headers[delimiter], delimiter


def _split_header(text: str, delimiter: str) -> list[str]:
    first_line = text.partition("\n")[0].rstrip("\r")
    try:
        return next(csv.reader([first_line], delimiter=delimiter), [])[:_MAX_COLUMNS]
    except csv.Error:
        return []


def _count_known_columns(columns: list[str], mapping: Mapping[str, str]) -> int:
    keys = record_keys(mapping)
    if not has_title_or_body(keys, dict.fromkeys(columns)):
        return 0
    names = {column.strip().casefold() for column in columns}
    return sum(any(key in names for key in field_keys) for field_keys in keys.values())
