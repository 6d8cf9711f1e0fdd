"""JSON: one object per line, a list of objects, or an object that contains such a list."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Chunker
from .front_matter import is_json_front_matter
from .records import has_title_or_body, make_article, record_keys

_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\]])')
_SUFFIXES = (".json", ".jsonl", ".ndjson")


class _Records(NamedTuple):
    """Numbered records, each a parsed value or a ReadError, and the template of error messages about them."""

    error_template: str
    numbered: Iterator[tuple[int, object]]


def recognizes(name: str, start: str) -> bool:
    """Return whether the text begins like an object or a list of objects; the name decides in doubt."""
    if is_json_front_matter(name, start):
        return False
    return bool(_START.match(start)) or (name.endswith(_SUFFIXES) and start.lstrip()[:1] in ("{", "["))


def read(path: str, text: str, mapping: Mapping[str, str]) -> Iterator[Article | ReadError]:
    """Yield the article of each record, or a ReadError."""
    keys = record_keys(mapping)
    return _make_articles(path, _parse_records(text, keys), keys)


def make_chunker(start: str) -> Chunker | None:
    """Return a chunker that splits a file between lines, or None if its lines are not records."""
    return Chunker(_find_end, _read_lines) if _is_json_lines(start) else None


def _find_end(block: bytes, _encoding: str) -> tuple[int, int]:
    return block.rfind(b"\n") + 1, block.count(b"\n")


def _read_lines(path: str, text: str, mapping: Mapping[str, str], line_offset: int) -> Iterator[Article | ReadError]:
    return _make_articles(path, _parse_lines(text, line_offset), record_keys(mapping))


def _make_articles(path: str, records: _Records, keys: Mapping[str, tuple[str, ...]]) -> Iterator[Article | ReadError]:
    for number, record in records.numbered:
        location = f"{path}:{number}"
        try:
            if isinstance(record, ReadError):
                raise record
            yield make_article(record, keys, location, location)
        except ReadError as error:
            yield ReadError(records.error_template.format(number=number, error=error))


def _parse_records(text: str, keys: Mapping[str, tuple[str, ...]]) -> _Records:
    if not _is_json_lines(text):
        document = _parse(text.strip())
        records = _find_records(document, keys)
        if "\n" in text.strip() or not any(record is document for record in records):
            return _Records(_("record {number}: {error}"), iter(enumerate(records, start=1)))
    return _parse_lines(text, 0)


def _parse_lines(text: str, line_offset: int) -> _Records:
    lines = enumerate(text.split("\n"), start=line_offset + 1)
    return _Records(_("line {number}: {error}"), ((number, _parse(line)) for number, line in lines if line.strip()))


def _is_json_lines(text: str) -> bool:
    """Return whether each line is a record, by the first two lines."""
    first, _break, rest = text.strip().partition("\n")
    if not first.startswith("{"):
        return False
    return bool(rest) and (first.rstrip().endswith("}") or rest.lstrip().startswith("{"))


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return ReadError(_("invalid JSON: {error}").format(error=error))


def _find_records(document: object, keys: Mapping[str, tuple[str, ...]]) -> list[object]:
    """Return the elements of a list, or of the longest list of objects in an object; else the document itself."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and not has_title_or_body(keys, document):
        lists = [
            value
            for value in document.values()
            if isinstance(value, list) and any(isinstance(item, dict) for item in value)
        ]
        return max(lists, key=len, default=[document])
    return [document]
