"""PDF: the text layer of a document.

A paragraph separator (U+2029) begins each page but the first, so that a page can be cited.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines
from ..errors import ReadError
from ..limits import Limits
from .documents import damaged_error, make_document
from .records import no_text_error
from .refusal import needs_extra

PAGE_BREAK = "\u2029"

_SIGNATURE = b"%PDF-"
_MAX_SIGNATURE_OFFSET = 1024  # bytes
_HYPHEN = "\ufffe"  # stands for a hyphen and a line end inside a word
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-]\d\d)'?(\d\d)?|Z)?")
_MAX_PART_SHARE = 0.9  # of the longest article, in a document that is divided
_IMAGE = 3  # type of a page object


class _Page(NamedTuple):
    number: int
    lines: list[str]


def recognizes(_name: str, data: bytes) -> bool:
    """Return whether a file has the signature of the format, which may follow some other bytes."""
    return _SIGNATURE in data[:_MAX_SIGNATURE_OFFSET]


def read(path: str, data: bytes, limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the article of a document, and a ReadError if it has scanned pages. Raises ReadError.

    A document that is longer than an article may be is divided between pages.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise needs_extra("PDF") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error):
            raise ReadError(_("the file is encrypted: decrypt it first")) from error
        raise damaged_error("PDF", error) from error
    try:
        metadata = document.get_metadata_dict()
        number_of_pages = len(document)
        pages, scanned = _read_pages(document, limits)
    except pypdfium2.PdfiumError as error:
        raise damaged_error("PDF", error) from error
    finally:
        document.close()
    if scanned and not pages:
        raise ReadError(_("the pages of the PDF are scanned: recognize their text first (OCR)"))
    if not pages:
        raise no_text_error()
    for part in _divide(pages, int(limits.article_characters * _MAX_PART_SHARE)):
        first_page, *others = part
        yield make_document(
            path if first_page is pages[0] else f"{path}#page={first_page.number}",
            [*first_page.lines, *(line for page in others for line in (PAGE_BREAK + page.lines[0], *page.lines[1:]))],
            title=metadata["Title"],
            author=metadata["Author"],
            date=_iso_date(metadata["CreationDate"]),
        )
    if scanned:
        message = _("{number} of {pages} pages of the PDF are scanned and have no text")
        yield ReadError(message.format(number=scanned, pages=number_of_pages))


def _read_pages(document: Any, limits: Limits) -> tuple[list[_Page], int]:
    """Return the pages with text, and the number of those that have only pictures."""
    pages, scanned = [], 0
    for number in range(1, min(len(document), limits.book_chapters) + 1):
        page = document[number - 1]
        text_page = page.get_textpage()
        text = text_page.get_text_range().replace(_HYPHEN, "")
        lines = clean_lines(strip_invisible(text).splitlines())
        if lines:
            pages.append(_Page(number, lines))
        elif any(page_object.type == _IMAGE for page_object in page.get_objects(max_depth=2)):
            scanned += 1
        text_page.close()
        page.close()
    return pages, scanned


def _divide(pages: list[_Page], max_characters: int) -> Iterator[list[_Page]]:
    """Yield runs of pages that are not longer than an article may be."""
    part: list[_Page] = []
    size = 0
    for page in pages:
        page_size = sum(map(len, page.lines)) + len(page.lines)
        if part and size + page_size > max_characters:
            yield part
            part, size = [], 0
        part.append(page)
        size += page_size
    if part:
        yield part


def _iso_date(date: str) -> str:
    """Return a date of a PDF as ISO 8601, or ""."""
    match = _DATE.match(date)
    if not match:
        return ""
    year, month, day, hour, minute, second, zone_hour, zone_minute = match.groups()
    zone = f"{zone_hour}:{zone_minute or '00'}" if zone_hour else "+00:00"
    return f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"
