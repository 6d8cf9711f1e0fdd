"""JSON Feed: each item is an article."""

import json
import re
from collections.abc import Iterator, Mapping

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from .html_text import html_to_lines
from .records import make_article, record_keys

_VERSION = re.compile(r'"version"\s{0,9}:\s{0,9}"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/')
_MAX_VERSION_OFFSET = 4000  # characters


def recognizes(_name: str, start: str) -> bool:
    """Return whether a text is an object that names the version of the format."""
    return start.startswith("{") and bool(_VERSION.search(start, 0, _MAX_VERSION_OFFSET))


def read(path: str, text: str, _mapping: Mapping[str, str], _limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each item, or a ReadError. Raises ReadError."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(_("invalid JSON: {error}").format(error=error)) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else (), start=1):
        location = f"{path}:{number}"
        try:
            yield make_article(_record(item, feed), record_keys({}), location, location)
        except ReadError as error:
            yield ReadError(_("record {number}: {error}").format(number=number, error=error))


def _record(item: object, feed: Mapping[str, object]) -> dict[str, object]:
    """Return an item as a record. Only texts count; other values are left out. Raises ReadError."""
    if not isinstance(item, dict):
        raise ReadError(_("the record is not an object with keys and values"))
    html, text = _text(item.get("content_html")), _text(item.get("content_text") or item.get("summary"))
    authors = item.get("authors") or feed.get("authors") or [item.get("author") or feed.get("author")]
    return {
        "title": _text(item.get("title")),
        "body": "\n".join(html_to_lines(strip_invisible(html))) if html else text,
        "url": _text(item.get("url")),
        "id": _text(item.get("url") or item.get("id")),
        "date": _text(item.get("date_published") or item.get("date_modified")),
        "source": _text(feed.get("title")),
        "author": authors if isinstance(authors, list) else "",
        "lead": _text(item.get("summary")),
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
