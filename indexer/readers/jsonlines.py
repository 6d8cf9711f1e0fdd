"""JSON: an object a line, a list of objects, or an object that has such a list under one key."""

import json
import re
from collections.abc import Iterator, Mapping

from ...analysis import Article
from ..errors import ReadError
from .records import article, is_article, keys_of

_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\]])')
_NAMES = (".json", ".jsonl", ".ndjson")


def recognises(name: str, start: str) -> bool:
    return bool(_START.match(start)) or (name.endswith(_NAMES) and start.lstrip()[:1] in ("{", "["))


def read(path: str, text: str, mapping: Mapping[str, str]) -> Iterator[Article | ReadError]:
    """The articles of a file, and a ReadError for each record that is none."""
    keys = keys_of(mapping)
    for place, number, record in _records(text, keys):
        where = f"{path}:{number}"
        try:
            if isinstance(record, ReadError):
                raise record
            yield article(record, keys, where, where)
        except ReadError as error:
            yield ReadError(f"{place} {number}: {error}")


def _records(text: str, keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, int, object]]:
    """What counts the records ("line" or "record"), the number of each, and the record or a ReadError."""
    if not _is_lines(text):
        yield from (("record", number, one) for number, one in enumerate(_several(_parsed(text), keys), start=1))
        return
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) == 1:
        number, line = lines[0]
        several = _several(_parsed(line), keys)
        if len(several) != 1:
            yield from (("record", at, one) for at, one in enumerate(several, start=1))
            return
    for number, line in lines:
        yield "line", number, _parsed(line)


def _is_lines(text: str) -> bool:
    """Whether each line is a record, rather than the lines together."""
    first, _, rest = text.lstrip().partition("\n")
    if not first.startswith("{"):
        return False
    return first.rstrip().endswith("}") or rest.lstrip().startswith("{") or not rest.strip()


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return ReadError(f"it is not JSON: {error}")


def _several(parsed: object, keys: Mapping[str, tuple[str, ...]]) -> list[object]:
    """The records of a document: the elements of a list, or of the longest list of objects under a key; else the
    document itself."""
    if isinstance(parsed, list):
        return parsed
    if isinstance(parsed, dict) and not is_article(keys, parsed):
        lists = [one for one in parsed.values() if isinstance(one, list) and any(isinstance(e, dict) for e in one)]
        return max(lists, key=len, default=[parsed])
    return [parsed]
