"""DOCX, the documents of Word since 2007."""

import io
import re
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

from lxml import etree

from ...analysis import Article, strip_invisible
from ..cleaning import clean_lines
from ..limits import Limits
from .documents import ZIP_ERRORS, damaged_error, make_document, metadata_text, open_zip, parse_member
from .html_text import html_to_lines
from .refusal import needs_extra

_SIGNATURE = b"PK\x03\x04"
_DOCUMENT = b"word/document.xml"
_MAX_DIRECTORY = 1_000_000  # bytes at the end of a file that hold the names of its members
_CORE_PROPERTIES = "docProps/core.xml"
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='标题'] => h1:fresh\np[style-name='副标题'] => h2:fresh"
_HEADING = re.compile(r"\s*<h1>(.{1,2000}?)</h1>", re.DOTALL)
_BACK_LINK = re.compile(r'<a href="#(?:foot|end)note-ref-[^"]*">↑</a>')
_REFERENCE = re.compile(r'<sup>(<a href="#(?:foot|end)note-[^"]*" id="[^"]*">\[\d+\]</a>)</sup>')


def recognizes(name: str, data: bytes) -> bool:
    """Return whether a file is a zip with a Word document in it, or its beginning, by the name."""
    if not data.startswith(_SIGNATURE):
        return False
    return name.endswith((".docx", ".docm")) or _DOCUMENT in data[:_MAX_DIRECTORY] + data[-_MAX_DIRECTORY:]


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article]:
    """Yield the article of a document: paragraphs, lists, tables, text boxes and notes. Raises ReadError."""
    try:
        import mammoth
    except ImportError as error:
        raise needs_extra("DOCX") from error
    archive = open_zip(data, "DOCX", limits)
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(lambda _image: {}),
            external_file_access=False,
        )
    except (*ZIP_ERRORS, ExpatError, etree.LxmlError, AttributeError, IndexError, TypeError, RecursionError) as error:
        raise damaged_error("DOCX", error) from error
    html = strip_invisible(_REFERENCE.sub(r"\1", _BACK_LINK.sub("", result.value)))
    heading = _HEADING.match(html)
    properties = {}
    if _CORE_PROPERTIES in archive.namelist():
        tree = parse_member(archive, _CORE_PROPERTIES, "DOCX")
        properties = {name: metadata_text(tree, name) for name in ("title", "creator", "created", "modified")}
    yield make_document(
        path,
        clean_lines(html_to_lines(html)),
        heading=" ".join(html_to_lines(heading[1])) if heading else "",
        title=properties.get("title", ""),
        author=properties.get("creator", ""),
        date=properties.get("created", "") or properties.get("modified", ""),
    )
