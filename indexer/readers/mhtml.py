"""MHTML: a page that a browser saved as one file, in the form of a mail."""

import re
from collections.abc import Iterator

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from ..limits import Limits
from . import mail
from .web_page import read_page

_SUFFIXES = (".mht", ".mhtml")
_RELATED = re.compile(rb"^Content-Type:\s{0,9}multipart/related", re.IGNORECASE | re.MULTILINE)
_SAVED = re.compile(rb"^(?:Snapshot-Content-Location|From:\s{0,9}<?Saved by )", re.IGNORECASE | re.MULTILINE)
_MAX_HEAD = 5000  # bytes


def recognizes(name: str, start: bytes) -> bool:
    """Return whether a file is a mail of related parts that a browser wrote, or that has a suffix of the format."""
    head = start[:_MAX_HEAD].replace(b"\r\n", b"\n").lstrip().partition(b"\n\n")[0]
    if name.endswith(_SUFFIXES):
        return bool(_RELATED.search(head)) or mail.recognizes(".eml", start)
    return bool(_RELATED.search(head) and _SAVED.search(head))


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article]:
    """Yield the article of the page. Raises ReadError."""
    message = mail.parse(data.lstrip())
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        raise ReadError(_("the MHTML file has no page"))
    url = mail.header_text(message, "Snapshot-Content-Location") or mail.header_text(page, "Content-Location")
    return read_page(path, mail.part_text(page), url, mail.header_text(message, "Date"), limits)
