"""JSON: one object per line or after the other, a list of objects, or an object that contains such lists."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Chunker
from .front_matter import is_json_front_matter
from .records import find_value, has_title_or_body, read_record, record_keys, unwrap
from .values import value_text

_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\]])')
_SUFFIXES = (".json", ".jsonl", ".ndjson")
_BETWEEN_VALUES = re.compile(r"[\s,\x1e]*")
_MAX_DIGITS = 1000  # of a number; parsing takes quadratic time
_MAX_ERRORS = 100  # in values that follow each other; each takes time in proportion to the text before it
_MAX_INDENT = 100  # characters before a value on its line
_MAX_LIST_DEPTH = 8  # objects and lists around a list of records

_Keys: TypeAlias = Mapping[str, tuple[str, ...]]


class _Records(NamedTuple):
    """Numbered records, each a parsed value or a ReadError, and the template of error messages about them.

    The second and later records of a line have numbers such as 7.2.
    """

    error_template: str
    numbered: Iterator[tuple[int | str, object]]


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
    keys = record_keys(mapping)
    return _make_articles(path, _parse_lines(text, line_offset, keys), keys)


def _make_articles(path: str, records: _Records, keys: _Keys) -> Iterator[Article | ReadError]:
    for number, record in records.numbered:
        location = f"{path}:{number}"
        try:
            if isinstance(record, ReadError):
                raise record
            for item in read_record(record, keys, location, location):
                yield _locate_error(records, number, item) if isinstance(item, ReadError) else item
        except ReadError as error:
            yield _locate_error(records, number, error)


def _locate_error(records: _Records, number: int | str, error: ReadError) -> ReadError:
    return ReadError(records.error_template.format(number=number, error=error))


def _parse_records(text: str, keys: _Keys) -> _Records:
    if _is_json_lines(text):
        return _parse_lines(text, 0, keys)
    documents = _parse(text)
    records = _find_records(documents[0], keys) if len(documents) == 1 else documents
    if "\n" in text.strip() or not any(record is documents[0] for record in records) or len(records) > 1:
        return _Records(_("record {number}: {error}"), iter(enumerate(records, start=1)))
    return _parse_lines(text, 0, keys)


def _parse_lines(text: str, line_offset: int, keys: _Keys) -> _Records:
    return _Records(_("line {number}: {error}"), _number_lines(text, line_offset, keys))


def _number_lines(text: str, line_offset: int, keys: _Keys) -> Iterator[tuple[int | str, object]]:
    for number, line in enumerate(text.split("\n"), start=line_offset + 1):
        if line.strip():
            records = [record for value in _parse(line) for record in _records_of_line(value, keys)]
            for index, record in enumerate(records, start=1):
                yield number if index == 1 or isinstance(record, ReadError) else f"{number}.{index}", record


def _records_of_line(value: object, keys: _Keys) -> list[object]:
    """Return the value itself, or the records in it if it is an object without a title or text."""
    return _find_records(value, keys) if isinstance(value, dict) and not has_title_or_body(keys, value) else [value]


def _is_json_lines(text: str) -> bool:
    """Return whether each line is a record, by the first two lines."""
    first, _break, rest = text.strip().partition("\n")
    if not first.startswith("{"):
        return False
    return bool(rest) and (first.rstrip().endswith("}") or rest.lstrip().startswith("{"))


def _parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


_DECODER = json.JSONDecoder(parse_int=_parse_int)
_LENIENT_DECODER = json.JSONDecoder(parse_int=_parse_int, strict=False)  # accepts line breaks and tabs in strings


def _parse(text: str) -> list[object]:
    """Return the values in a text, and a ReadError for each part that is not JSON. Most texts are one value."""
    try:
        return [_DECODER.decode(text)]
    except RecursionError as error:
        return [_invalid_json(error)]
    except json.JSONDecodeError:
        pass
    try:
        return [_LENIENT_DECODER.decode(text)]
    except (json.JSONDecodeError, RecursionError):
        return list(_parse_each(text))


def _parse_each(text: str) -> Iterator[object]:
    """Yield values that follow each other, or the items of a list that is damaged, such as one without its end.

    After an error, parsing goes on with the next line that begins like the damaged value.
    """
    position = len(text) - len(text.lstrip())
    if text.startswith("[", position):
        position += 1
    errors = 0
    while (match := _BETWEEN_VALUES.match(text, position)) and match.end() < len(text):
        start = match.end()
        if text[start] == "]":
            position = start + 1
            continue
        try:
            value, position = _DECODER.raw_decode(text, start)
            yield value
        except RecursionError as error:
            yield _invalid_json(error)
            return
        except json.JSONDecodeError as error:
            yield _invalid_json(error)
            line_start = "\n" + text[text.rfind("\n", 0, start) + 1 : start + 1]
            position = text.find(line_start, max(error.pos, start + 1)) if len(line_start) < _MAX_INDENT else -1
            errors += 1
            if position < 0:
                return
            if errors == _MAX_ERRORS:
                yield ReadError(_("{limit} parts are not valid JSON: the rest is left out").format(limit=_MAX_ERRORS))
                return


def _invalid_json(error: Exception) -> ReadError:
    return ReadError(_("invalid JSON: {error}").format(error=error))


def _find_records(document: object, keys: _Keys) -> list[object]:
    """Return the records in a document: its items, objects with a text at any depth, or else the document itself.

    Lists whose items only have titles may be menus: of these, only the longest is read, and only if nothing has a text.
    """
    if isinstance(document, list) and any(
        isinstance(item, dict) and has_title_or_body(keys, item) for item in document
    ):
        return document
    if records := _records_with_text(document, keys, 0):
        return records
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and not has_title_or_body(keys, document):
        return max(_lists_of_objects(document, keys, 0), key=len, default=[document])
    return [document]


def _records_with_text(node: object, keys: _Keys, depth: int) -> list[object]:
    """Return the objects with a text, and the other items of lists of such objects."""
    if depth > _MAX_LIST_DEPTH:
        return []
    if isinstance(node, list):
        if any(isinstance(item, dict) and _has_text(item, keys) for item in node):
            return node
        return [record for item in node for record in _records_with_text(item, keys, depth + 1)]
    if isinstance(node, dict):
        if _has_text(node, keys):
            return [node]
        fields = {key for field, field_keys in keys.items() if field != "body" for key in field_keys}
        children = (value for key, value in node.items() if isinstance(value, (dict, list)) and key not in fields)
        return [record for child in children for record in _records_with_text(child, keys, depth + 1)]
    return []


def _has_text(record: dict[str, object], keys: _Keys) -> bool:
    """Return whether an object has the text of an article, rather than a list of articles."""
    values = unwrap(record, keys)
    for key in keys["body"]:
        value = find_value(values, key)
        if isinstance(value, str) and value.strip():
            return True
        if isinstance(value, (dict, list)) and value_text(value):
            items = value if isinstance(value, list) else [value]
            return not any(isinstance(item, dict) and _has_title(item, keys) for item in items)
    return False


def _has_title(record: dict[str, object], keys: _Keys) -> bool:
    values = unwrap(record, keys)
    return any(find_value(values, key) for key in keys["title"])


def _lists_of_objects(node: object, keys: _Keys, depth: int) -> Iterator[list[object]]:
    if depth > _MAX_LIST_DEPTH:
        return
    children: Iterable[object] = ()
    if isinstance(node, list):
        children = node
        if any(isinstance(item, dict) and (depth == 1 or has_title_or_body(keys, item)) for item in node):
            yield node
            return
    elif isinstance(node, dict):
        children = node.values()
    for child in children:
        yield from _lists_of_objects(child, keys, depth + 1)
