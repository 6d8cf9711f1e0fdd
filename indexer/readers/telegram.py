"""Telegram's export as HTML: each message with a text is an article."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree, html

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Publisher
from .dates import parse_date
from .html_text import check_tags, html_to_lines

_EXPORT = re.compile(r"<title>Exported Data</title>.{0,4000}?class=\"page_wrap", re.DOTALL)
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d)(?: UTC([+-]\d\d:\d\d))?")


def recognizes(_name: str, start: str) -> bool:
    """Return whether a page is an export."""
    return bool(_EXPORT.search(start))


def read(path: str, text: str, _mapping: Mapping[str, str], _limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each message. Raises ReadError."""
    check_tags(text)
    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(_("the page cannot be parsed: {reason}").format(reason=error)) from error
    chat = _class_text(page, "page_header")
    author = ""
    messages = 0
    for message in _with_class(page, "message"):
        blocks = (html.tostring(block, encoding="unicode") for block in _with_class(message, "text"))
        body = "\n".join(clean_lines(line for block in blocks for line in html_to_lines(block)))
        author = _class_text(message, "from_name") or author  # one that follows another of the same author names none
        if body:
            messages += 1
            location = f"{path}#{message.get('id', messages)}"
            yield Article(
                id=location,
                title="",
                body=body,
                published=parse_date(_find_date(message), Publisher("")),
                source=chat,
                author=author,
                path=location,
            )
    if not messages:
        raise ReadError(_("the export has no message with a text"))


def _with_class(element: Any, name: str) -> list[Any]:
    """Return the outermost elements of a class below an element."""
    found = [node for node in element.iter("div") if node is not element and name in (node.get("class") or "").split()]
    inside = {inner for node in found for inner in node.iter("div") if inner is not node}
    return [node for node in found if node not in inside]


def _class_text(element: Any, name: str) -> str:
    texts = (" ".join(strip_invisible("".join(node.itertext())).split()) for node in _with_class(element, name))
    return next(texts, "")


def _find_date(message: Any) -> str:
    """Return the date of a message as ISO 8601, or ""."""
    for node in _with_class(message, "date"):
        if match := _DATE.match(node.get("title", "")):
            day, month, year, time, zone = match.groups()
            return f"{year}-{month}-{day}T{time}{zone or ''}"
    return ""
