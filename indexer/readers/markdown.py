"""Markdown files: notes and posts, with or without front matter."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from .file_names import add_file_name, file_title
from .front_matter import SUFFIXES, begins_with_front_matter, split_front_matter
from .html_text import html_to_lines
from .records import make_article, record_keys

if TYPE_CHECKING:
    from markdown_it.token import Token

_HEADING = re.compile(r"\s*# [^\n]")
# Properties that Logseq keeps for itself in the text of notes.
_MACHINE_PROPERTY = re.compile(
    r"^[ \t]*(?:- )?(?:id|collapsed|heading|background-color|ls-type|(?:hl|card|logseq)[.-][\w.-]{1,40}):: .*$",
    re.MULTILINE,
)
_MARKUP = re.compile(r"[-\n!#$%&*+:<=>@\[\\\]^_`{|}~]")  # characters that are slow to parse
_MAX_MARKUP = 10_000  # characters, at any density; each takes up to 0.1 ms, and so does a line
_HAN_OR_PUNCTUATION = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_LIST_FIELDS = ("source", "section", "author")


def recognizes(name: str, start: str) -> bool:
    """Return whether the name has a suffix of the format, or the text begins with front matter or a heading."""
    return name.endswith(SUFFIXES) or bool(_HEADING.match(start)) or begins_with_front_matter(start)


def read(path: str, text: str, mapping: Mapping[str, str], limits: Limits) -> Iterator[Article]:
    """Yield the article of a Markdown file. Raises ReadError.

    Its title is that of the front matter, else the heading above its text, else the name of the file, else a heading
    of lower level above the text.
    """
    keys = record_keys(mapping)
    known_keys = {key for field_keys in keys.values() for key in field_keys}
    front_matter, text = split_front_matter(text, limits.front_matter_characters, known_keys)
    if len(text) > limits.article_characters:
        limit = limits.article_characters
        raise ReadError(_("the text has more than {limit:,} characters").format(limit=limit))
    heading, level, lines = _render_text(text)
    record = {
        name: _field_value(name.casefold(), value, keys)
        for name, value in front_matter.items()
        if name.casefold() not in keys["body"]
    }
    title = next((value for name, value in record.items() if name.casefold() in keys["title"] and value), "")
    if not title:
        title = (heading if level == 1 else "") or (file_title(path) if heading or lines else "") or heading
        record = {keys["title"][0]: title} | {name: value for name, value in record.items() if value}
    if heading != title:
        lines = [heading, *lines]
    for name in record.keys() & set(keys["url"]):
        url = record[name]
        if isinstance(url, str) and "://" not in url:
            record[name] = ""  # a path on the site, which does not identify the article
    yield add_file_name(make_article(record | {keys["body"][0]: "\n".join(lines)}, keys, path, path))


def _field_value(key: str, value: object, keys: Mapping[str, tuple[str, ...]]) -> object:
    """Return a value of front matter as a text, unless its field may have a list or an object as well."""
    if isinstance(value, str) or any(key in keys[field] for field in _LIST_FIELDS):
        return value
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return "、".join(texts[:1] if key in keys["published"] else texts)


def _render_text(text: str) -> tuple[str, int, list[str]]:
    """Return the heading above the text, or "", its level, and the other lines, without markup."""
    if len(_MARKUP.findall(text)) > max(_MAX_MARKUP, len(text) // 10):  # not prose, and slow to parse
        return "", 0, text.splitlines()
    from .markdown_syntax import make_parser  # imported late: takes 40 ms, and other formats do not need it

    parser = make_parser()
    tokens = parser.parse(_MACHINE_PROPERTY.sub("", text))
    for token in tokens:
        _join_lines(token.children or [])

    def render(part: list["Token"]) -> list[str]:
        return html_to_lines(parser.renderer.render(part, parser.options, {}))

    start = next((index for index, token in enumerate(tokens) if token.type == "heading_open"), len(tokens))
    if start == len(tokens) or render(tokens[:start]):
        return "", 0, render(tokens)
    heading = " ".join(render(tokens[start : start + 3]))
    return heading, int(tokens[start].tag[1:]), render(tokens[start + 3 :])


def _join_lines(tokens: list["Token"]) -> None:
    """Remove the line breaks between Chinese characters of a paragraph, where no white space belongs."""
    shown = [token for token in tokens if token.content or token.type == "softbreak"]
    for before, token, after in zip(shown, shown[1:], shown[2:], strict=False):
        if token.type == "softbreak" and all(
            map(_HAN_OR_PUNCTUATION.fullmatch, (before.content[-1:], after.content[:1]))
        ):
            token.type = "text"
