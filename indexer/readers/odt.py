"""ODT, the documents of LibreOffice and other programs that follow the OpenDocument standard."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines
from ..errors import ReadError
from ..limits import Limits
from .documents import damaged_error, make_document, metadata_text, open_zip, parse_member

_SIGNATURE = b"PK\x03\x04"
_MEDIA_TYPE = b"application/vnd.oasis.opendocument.text"
_FLAT = b"<office:document "
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_LINES = frozenset((f"{_TEXT}p", f"{_TEXT}h"))
_NOTE = f"{_TEXT}note-body"
_HIDDEN = frozenset((f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_OFFICE}forms"))
_LAYOUT = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def recognizes(name: str, data: bytes) -> bool:
    """Return whether a file is an OpenDocument text, in a zip or as one XML file."""
    if data.startswith(_SIGNATURE):
        return name.endswith((".odt", ".ott")) or _MEDIA_TYPE in data[:200]
    return _FLAT in data[:2000] and _MEDIA_TYPE in data[:10_000]


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article]:
    """Yield the article of a document: paragraphs, lists, tables, frames and notes. Raises ReadError."""
    if data.startswith(_SIGNATURE):
        archive = open_zip(data, "ODT", limits)
        content = parse_member(archive, "content.xml", "ODT")
        metadata = parse_member(archive, "meta.xml", "ODT") if "meta.xml" in archive.namelist() else content
    else:
        content = metadata = _parse_flat(data)
    body = next(content.iter(f"{_OFFICE}text"), None)
    if body is None:
        raise ReadError(_("the {kind} file has no text").format(kind="ODT"))
    notes = [_text(note) for note in body.iter(_NOTE)]  # their paragraphs would divide the one around them
    lines = clean_lines("\n".join([_text(body), *notes]).split("\n"))
    first_heading = next(body.iter(f"{_TEXT}h"), None)
    heading = " ".join(_text(first_heading).split()) if first_heading is not None else ""
    yield make_document(
        path,
        lines,
        heading=heading if lines[:1] == [heading] else "",
        title=metadata_text(metadata, "title"),
        author=metadata_text(metadata, "initial-creator") or metadata_text(metadata, "creator"),
        date=metadata_text(metadata, "creation-date") or metadata_text(metadata, "date"),
    )


def _parse_flat(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise damaged_error("ODT", error) from error


def _text(element: Any) -> str:
    """Return the text of an element, with a line end around each paragraph, also in tables and notes."""
    parts: list[str] = []
    hidden = None  # the outermost element that is not text
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and hidden is None:
            hidden = node if node.tag in _HIDDEN else None
            if hidden is None:
                parts.append("\n" if node.tag in _LINES else _LAYOUT.get(node.tag, ""))
                parts.append(node.text or "")
        elif event == "end":
            hidden = None if node is hidden else hidden
            if hidden is None:
                parts.append("\n" if node.tag in _LINES else "")
                parts.append(node.tail or "" if node is not element else "")
    return strip_invisible("".join(parts))
