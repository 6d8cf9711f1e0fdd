"""Markdown, with or without YAML front matter."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from .html_text import html_to_lines
from .records import make_article, record_keys

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown")
_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*$\n?", re.DOTALL | re.MULTILINE)
_YAML_KEY = re.compile(r"^[\w-]+\s?:", re.MULTILINE)
_HEADING = re.compile(r"\s*# [^\n]")
_MARKUP = re.compile(r"[-\n!#$%&*+:<=>@\[\\\]^_`{|}~]")  # characters that are slow to parse
_MAX_MARKUP = 10_000  # characters, at any density; each takes up to 0.1 ms, and so does a line
_MAX_LINK_LENGTH = 2000  # characters; the library normalizes a longer address in quadratic time
_HAN_OR_PUNCTUATION = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def recognizes(name: str, start: str) -> bool:
    """Return whether the name has a suffix of the format, or the text begins with front matter or a heading."""
    if name.endswith(_SUFFIXES) or _HEADING.match(start):
        return True
    match = _FRONT_MATTER.match(start)
    return bool(match and _YAML_KEY.search(match[1]))


def read(path: str, text: str, mapping: Mapping[str, str], limits: Limits) -> Iterator[Article]:
    """Yield the article of a Markdown file, titled by its front matter or its first heading. Raises ReadError."""
    front_matter, text = _split_front_matter(text, limits)
    if len(text) > limits.article_characters:
        limit = limits.article_characters
        raise ReadError(_("the text has more than {limit:,} characters").format(limit=limit))
    keys = record_keys(mapping)
    heading, lines = _render_text(text)
    record = {name: value for name, value in front_matter.items() if name.casefold() not in keys["body"]}
    titles = [value for name, value in record.items() if name.casefold() in keys["title"] and value]
    if not titles:
        record = {keys["title"][0]: heading} | {name: value for name, value in record.items() if value}
    elif heading and heading not in titles:
        lines = [heading, *lines]
    for name in record.keys() & set(keys["url"]):
        url = record[name]
        if isinstance(url, str) and "://" not in url:
            record[name] = ""  # a path on the site, which does not identify the article
    yield make_article(record | {keys["body"][0]: "\n".join(lines)}, keys, path, path)


def _split_front_matter(text: str, limits: Limits) -> tuple[dict[str, object], str]:
    """Return the front matter, whose values are texts, lists or objects of texts, and the rest of the text."""
    match = _FRONT_MATTER.match(text[: limits.front_matter_characters])
    if not match:
        return {}, text
    yaml, loader = _load_yaml()
    try:
        front_matter = loader(match[1]).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ReadError(_("the front matter is not valid YAML: {reason}").format(reason=reason)) from error
    if not isinstance(front_matter, dict):
        return {}, text
    return {name: value for name, value in front_matter.items() if isinstance(name, str)}, text[match.end() :]


@cache
def _load_yaml() -> tuple[Any, Any]:
    """Return PyYAML and a loader that makes only texts, lists and objects."""
    import yaml  # imported late: takes 20 ms, and other formats do not need it

    class Loader(yaml.BaseLoader):
        """Leaves out aliases of lists and objects: a few nested ones stand for billions of texts."""

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            is_alias = self.check_event(yaml.AliasEvent)
            node = super().compose_node(parent, index)
            return yaml.ScalarNode("", "") if is_alias and isinstance(node, yaml.CollectionNode) else node

    return yaml, Loader


def _render_text(text: str) -> tuple[str, list[str]]:
    """Return the heading at the start of the text, or "", and the other lines, without markup."""
    if len(_MARKUP.findall(text)) > max(_MAX_MARKUP, len(text) // 10):  # not prose, and slow to parse
        return "", text.splitlines()
    parser = _make_parser()
    tokens = parser.parse(text)
    title = ""
    if len(tokens) > 1 and tokens[0].type == "heading_open":
        title = " ".join(html_to_lines(parser.renderer.render(tokens[:3], parser.options, {})))
        tokens = tokens[3:]
    for token in tokens:
        _join_lines(token.children or [])
    return title, html_to_lines(parser.renderer.render(tokens, parser.options, {}))


@cache
def _make_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # imported late: takes 40 ms

    class Parser(MarkdownIt):
        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return url if len(url) > _MAX_LINK_LENGTH else super().normalizeLink(url)

        def normalizeLinkText(self, link: str) -> str:  # noqa: N802
            return link if len(link) > _MAX_LINK_LENGTH else super().normalizeLinkText(link)

    return Parser("commonmark").enable(["table", "strikethrough"])


def _join_lines(tokens: list["Token"]) -> None:
    """Remove the line breaks between Chinese characters of a paragraph, where no white space belongs."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "softbreak" and all(
            map(_HAN_OR_PUNCTUATION.fullmatch, (before.content[-1:], after.content[:1]))
        ):
            token.type = "text"
