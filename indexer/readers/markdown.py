"""Markdown, with or without front matter in YAML."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from .html_text import visible_lines
from .records import article, keys_of

if TYPE_CHECKING:
    from markdown_it.token import Token

_NAMES = (".md", ".markdown", ".mkd", ".mdown")
_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[\w-]+\s?:", re.MULTILINE)
_HEADING = re.compile(r"\s*# [^\n]")
_MARK = re.compile(r"[-\n!#$%&*+:<=>@\[\\\]^_`{|}~]")  # where the parser looks closer
_MARKS = 10_000  # as many are parsed at any density; a mark takes up to 0.1 ms, a line too
_HAN_OR_PUNCTUATION = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def recognises(name: str, start: str) -> bool:
    """Whether the name says so, or it begins with front matter or a heading."""
    if name.endswith(_NAMES) or _HEADING.match(start):
        return True
    front = _FRONT_MATTER.match(start)
    return bool(front and _KEY.search(front[1]))


def read(path: str, text: str, mapping: Mapping[str, str], limits: Limits) -> Iterator[Article]:
    """The one article of a Markdown file. Its title is the front matter's, else the first heading. Raises ReadError."""
    matter, text = _split_front_matter(text, limits)
    if len(text) > limits.article_characters:
        raise ReadError(_("its text has more than {most:,} characters").format(most=limits.article_characters))
    keys = keys_of(mapping)
    heading, lines = _text_of(text)
    record = {name: value for name, value in matter.items() if name.casefold() not in keys["body"]}
    titles = [value for name, value in record.items() if name.casefold() in keys["title"] and value]
    if not titles:
        record = {keys["title"][0]: heading} | {name: value for name, value in record.items() if value}
    elif heading and heading not in titles:
        lines = [heading, *lines]
    for name in record.keys() & set(keys["url"]):
        if "://" not in str(record[name]):
            record[name] = ""  # a path on its site, which many sites may have
    yield article(record | {keys["body"][0]: "\n".join(lines)}, keys, path, path)


def _split_front_matter(text: str, limits: Limits) -> tuple[dict[str, object], str]:
    """Keys and values of the front matter, all texts, lists or objects of texts; and what follows it."""
    found = _FRONT_MATTER.match(text[: limits.front_matter_characters])
    if not found:
        return {}, text
    import yaml  # 20 ms, which other formats do not need

    try:
        # The base loader makes nothing but texts, lists and objects, and an alias is the same object once more.
        matter = yaml.BaseLoader(found[1]).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ReadError(
            _("its front matter is not YAML: {reason}").format(reason=" ".join(str(error).split())[:200])
        ) from error
    if not isinstance(matter, dict):
        return {}, text
    return {name: value for name, value in matter.items() if isinstance(name, str)}, text[found.end() :]


def _text_of(text: str) -> tuple[str, list[str]]:
    """The heading that opens the text, "" if none does, and the other lines, without marks."""
    marks = len(_MARK.findall(text))
    if marks > max(_MARKS, len(text) // 10):  # no prose, and it would take long
        return "", text.splitlines()
    from markdown_it import MarkdownIt  # 40 ms

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    title = ""
    if len(tokens) > 1 and tokens[0].type == "heading_open":
        title = " ".join(visible_lines(parser.renderer.render(tokens[:3], parser.options, {})))
        tokens = tokens[3:]
    for token in tokens:
        _join_lines(token.children or [])
    return title, visible_lines(parser.renderer.render(tokens, parser.options, {}))


def _join_lines(tokens: list["Token"]) -> None:
    """Takes the line breaks out of a paragraph between Chinese characters, where no white space belongs."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "softbreak" and all(
            map(_HAN_OR_PUNCTUATION.fullmatch, (before.content[-1:], after.content[:1]))
        ):
            token.type = "text"
