"""EPUB: a chapter of the spine an article."""

import io
import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_title, shown_lines
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Source
from .dates import date_of
from .decoding import decode
from .html_text import visible_lines

MARK = b"PK\x03\x04"
_MIMETYPE = b"mimetypeapplication/epub+zip"
_CONTAINER = "META-INF/container.xml"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    KeyError,
    NotImplementedError,  # a way of packing that nobody uses
    OSError,
    RuntimeError,  # a password
    ValueError,
)


def recognises(data: bytes) -> bool:
    return data.startswith(MARK) and (_MIMETYPE in data[:200] or _CONTAINER.encode() in data)


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article | ReadError]:
    """The chapters that have text. Raises ReadError."""
    book = _Book(data, limits)
    package_path = _package_path(book)
    package = _xml(book.member(package_path))
    fields = {name: _first(package, name) for name in ("title", "creator", "date")}
    chapters = 0
    for member in _spine(package, package_path)[: limits.chapters]:
        place = f"{path}!/{member}"
        try:
            title, lines = _chapter(book.member(member))
        except ReadError as error:
            yield ReadError(f"{member}: {error}")
            continue
        if lines:  # a cover or a picture has none
            chapters += 1
            yield Article(
                id=place,
                title=title,
                body="\n".join(lines),
                published=date_of(fields["date"], Source("")),
                source=fields["title"],
                author=fields["creator"],
                path=place,
            )
    if not chapters:
        raise ReadError(_("no chapter of the book has text"))


class _Book:
    """The members of an EPUB, as many bytes of them as the limits allow."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.records_bytes
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise ReadError(_("it is a damaged EPUB: {error}").format(error=error)) from error

    def member(self, name: str) -> bytes:
        """Raises ReadError."""
        most = min(self._limits.article_bytes, self._left)
        try:
            with self._archive.open(name) as file:
                content = file.read(most + 1)
        except _DAMAGED as error:
            raise ReadError(_("it is a damaged EPUB: {reason}").format(reason=strip_invisible(str(error)))) from error
        if len(content) > most:
            raise ReadError(_("{name} has more than {most:,} bytes").format(name=name, most=most))
        self._left -= len(content)
        return content


def _package_path(book: _Book) -> str:
    for file in _xml(book.member(_CONTAINER)).iter("{*}rootfile"):
        return str(file.get("full-path", ""))
    raise ReadError(_("the EPUB does not say where its contents are listed"))


def _xml(content: bytes) -> Any:
    """Raises ReadError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(_("the EPUB's contents are not XML: {error}").format(error=error)) from error


def _spine(package: Any, package_path: str) -> list[str]:
    """The members that are chapters, in order, each once; without the table of contents."""
    folder = posixpath.dirname(package_path)
    hrefs = {
        item.get("id"): unquote(item.get("href", ""))
        for item in package.iter("{*}item")
        if "nav" not in item.get("properties", "").split()
    }
    named = (hrefs.get(reference.get("idref")) for reference in package.iter("{*}itemref"))
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, href)) for href in named if href))


def _chapter(content: bytes) -> tuple[str, list[str]]:
    """The heading of a chapter, else its title, and its lines. Raises ReadError."""
    text = strip_invisible(decode(content).text)
    lines = shown_lines(visible_lines(text))
    parser = etree.HTMLParser(encoding="utf-8")
    tree = etree.fromstring(text.encode("utf-8", "replace") or b"<p></p>", parser)
    if tree is None:
        return "", lines
    for names in (("h1", "h2", "h3"), ("title",)):
        for element in tree.iter(*names):
            if title := clean_title("".join(element.itertext())):
                return title, lines[1:] if lines[:1] == [title] else lines
    return "", lines


def _first(package: Any, name: str) -> str:
    for element in package.iter("{http://purl.org/dc/elements/1.1/}" + name):
        return " ".join(strip_invisible("".join(element.itertext())).split())
    return ""
