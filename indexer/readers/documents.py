"""Common parts of the readers of word processor documents and PDFs: their title, and zips that may be crafted."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from lxml import etree

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_title
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Publisher
from .dates import parse_date
from .records import no_text_error

_MAX_TITLE_LENGTH = 80  # characters, of a first line
# Programs fill in titles and authors that are none.
_NO_TITLE = re.compile(
    r"(?:untitled|无标题|無標題|document|microsoft word|幻灯片).{0,200}|.{0,200}\.(?:docx?|odt|rtf|wps|indd|pdf|tex)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:anonymous|unknown|user|administrator|admin|root|python-docx|微软用户|用户)?", re.IGNORECASE
)
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,  # an unusual compression method
    OSError,
    RuntimeError,  # an encrypted member
    ValueError,
)


def make_document(
    path: str,
    lines: Sequence[str],
    *,
    heading: str = "",
    title: str = "",
    author: str = "",
    date: str = "",
) -> Article:
    """Return the article of a document. Raises ReadError.

    The heading at the start of the text is the title, else the title that the document states, else a short first line.
    """
    title = clean_title(heading) or clean_title("" if _NO_TITLE.fullmatch(title.strip()) else title)
    lines = list(lines)
    if not title and lines and len(lines[0]) <= _MAX_TITLE_LENGTH:
        title = clean_title(lines[0])
    if lines and clean_title(lines[0]) == title:
        del lines[0]
    if not title and not lines:
        raise no_text_error()
    author = " ".join(strip_invisible(author).split())
    return Article(
        id=path,
        title=title,
        body="\n".join(lines),
        published=parse_date(date.strip(), Publisher("")),
        author="" if _NO_AUTHOR.fullmatch(author) else author,
        path=path,
    )


def open_zip(data: bytes, kind: str, limits: Limits) -> zipfile.ZipFile:
    """Open a document that is a zip, if its members unpack to no more than the limits allow. Raises ReadError."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ZIP_ERRORS as error:
        raise damaged_error(kind, error) from error
    max_bytes = max(limits.archive_ratio_min_bytes, limits.archive_ratio * len(data))
    # zipfile reads no more of a member than the directory states.
    if sum(info.file_size for info in archive.infolist()) > min(max_bytes, limits.whole_file_bytes):
        raise ReadError(_("the file unpacks to more than {ratio} times its size").format(ratio=limits.archive_ratio))
    for info in archive.infolist():
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            message = _("souwen does not support zip compression method {method}: use deflate")
            raise ReadError(message.format(method=info.compress_type))
    return archive


def parse_member(archive: zipfile.ZipFile, name: str, kind: str) -> Any:
    """Parse a member as XML without entities or network access. Raises ReadError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(archive.read(name), parser)
    except (*ZIP_ERRORS, etree.LxmlError) as error:
        raise damaged_error(kind, error) from error


def damaged_error(kind: str, error: Exception) -> ReadError:
    """Return the error for a document that a library cannot read."""
    reason = " ".join(strip_invisible(str(error)).split())[:200] or type(error).__name__
    return ReadError(_("the {kind} file is damaged: {reason}").format(kind=kind, reason=reason))


def metadata_text(tree: Any, name: str) -> str:
    """Return the first element of a name that has text, or ""."""
    texts = ("".join(element.itertext()).strip() for element in tree.iter("{*}" + name))
    return next(filter(None, texts), "")
