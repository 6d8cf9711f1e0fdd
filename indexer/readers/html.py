"""HTML pages: the article among what surrounds it, and what the page says of it."""

import json
import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import shown_lines, split_date_line
from ..errors import ReadError
from ..limits import Limits
from ..publishers import source_of
from .html_text import visible_lines
from .records import article, keys_of

_NAMES = (".html", ".htm", ".xhtml", ".shtml")
_PAGE = re.compile(r"<(?:!doctype\s{1,9}html|html|head|body|meta|title)\b", re.IGNORECASE)
_FRAGMENT = re.compile(
    r"\s*<(?:a|article|b|br|center|div|font|h\d|img|main|p|section|span|strong|table|ul)\b", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}>")
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{1,4}\)(\S{1,2000}) -->")
_WRITTEN_DATE = re.compile(r"(?:19|20)\d\d(?:-\d\d?-\d\d?|/\d\d?/\d\d?|年\d\d?月\d\d?日)(?:[ T]{0,3}\d\d?:\d\d)?")
_SHORT = 60  # characters; of an article with fewer, what is made out is a guess
_LINES_WITH_DATE = 60  # of a page, from its top, may be that of its article's date
_LONGEST_LINE_WITH_DATE = 60  # characters; a longer one is a sentence, and its date another's

_META = {
    "title": ("og:title", "twitter:title", "headline", "title"),
    "published": (
        "article:published_time",
        "og:published_time",
        "datepublished",
        "publishdate",
        "pubdate",
        "publish_date",
        "dc.date",
        "dc.date.issued",
        "date",
    ),
    "source": ("og:site_name", "mediaid", "source", "application-name"),
    "author": ("author", "article:author", "dc.creator"),
    "section": ("article:section", "section", "channel"),
    "url": ("og:url",),
}
_TITLES = re.compile(r"\s+[|–—_-]{1,3}\s+|_{1,2}|\|")


def recognises(name: str, start: str) -> bool:
    if _XML_DECLARATION.match(start) and "<html" not in start:
        return False
    return bool(_PAGE.search(start) or _FRAGMENT.match(start)) or name.endswith(_NAMES)


def read(path: str, text: str, limits: Limits) -> Iterator[Article]:
    """The one article of a page. Raises ReadError."""
    tree = _tree(text)
    record = _metadata(tree, text)
    shown: list[str] | None = None
    lines = _extracted(text) if _is_small(tree, limits) else []
    if not lines:
        lines = shown = visible_lines(text)
    lines = [line for line in lines if line != record["title"]]
    source = source_of(record["url"])
    published, lines = split_date_line(lines, source)
    if not record["published"] and not published:
        shown = visible_lines(text) if shown is None else shown
        record["published"] = _date_among(shown[:_LINES_WITH_DATE])
    if published:
        record["published"] = record["published"] or published.isoformat()
    yield article(record | {"body": "\n".join(shown_lines(lines))}, keys_of({}), path, path)


def _tree(text: str) -> Any:
    """Raises ReadError."""
    try:
        parser = html.HTMLParser(encoding="utf-8")
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(_("it has neither title nor text")) from error


def _is_small(tree: Any, limits: Limits) -> bool:
    """Whether the page is small and flat enough to look for its article."""
    depth = elements = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        elements += 1
        if depth > limits.depth or elements > limits.elements:
            return False
    return True


def _extracted(text: str) -> list[str]:
    """The paragraphs of the article, none where none is made out."""
    found = _extractor()(_tree(text))  # which changes the tree
    text = found.text or "" if found else ""
    return text.splitlines() if len(text) >= _SHORT else []


@cache
def _extractor() -> Any:
    import trafilatura  # a third of a second, which other formats do not need

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # what it finds odd in a page is not told
    config = deepcopy(trafilatura.settings.DEFAULT_CONFIG)
    # Shorter articles would be read as one line with all around it; the default is for alphabets.
    config["DEFAULT"].update(MIN_EXTRACTED_SIZE=str(_SHORT), MIN_OUTPUT_SIZE="1")
    return partial(trafilatura.bare_extraction, with_metadata=False, include_comments=False, config=config)


def _metadata(tree: Any, text: str) -> dict[str, str]:
    """What the page says of its article, by field: its JSON-LD first, then its meta elements, then what it shows."""
    linked = _linked_data(tree)
    metas = _metas(tree)
    record = {
        field: _first(_named(linked.get(key)) for key in keys)
        for field, keys in {
            "title": ("headline", "name"),
            "published": ("datePublished", "dateCreated"),
            "source": ("publisher",),
            "author": ("author", "creator"),
            "section": ("articleSection",),
            "url": ("url", "mainEntityOfPage"),
        }.items()
    }
    for field, names in _META.items():
        record[field] = record[field] or _first(metas.get(name, "") for name in names)
    headings = [_content(element) for element in tree.iter("h1")]
    if not record["title"]:
        record["title"] = headings[0] if len(headings) == 1 and headings[0] else _shown_title(tree, headings)
    times = (element.get("datetime", "") for element in tree.iter("time"))
    record["published"] = record["published"] or _first(times)
    record["url"] = _address(record["url"], tree, text)
    return record


def _linked_data(tree: Any) -> dict[str, Any]:
    """The first JSON-LD object that is an article."""
    for script in tree.iter("script"):
        if script.get("type", "").lower().strip() != "application/ld+json":
            continue
        try:
            found = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        graph = found.get("@graph", [found]) if isinstance(found, dict) else found
        for one in graph if isinstance(graph, list) else ():
            if isinstance(one, dict) and ("headline" in one or "Article" in str(one.get("@type"))[:200]):
                return one
    return {}


def _named(value: object) -> str:
    """A value of JSON-LD as text: names of objects, and of lists of them."""
    several = value if isinstance(value, list) else [value]
    texts = ((one.get("name") or one.get("@id")) if isinstance(one, dict) else one for one in several)
    return "、".join(strip_invisible(one).strip() for one in texts if isinstance(one, str))


def _metas(tree: Any) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(name.strip().lower(), strip_invisible(meta.get("content", "")).strip())
    return metas


def _shown_title(tree: Any, headings: list[str]) -> str:
    """The heading that the page's title begins with, else the title's longest part: others name site and section."""
    title = _first(_content(element) for element in tree.iter("title"))
    for heading in headings:
        if heading and title.startswith(heading):
            return heading
    return max(_TITLES.split(title), key=len) if title else _first(headings)


def _address(named: str, tree: Any, text: str) -> str:
    """The page's address, if it is one of an article: many pages name their site's."""
    canonical = (link.get("href", "") for link in tree.iter("link") if link.get("rel", "").lower() == "canonical")
    saved_from = _SAVED_FROM.search(text[:4000])
    for url in (*canonical, named, saved_from[1] if saved_from else ""):
        url = strip_invisible(url).strip()
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query):
            return url
    return ""


def _date_among(lines: list[str]) -> str:
    found = (_WRITTEN_DATE.search(line) for line in lines if len(line) <= _LONGEST_LINE_WITH_DATE)
    return next((date[0] for date in found if date), "")


def _content(element: Any) -> str:
    return " ".join(strip_invisible("".join(element.itertext())).split())


def _first(texts: Any) -> str:
    return next((text for text in texts if text), "")
