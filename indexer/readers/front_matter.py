"""Front matter: metadata at the top of a Markdown file, in YAML, TOML or JSON, and in lines that are none of these."""

import json
import re
import sys
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from functools import cache
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUFFIXES = (".md", ".markdown", ".mkd", ".mdown")
"""Ends of the names of Markdown files."""

_YAML = re.compile(r"\s*---[^\S\n]*\n(.*?)^(?:---+|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\s*\+\+\+[^\S\n]*\n(.*?)^\+\+\+[^\S\n]*$\n?", re.DOTALL | re.MULTILINE)
_JSON = re.compile(r"\s*;;;[^\S\n]*\n(.*?)^;;;[^\S\n]*$\n?", re.DOTALL | re.MULTILINE)
# Without an opening line, as old blogs have it. Each line is a key with its value, an item of a list or empty.
_OPEN = re.compile(
    r"\s*((?:[A-Za-z][\w-]{0,40}[ \t]{0,9}:(?![:/])[^\n]{0,1000}\n|[ \t]{0,9}-[ \t][^\n]{0,1000}\n|[ \t]{0,9}\n)"
    r"{1,99}?)---+[^\S\n]*(?:\n|\Z)"
)
_PROPERTIES = re.compile(r"\s*((?:(?:- )?[ \t]{0,9}[\w-]{1,40}::[ \t][^\n]{0,1000}(?:\n|\Z)){1,99})")  # of Logseq
_KEY = re.compile(r"""["']?([\w-]+(?: [\w-]+)?)["']?\s*(?:::|[:：=])[ \t]*(.*)""", re.DOTALL)
_ENTRY = re.compile(r"""^\t*(?=["']?[\w-]+(?: [\w-]+)?["']?[ \t]*(?:[:：=](?!/)))""", re.MULTILINE)
_TITLED = re.compile(r"^(?:title|date|标题|標題|日期)[ \t]*:", re.MULTILINE | re.IGNORECASE)
_ITEM = re.compile(r"^\s*-[ \t]+(.*)$", re.MULTILINE)
_MAX_DEPTH = 20  # of lists in lists


class FrontMatter(NamedTuple):
    """Metadata of a file, and the rest of its text. Values are texts, lists of texts or objects."""

    values: dict[str, object]
    text: str


def begins_with_front_matter(text: str) -> bool:
    """Return whether a text without a name begins with front matter in YAML, TOML or JSON between its lines."""
    return any((match := pattern.match(text)) and _ENTRY.search(match[1]) for pattern in (_YAML, _TOML, _JSON))


def is_json_front_matter(name: str, text: str) -> bool:
    """Return whether a JSON object stands before the text of a Markdown file."""
    return name.endswith(SUFFIXES) and _begins_with_object(text)


def _begins_with_object(text: str) -> bool:
    values, end = _parse_object(text)
    rest = text[end:].lstrip()
    return bool(values and rest) and rest[0] not in '{[,"'


def split_front_matter(text: str, max_length: int, known_keys: Collection[str]) -> FrontMatter:
    """Return the front matter of a text, at most `max_length` characters, and the other text.

    Front matter that cannot be parsed is read line by line, as keys and values. A block without keys is text, and so is
    one whose keys are Chinese words other than `known_keys`: prose between two rules.
    """
    start = text[:max_length]
    values, end = _parse_start(start)
    if not any(name.isascii() or name in known_keys for name in values):
        return FrontMatter({}, text)
    return FrontMatter({name: _simplify(value) for name, value in values.items()}, text[end:])


def _parse_start(start: str) -> tuple[dict[str, Any], int]:
    """Return the values of the front matter and its length; no values if there is none."""
    for pattern, parse in ((_YAML, _parse_yaml), (_TOML, _parse_toml), (_JSON, _parse_json)):
        if match := pattern.match(start):
            return parse(match[1]), match.end()
    if _begins_with_object(start):
        return _parse_object(start)
    if (match := _OPEN.match(start)) and _TITLED.search(match[1]):
        return _parse_yaml(match[1]), match.end()
    if match := _PROPERTIES.match(start):
        lines = (line.strip().removeprefix("- ") for line in match[1].splitlines())
        return _parse_lines("\n".join(lines)), match.end()
    return {}, 0


def _parse_yaml(block: str) -> dict[str, Any]:
    yaml, loader = _load_yaml()
    try:
        document = loader(block).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError):
        return _parse_lines(block)
    if isinstance(document, dict):
        return {name: value for name, value in document.items() if isinstance(name, str)}
    return _parse_lines(block)


def _parse_toml(block: str) -> dict[str, Any]:
    try:
        return tomllib.loads(block)
    except (ValueError, RecursionError):
        return _parse_lines(block)


def _parse_json(block: str) -> dict[str, Any]:
    values, _end = _parse_object(block if block.lstrip().startswith("{") else f"{{{block}}}")
    return values or _parse_lines(block)


def _parse_object(text: str) -> tuple[dict[str, Any], int]:
    """Return the values of the JSON object at the start of a text, and where it ends."""
    start = len(text) - len(text.lstrip())
    if not text.startswith("{", start):
        return {}, 0
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return {}, 0
    return value, end


def _parse_lines(block: str) -> dict[str, Any]:
    """Return the values of lines such as `title: [译] 标题`; none if the first line has no key."""
    lines = "\n".join(line for line in block.splitlines() if line.strip() and not line.startswith("#"))
    starts = [match.start() for match in _ENTRY.finditer(lines)]
    if starts[:1] != [0]:
        return {}
    values: dict[str, Any] = {}
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        if entry := _KEY.match(lines[start:end].strip()):
            values[entry[1]] = _parse_value(entry[2])
    return values


def _parse_value(text: str) -> object:
    """Return the text or list of an entry: what YAML makes of it, else the text without its quotation marks."""
    yaml, loader = _load_yaml()
    try:
        value: object = loader(text).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError):
        value = None
    if isinstance(value, list) or (isinstance(value, str) and "\n" not in text):
        return value
    return _ITEM.findall(text) or _unquote(" ".join(text.split()).rstrip(","))


def _unquote(text: str) -> str:
    """Return a text without the quotation marks around it, or the one before it that nothing closes."""
    mark = text[:1]
    if mark not in ("'", '"') or text.count(mark) > 2 or (text.count(mark) == 2 and not text.endswith(mark)):
        return text
    return text.strip(mark)


def _simplify(value: object) -> object:
    """Return a value with its numbers and dates as texts, and its lists flat."""
    if isinstance(value, list):
        return [item if isinstance(item, dict) else str(_simplify(item)) for item in _flatten(value, _MAX_DEPTH)]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value if isinstance(value, dict) else "" if value is None else str(value)


def _flatten(items: list[Any], depth: int) -> Iterator[object]:
    for item in items:
        if not isinstance(item, list):
            yield item
        elif depth:
            yield from _flatten(item, depth - 1)


@cache
def _load_yaml() -> tuple[Any, Any]:
    """Return PyYAML and a loader that makes only texts, lists and objects."""
    import yaml  # imported late: takes 20 ms, and other formats do not need it

    class Loader(yaml.BaseLoader):
        """Leaves out aliases of lists and objects: a few nested ones stand for billions of texts."""

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            is_alias = self.check_event(yaml.AliasEvent)
            node = super().compose_node(parent, index)
            if is_alias and isinstance(node, yaml.CollectionNode):
                return yaml.ScalarNode("", "")
            if isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("~", "null", "Null", "NULL"):
                node.value = ""
            return node

    return yaml, Loader
