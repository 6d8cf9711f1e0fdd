"""HTML pages: the article, its title, date and other metadata."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree, html

from ...analysis import Article
from ...messages import gettext as _
from ..cleaning import clean_lines, split_date_line
from ..errors import ReadError
from ..limits import Limits
from ..publishers import find_publisher
from .html_text import check_tags, html_to_lines
from .page import (
    Block,
    Metadata,
    article_lines,
    build_blocks,
    find_article,
    find_date,
    find_script_article,
    find_title,
    is_navigation,
)
from .records import make_article, no_text_error, record_keys

_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_PAGE = re.compile(r"<(?:!doctype\s{1,9}html|html|head|body|meta|title)\b", re.IGNORECASE)
_FRAGMENT = re.compile(
    r"\s*<(?:a|article|b|br|center|div|font|h\d|img|main|p|section|span|strong|table|ul)\b", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}>")
_HAN = re.compile("[\u3400-\u9fff]")
_MAX_DRAWN_PROSE = 100  # characters; a page that shows less may be drawn from the data of its scripts


def recognizes(name: str, start: str) -> bool:
    """Return whether the text has tags of a page, or the name a suffix of the format. XML is not HTML."""
    if _XML_DECLARATION.match(start) and "<html" not in start:
        return False
    return bool(_PAGE.search(start) or _FRAGMENT.match(start)) or name.endswith(_SUFFIXES)


def read(path: str, text: str, limits: Limits) -> Iterator[Article]:
    """Yield the article of a page. Raises ReadError."""
    check_tags(text)
    tree = _parse(text)
    metadata = Metadata(tree, text)
    record = metadata.record()
    publisher = find_publisher(record["url"])
    page = build_blocks(tree) if _is_within_depth(tree, limits) else Block("html")
    boxes = find_article(page)
    lines = article_lines(boxes)
    record["title"] = find_title(metadata, page, boxes)
    record["published"] = find_date(metadata, tree, page, boxes, record["title"], publisher)
    if sum(box.prose for box in boxes) < _MAX_DRAWN_PROSE and (drawn := find_script_article(tree)):
        drawn_lines = html_to_lines(drawn.html)
        if len("".join(drawn_lines)) > len("".join(lines)):
            lines = drawn_lines
            record["title"] = drawn.title or record["title"]
            record["published"] = record["published"] or drawn.date
    if not lines:
        _refuse_navigation(tree, page)
        lines = html_to_lines(text)
    published, lines = split_date_line(lines, publisher)
    if published and not record["published"]:
        record["published"] = published.isoformat()
    lines = [line for line in lines if "".join(line.split()) != "".join(record["title"].split())]
    record["title"] = record["title"] or _name_title(path)
    yield make_article(record | {"body": "\n".join(clean_lines(lines))}, record_keys({}), path, path)


def _parse(text: str) -> Any:
    """Return the tree of a page, without comments, of which a page may have very many. Raises ReadError."""
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise no_text_error() from error


def _is_within_depth(tree: Any, limits: Limits) -> bool:
    """Return whether the page is flat enough to look for its article."""
    depth = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.html_depth:
            return False
    return True


def _refuse_navigation(tree: Any, page: Block) -> None:
    """Raise ReadError if a page has nothing to read but frames or links."""
    if next(tree.iter("frameset"), None) is not None:
        raise ReadError(_("the page shows other files in frames: index these"))
    if is_navigation(page):
        raise ReadError(_("the page has no article, only links and menus"))


def _name_title(path: str) -> str:
    """Return the name of a file as a title, if it has Chinese characters."""
    stem = PurePosixPath(path.replace("\\", "/")).stem
    return stem if _HAN.search(stem) else ""
