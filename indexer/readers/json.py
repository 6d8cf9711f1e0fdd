"""JSON: an object a line, a list of objects, or an object that has such a list under one key."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Cut
from .records import article, is_article, keys_of

_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\]])')
_NAMES = (".json", ".jsonl", ".ndjson")

_Records: TypeAlias = Iterator[tuple[str, int, object]]
"""What counts the records ("line" or "record"), the number of each, and the record or a ReadError."""


def recognises(name: str, start: str) -> bool:
    return bool(_START.match(start)) or (name.endswith(_NAMES) and start.lstrip()[:1] in ("{", "["))


def read(path: str, text: str, mapping: Mapping[str, str]) -> Iterator[Article | ReadError]:
    """The articles of a file, and a ReadError for each record that is none."""
    keys = keys_of(mapping)
    return _articles(path, _records(text, keys), keys)


def cut(start: str) -> Cut | None:
    """How a file that begins so is cut: at the end of any line, where each is a record."""
    return Cut(_end, _read_lines) if _has_lines(start) else None


def _end(block: bytes, _encoding: str) -> tuple[int, int]:
    return block.rfind(b"\n") + 1, block.count(b"\n")


def _read_lines(path: str, text: str, mapping: Mapping[str, str], missing: int) -> Iterator[Article | ReadError]:
    return _articles(path, _lines(text, missing), keys_of(mapping))


def _articles(path: str, records: _Records, keys: Mapping[str, tuple[str, ...]]) -> Iterator[Article | ReadError]:
    for told, number, record in records:
        where = f"{path}:{number}"
        try:
            if isinstance(record, ReadError):
                raise record
            yield article(record, keys, where, where)
        except ReadError as error:
            yield ReadError(told.format(number=number, error=error))


def _records(text: str, keys: Mapping[str, tuple[str, ...]]) -> _Records:
    if not _has_lines(text):
        document = _parsed(text.strip())
        several = _several(document, keys)
        if "\n" in text.strip() or not any(one is document for one in several):
            told = _("record {number}: {error}")
            return ((told, number, one) for number, one in enumerate(several, start=1))
    return _lines(text, 0)


def _lines(text: str, missing: int) -> _Records:
    lines = enumerate(text.split("\n"), start=missing + 1)
    told = _("line {number}: {error}")
    return ((told, number, _parsed(line)) for number, line in lines if line.strip())


def _has_lines(text: str) -> bool:
    """Whether each line is a record, rather than the lines together. The first two tell."""
    first, _break, rest = text.strip().partition("\n")
    if not first.startswith("{"):
        return False
    return bool(rest) and (first.rstrip().endswith("}") or rest.lstrip().startswith("{"))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return ReadError(_("it is not JSON: {error}").format(error=error))


def _several(parsed: object, keys: Mapping[str, tuple[str, ...]]) -> list[object]:
    """The records of a document: the elements of a list, or of the longest list of objects under a key; else the
    document itself."""
    if isinstance(parsed, list):
        return parsed
    if isinstance(parsed, dict) and not is_article(keys, parsed):
        lists = [one for one in parsed.values() if isinstance(one, list) and any(isinstance(e, dict) for e in one)]
        return max(lists, key=len, default=[parsed])
    return [parsed]
