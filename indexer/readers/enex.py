"""ENEX, the export of Evernote: each note is an article."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...analysis import Article, strip_invisible
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Publisher, find_publisher
from . import xml_records
from .chunking import Chunker
from .dates import parse_date
from .html_text import html_to_lines
from .records import no_text_error
from .xml_records import XmlFormat, child_text, children

_ROOT = re.compile(
    r"(?:<\?xml[^>]{0,500}>)?(?:\s|<!--.{0,2000}?-->|<!DOCTYPE[^<>\[]{0,500}>)*<en-export[\s>]", re.DOTALL
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")


def recognizes(_name: str, start: str) -> bool:
    """Return whether a text is an export of notes, by its root element."""
    return bool(_ROOT.match(start))


def read(path: str, text: str, _mapping: Mapping[str, str], _limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of each note, or a ReadError."""
    return xml_records.read(_FORMAT, path, text)


def make_chunker(start: str) -> Chunker:
    """Return a chunker that splits an export between notes."""
    return xml_records.make_chunker(_FORMAT, start)


def _make_article(note: Any, _head: Any, location: str) -> Article:
    """Return the article of a note. Attachments are their names."""
    title = clean_title(child_text(note, "title"))
    attributes = next(iter(children(note, "note-attributes")), note)
    names = [
        child_text(details, "file-name")
        for resource in children(note, "resource")
        for details in children(resource, "resource-attributes")
    ]
    body = "\n".join(clean_lines([*html_to_lines(strip_invisible(child_text(note, "content"))), *names]))
    if not title and not body:
        raise no_text_error()
    url = strip_invisible(child_text(attributes, "source-url"))
    date = _COMPACT_DATE.sub(r"\1-\2-\3T\4:\5:\6Z", child_text(note, "created") or child_text(note, "updated"))
    return Article(
        id=location,
        title=title,
        body=body,
        url=url,
        published=parse_date(date, Publisher("")),
        source=find_publisher(url).name,
        section="、".join(" ".join((tag.text or "").split()) for tag in children(note, "tag")),
        author=" ".join(child_text(attributes, "author").split()),
        path=location,
    )


_FORMAT = XmlFormat("note", _make_article)
