"""HTML pages: extract the article and its metadata."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from ...analysis import Article, strip_invisible
from ..cleaning import clean_lines, split_date_line
from ..limits import Limits
from ..publishers import find_publisher
from .html_text import check_tags, html_to_lines
from .records import make_article, no_text_error, record_keys

_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_PAGE = re.compile(r"<(?:!doctype\s{1,9}html|html|head|body|meta|title)\b", re.IGNORECASE)
_FRAGMENT = re.compile(
    r"\s*<(?:a|article|b|br|center|div|font|h\d|img|main|p|section|span|strong|table|ul)\b", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}>")
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{1,4}\)(\S{1,2000}) -->")
_DATE = re.compile(r"(?:19|20)\d\d(?:-\d\d?-\d\d?|/\d\d?/\d\d?|年\d\d?月\d\d?日)(?:[ T]{0,3}\d\d?:\d\d)?")
_MIN_ARTICLE_LENGTH = 60  # characters; the extraction of a shorter article is a guess
_MAX_DATE_LINE = 60  # lines from the top of a page that may hold the date of its article
_MAX_DATE_LINE_LENGTH = 60  # characters; a longer line is a sentence, and its date is not the article's

_META_NAMES = {
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
_TITLE_SEPARATORS = re.compile(r"\s+[|–—_-]{1,3}\s+|_{1,2}|\|")


def recognizes(name: str, start: str) -> bool:
    """Return whether the text has tags of a page, or the name a suffix of the format. XML is not HTML."""
    if _XML_DECLARATION.match(start) and "<html" not in start:
        return False
    return bool(_PAGE.search(start) or _FRAGMENT.match(start)) or name.endswith(_SUFFIXES)


def read(path: str, text: str, limits: Limits) -> Iterator[Article]:
    """Yield the article of a page. Raises ReadError."""
    check_tags(text)
    tree = _parse(text)
    record = _find_metadata(tree, text)
    page_lines: list[str] | None = None
    lines = _extract_article(text) if _is_within_limits(tree, limits) else []
    if not lines:
        lines = page_lines = html_to_lines(text)
    lines = [line for line in lines if line != record["title"]]
    published, lines = split_date_line(lines, find_publisher(record["url"]))
    if not record["published"] and not published:
        page_lines = html_to_lines(text) if page_lines is None else page_lines
        record["published"] = _find_date(page_lines[:_MAX_DATE_LINE])
    if published:
        record["published"] = record["published"] or published.isoformat()
    yield make_article(record | {"body": "\n".join(clean_lines(lines))}, record_keys({}), path, path)


def _parse(text: str) -> Any:
    """Return the tree of a page, without comments, of which a page may have very many. Raises ReadError."""
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise no_text_error() from error


def _is_within_limits(tree: Any, limits: Limits) -> bool:
    """Return whether the page is small and flat enough to extract its article."""
    depth = elements = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        elements += 1
        if depth > limits.html_depth or elements > limits.html_elements:
            return False
    return True


def _extract_article(text: str) -> list[str]:
    """Return the paragraphs of the article, or [] if no article is found."""
    document = _make_extractor()(_parse(text))  # changes the tree, so it gets its own
    article_text = document.text or "" if document else ""
    return article_text.splitlines() if len(article_text) >= _MIN_ARTICLE_LENGTH else []


@cache
def _make_extractor() -> Any:
    import trafilatura  # imported late: takes 0.3 s, and other formats do not need it

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # its warnings about pages are of no use
    config = deepcopy(trafilatura.settings.DEFAULT_CONFIG)
    # The defaults suit alphabets: a shorter article would be one line with everything around it.
    config["DEFAULT"].update(MIN_EXTRACTED_SIZE=str(_MIN_ARTICLE_LENGTH), MIN_OUTPUT_SIZE="1")
    return partial(trafilatura.bare_extraction, with_metadata=False, include_comments=False, config=config)


def _find_metadata(tree: Any, text: str) -> dict[str, str]:
    """Return the fields of the article, from the page's JSON-LD, else its meta elements, else its visible text."""
    linked_data = _find_linked_data(tree)
    meta_values = _find_meta_values(tree)
    record = {
        field: _first(_linked_text(linked_data.get(key)) for key in keys)
        for field, keys in {
            "title": ("headline", "name"),
            "published": ("datePublished", "dateCreated"),
            "source": ("publisher",),
            "author": ("author", "creator"),
            "section": ("articleSection",),
            "url": ("url", "mainEntityOfPage"),
        }.items()
    }
    for field, names in _META_NAMES.items():
        record[field] = record[field] or _first(meta_values.get(name, "") for name in names)
    headings = [_element_text(element) for element in tree.iter("h1")]
    if not record["title"]:
        record["title"] = headings[0] if len(headings) == 1 and headings[0] else _visible_title(tree, headings)
    times = (element.get("datetime", "") for element in tree.iter("time"))
    record["published"] = record["published"] or _first(times)
    record["url"] = _find_url(record["url"], tree, text)
    return record


def _find_linked_data(tree: Any) -> dict[str, Any]:
    """Return the first JSON-LD object that is an article, or {}."""
    for script in tree.iter("script"):
        if script.get("type", "").lower().strip() != "application/ld+json":
            continue
        try:
            document = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        nodes = document.get("@graph", [document]) if isinstance(document, dict) else document
        for node in nodes if isinstance(nodes, list) else ():
            if isinstance(node, dict) and ("headline" in node or "Article" in str(node.get("@type"))[:200]):
                return node
    return {}


def _linked_text(value: object) -> str:
    """Return a value of JSON-LD as text; for an object or a list of objects, their names."""
    nodes = value if isinstance(value, list) else [value]
    names = ((node.get("name") or node.get("@id")) if isinstance(node, dict) else node for node in nodes)
    return "、".join(strip_invisible(name).strip() for name in names if isinstance(name, str))


def _find_meta_values(tree: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        values.setdefault(name.strip().lower(), strip_invisible(meta.get("content", "")).strip())
    return values


def _visible_title(tree: Any, headings: list[str]) -> str:
    """Return the heading that the page's title begins with, else the title's longest part: others name the site."""
    title = _first(_element_text(element) for element in tree.iter("title"))
    for heading in headings:
        if heading and title.startswith(heading):
            return heading
    return max(_TITLE_SEPARATORS.split(title), key=len) if title else _first(headings)


def _find_url(metadata_url: str, tree: Any, text: str) -> str:
    """Return the address of the page, or "" if the page names only the address of its site."""
    canonical = (link.get("href", "") for link in tree.iter("link") if link.get("rel", "").lower() == "canonical")
    saved_from = _SAVED_FROM.search(text[:4000])
    for url in (*canonical, metadata_url, saved_from[1] if saved_from else ""):
        url = strip_invisible(url).strip()
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query):
            return url
    return ""


def _find_date(lines: list[str]) -> str:
    matches = (_DATE.search(line) for line in lines if len(line) <= _MAX_DATE_LINE_LENGTH)
    return next((match[0] for match in matches if match), "")


def _element_text(element: Any) -> str:
    return " ".join(strip_invisible("".join(element.itertext())).split())


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
