"""EPUB: each chapter of the spine is an article."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Publisher
from .dates import parse_date
from .decoding import decode
from .documents import ZIP_ERRORS
from .html_text import check_tags, html_to_lines

SIGNATURE = b"PK\x03\x04"
_MIMETYPE = b"mimetypeapplication/epub+zip"
_CONTAINER = "META-INF/container.xml"


def recognizes(data: bytes) -> bool:
    """Return whether a file is an EPUB."""
    return data.startswith(SIGNATURE) and (_MIMETYPE in data[:200] or _CONTAINER.encode() in data)


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the chapters that have text. Raises ReadError."""
    book = _Book(data, limits)
    package_path = _find_package(book)
    package = _parse_xml(book.read_member(package_path))
    fields = {name: next(iter(_metadata_texts(package, name)), "") for name in ("title", "date")}
    authors = "、".join(dict.fromkeys(_metadata_texts(package, "creator")))
    chapters = 0
    for member in _spine_members(package, package_path)[: limits.book_chapters]:
        location = f"{path}!/{member}"
        try:
            title, lines = _read_chapter(book.read_member(member))
        except ReadError as error:
            yield ReadError(f"{member}: {error}")
            continue
        if lines:  # a cover or a picture has no text
            chapters += 1
            yield Article(
                id=location,
                title=title,
                body="\n".join(lines),
                published=parse_date(fields["date"], Publisher("")),
                source=fields["title"],
                author=authors,
                path=location,
            )
    if not chapters:
        raise ReadError(_("the book has no chapter with text"))


class _Book:
    """The members of an EPUB, with a limit on their total size."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        max_unpacked = max(limits.archive_ratio_min_bytes, limits.archive_ratio * len(data))
        self._remaining_bytes = min(limits.whole_file_bytes, max_unpacked)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_ERRORS as error:
            raise ReadError(_("the EPUB is damaged: {reason}").format(reason=error)) from error

    def read_member(self, name: str) -> bytes:
        """Return the content of a member. Raises ReadError."""
        max_bytes = min(self._limits.article_bytes, self._remaining_bytes)
        try:
            method = self._archive.getinfo(name).compress_type
            if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # zipfile bounds the output of no other
                raise ReadError(
                    _("souwen does not support zip compression method {method}: use deflate").format(method=method)
                )
            with self._archive.open(name) as file:
                content = file.read(max_bytes + 1)
        except ZIP_ERRORS as error:
            raise ReadError(_("the EPUB is damaged: {reason}").format(reason=strip_invisible(str(error)))) from error
        if len(content) > max_bytes:
            raise ReadError(_("{name} has more than {limit:,} bytes").format(name=name, limit=max_bytes))
        self._remaining_bytes -= len(content)
        return content


def _find_package(book: _Book) -> str:
    for file in _parse_xml(book.read_member(_CONTAINER)).iter("{*}rootfile"):
        return str(file.get("full-path", ""))
    raise ReadError(_("the EPUB names no package document"))


def _parse_xml(content: bytes) -> Any:
    """Parse XML without entities or network access. Raises ReadError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(_("the EPUB contains invalid XML: {error}").format(error=error)) from error


def _spine_members(package: Any, package_path: str) -> list[str]:
    """Return the members that are chapters, in order and without the table of contents."""
    folder = posixpath.dirname(package_path)
    hrefs = {
        item.get("id"): unquote(item.get("href", ""))
        for item in package.iter("{*}item")
        if "nav" not in item.get("properties", "").split()
    }
    spine_hrefs = (hrefs.get(reference.get("idref")) for reference in package.iter("{*}itemref"))
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, href)) for href in spine_hrefs if href))


def _read_chapter(content: bytes) -> tuple[str, list[str]]:
    """Return the heading of a chapter, else its title, and its lines. Raises ReadError."""
    text = strip_invisible(decode(content).text)
    check_tags(text)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = etree.fromstring(text.encode("utf-8", "replace") or b"<p></p>", parser)
    if tree is None:
        return "", clean_lines(html_to_lines(text))
    notes = _find_notes(tree)
    lines = clean_lines([*html_to_lines(text), *notes])
    for names in (("h1", "h2", "h3"), ("title",)):
        for element in tree.iter(*names):
            text_in_title = _visible_text(element) if element.tag != "title" else element.text or ""
            if title := clean_title(text_in_title):
                return title, lines[1:] if lines[:1] == [title] else lines
    return "", lines


def _find_notes(tree: Any) -> list[str]:
    """Return the notes that readers of books open above the text, which attributes of pictures hold.

    多看 and 微信读书 write `<img class="qqreader-footnote" alt="…">`, the picture being the mark of the note.
    """
    notes = []
    for picture in tree.iter("img"):
        parent = picture.getparent()
        kinds = [picture.get("class"), *((parent.get("class"), parent.get("epub:type")) if parent is not None else ())]
        if note := picture.get("zy-footnote"):  # of 掌阅
            notes.append(note)
        elif any("footnote" in kind or "noteref" in kind for kind in kinds if kind):
            notes.append(picture.get("alt") or "")
    return notes


def _visible_text(element: Any) -> str:
    """Return the text of an element without readings of its characters."""
    return "".join(html_to_lines(etree.tostring(element, encoding="unicode", with_tail=False)))


def _metadata_texts(package: Any, name: str) -> list[str]:
    elements = package.iter("{http://purl.org/dc/elements/1.1/}" + name)
    texts = (" ".join(strip_invisible("".join(element.itertext())).split()) for element in elements)
    return [text for text in texts if text]
