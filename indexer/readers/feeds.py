"""Feeds (RSS, Atom, RDF) and exports of WordPress, which are feeds with all posts of a site."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from ...analysis import Article, strip_invisible
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError
from ..limits import Limits
from ..publishers import find_publisher, find_section
from . import xml_records
from .chunking import Chunker
from .dates import parse_date
from .html_text import html_to_lines
from .records import no_text_error
from .xml_records import XmlFormat, child_text, children, local_name

_ROOT = re.compile(
    r"(?:<\?xml[^>]{0,500}>)?(?:\s|<!--.{0,2000}?-->|<\?[^>]{0,500}>|<!DOCTYPE[^<>\[]{0,500}>)*"
    r"<(rss|feed|rdf:RDF|atom:feed)[\s>]",
    re.DOTALL,
)
_BODIES = ("content:encoded", "encoded", "content", "body", "description", "summary", "excerpt:encoded")
_DATES = (
    "wp:post_date_gmt",
    "pubdate",
    "published",
    "dc:date",
    "date",
    "issued",
    "wp:post_date",
    "updated",
    "modified",
)
_POST_TYPES = ("post", "page", "")  # others are pictures, menus and revisions
_STATES = ("publish", "private", "")
_NO_DATE = "0000-00-00"
_EMPTY_LINES = re.compile(r"\n[ \t\r]{0,99}\n\s{0,999}")
_BLOCK = re.compile(r"<(?:div|br|li|h\d|blockquote|table)\b|<p[\s/]|</p>", re.IGNORECASE)


def recognizes(_name: str, start: str) -> bool:
    """Return whether a text is a feed, by its root element."""
    return bool(_ROOT.match(start))


def read(path: str, text: str, _mapping: Mapping[str, str], _limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each entry, or a ReadError."""
    return xml_records.read(_format(text), path, text)


def make_chunker(start: str) -> Chunker:
    """Return a chunker that splits a feed between entries."""
    return xml_records.make_chunker(_format(start), start)


def _format(text: str) -> XmlFormat:
    root = _ROOT.match(text.lstrip())
    tag = {"feed": "entry", "atom:feed": "atom:entry"}.get(root[1] if root else "", "item")
    return XmlFormat(tag, _make_article)


def _make_article(entry: Any, head: Any, location: str) -> Article | None:
    """Return the article of an entry, or None for an unpublished post and for other things that WordPress exports."""
    if child_text(entry, "wp:post_type") not in _POST_TYPES or child_text(entry, "wp:status") not in _STATES:
        return None
    title = clean_title(" ".join(html_to_lines(child_text(entry, "title", "atom:title"))))
    body = "\n".join(clean_lines(_body_lines(entry)))
    if not title and not body:
        raise no_text_error()
    url = _find_url(entry)
    publisher = find_publisher(url)
    own_id = child_text(entry, "guid", "id")
    return Article(
        id=strip_invisible(url or own_id) or location,
        title=title,
        body=body,
        url=url,
        published=parse_date(_find_date(entry), publisher),
        source=_one_line(_find_site(head)) or publisher.name,
        section=_find_categories(entry) or find_section(url),
        author=_one_line(child_text(entry, "dc:creator", "author", "creator", "atom:author")),
        path=location,
    )


def _body_lines(entry: Any) -> list[str]:
    """Return the lines of the longest of the texts of an entry: some feeds cut one of them."""
    texts = []
    for child in entry:
        if local_name(child) in _BODIES:
            is_xhtml = child.get("type") == "xhtml"
            text = "\n".join(child.itertext()) if is_xhtml else "".join(child.itertext())
            text = _EMPTY_LINES.sub("<p>", text.strip())  # WordPress stores paragraphs like this
            if not _BLOCK.search(text):
                text = text.replace("\n", "<br>")
            texts.append(html_to_lines(strip_invisible(text)))
    return max(texts, key=lambda lines: sum(map(len, lines)), default=[])


def _find_url(entry: Any) -> str:
    """Return the address of an entry: its text in RSS, an attribute in Atom."""
    for link in sorted(
        children(entry, "link", "atom:link"), key=lambda link: link.get("rel", "alternate") != "alternate"
    ):
        url = strip_invisible((link.get("href") or link.text or "").strip())
        if url.startswith(("http://", "https://")):
            return url
    guid = child_text(entry, "guid")
    return guid if guid.startswith(("http://", "https://")) else ""


def _find_date(entry: Any) -> str:
    for name in _DATES:
        date = child_text(entry, name)
        if date and not date.startswith(_NO_DATE):
            return f"{date}+00:00" if name == "wp:post_date_gmt" else date
    return ""


def _find_site(head: Any) -> str:
    """Return the title of the feed, which stands in a channel in RSS."""
    channels = [child for child in head if local_name(child) == "channel"]
    return next((title for element in (*channels, head) if (title := child_text(element, "title", "atom:title"))), "")


def _find_categories(entry: Any) -> str:
    """Return the categories of an entry without its keywords: WordPress exports both."""
    names = (
        _one_line(category.get("term") or category.text or "")
        for category in children(entry, "category")
        if category.get("domain", "category") == "category"
    )
    return "、".join(dict.fromkeys(filter(None, names)))


def _one_line(text: str) -> str:
    return " ".join(strip_invisible(unescape(text)).split())
