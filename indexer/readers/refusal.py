"""Name the kind of a file that souwen does not read, and what to do with it."""

import re
from typing import NamedTuple

from ...messages import N_
from ...messages import gettext as _
from ..errors import ReadError, ReadInterrupted
from .other_files import is_other_file

_NOT_AN_ARTICLE = N_("{kind}: not an article format")
_UNPACK = N_("{kind}: unpack it first")


class _Kind(NamedTuple):
    """A kind of file that is not read. `reason` names what to do with it."""

    name: str
    reason: str = _NOT_AN_ARTICLE


_PICTURE = _Kind(N_("picture"))
_SOUND = _Kind(N_("audio or video"))
_FONT = _Kind(N_("font"))
_PROGRAM = _Kind(N_("program"))
_ENCODED = _Kind(N_("encoded data (base64 or the like)"))
_SQLITE = _Kind(N_("SQLite database"))
_OLD_OFFICE = _Kind(N_("Office document of the format before 2007"), N_("{kind}: save it as DOCX"))
_MESSAGES = N_("{kind}: export it as EML or mbox")

_SIGNATURES = (  # (offset, bytes, kind)
    (0, b"SQLite format 3\0", _SQLITE),
    (0, b"\x89PNG\r\n\x1a\n", _PICTURE),
    (0, b"\xff\xd8\xff", _PICTURE),
    (0, b"GIF87a", _PICTURE),
    (0, b"GIF89a", _PICTURE),
    (0, b"II*\0", _PICTURE),
    (0, b"MM\0*", _PICTURE),
    (8, b"WEBP", _PICTURE),
    (4, b"ftypavif", _PICTURE),
    (4, b"ftypheic", _PICTURE),
    (0, b"8BPS", _PICTURE),
    (4, b"ftyp", _SOUND),
    (8, b"WAVE", _SOUND),
    (8, b"AVI ", _SOUND),
    (0, b"ID3", _SOUND),
    (0, b"OggS", _SOUND),
    (0, b"fLaC", _SOUND),
    (0, b"\x1aE\xdf\xa3", _SOUND),
    (0, b"FLV\x01", _SOUND),
    (0, b"wOFF", _FONT),
    (0, b"wOF2", _FONT),
    (0, b"OTTO\0", _FONT),
    (0, b"\0\1\0\0\0", _FONT),
    (0, b"ttcf\0", _FONT),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\0asm", _PROGRAM),
    (0, b"Rar!\x1a\x07", _Kind(N_("RAR archive"), _UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", _Kind(N_("7z archive"), _UNPACK)),
    (0, b"MSCF\0\0\0\0", _Kind(N_("cabinet archive"), _UNPACK)),
    (0, b"PK\3\4", _Kind(N_("zip archive"), _UNPACK)),
    (0, b"\x1f\x8b\x08", _Kind(N_("gzip archive"), _UNPACK)),
    (0, b"ITSF\3\0", _Kind(N_("CHM help file"), N_("{kind}: extract its pages with 7z"))),
    (60, b"BOOKMOBI", _Kind(N_("Kindle book"), N_("{kind}: convert it to EPUB"))),
    (60, b"TEXtREAd", _Kind(N_("Palm book"), N_("{kind}: convert it to EPUB"))),
    (0, b"AT&TFORM", _Kind(N_("DjVu document"), N_("{kind}: convert it to PDF"))),
    (0, b"%!PS", _Kind(N_("PostScript document"), N_("{kind}: convert it to PDF"))),
    (0, b"CAJ\0", _Kind(N_("CAJ document"), N_("{kind}: convert it to PDF"))),
    (0, b"HN\0\0", _Kind(N_("CAJ document"), N_("{kind}: convert it to PDF"))),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (0, b"!BDN", _Kind(N_("Outlook mailbox"), _MESSAGES)),
    (0, b"bplist00", _Kind(N_("property list or Safari web archive"), N_("{kind}: save the page as HTML"))),
    (0, b"PAR1", _Kind(N_("Parquet table"), N_("{kind}: export it as JSON lines or CSV"))),
    (0, b"ARROW1\0", _Kind(N_("Arrow table"), N_("{kind}: export it as JSON lines or CSV"))),
    (0, b"-----BEGIN ", _Kind(N_("key or certificate"))),
    (0, b"BEGIN:VCALENDAR", _Kind(N_("calendar"))),
    (0, b"BEGIN:VCARD", _Kind(N_("address book"))),
    (0, b"WEBVTT", _Kind(N_("subtitles"))),
    (0, b"filedesc://", _Kind(N_("ARC web archive"), N_("{kind}: convert it to WARC with warcio recompress"))),
)
_ZIP_DOCUMENTS = (  # by a name in the directory, or the media type, of a document that is a zip
    (b"xl/workbook", _Kind(N_("Excel workbook"), N_("{kind}: save it as CSV"))),
    (b"opendocument.spreadsheet", _Kind(N_("spreadsheet"), N_("{kind}: save it as CSV"))),
    (b"ppt/presentation", _Kind(N_("presentation"), N_("{kind}: save it as PDF"))),
    (b"opendocument.presentation", _Kind(N_("presentation"), N_("{kind}: save it as PDF"))),
    (b"opendocument.", _Kind(N_("OpenDocument drawing or formula"))),
)
_PORTABLE_EXECUTABLE = re.compile(rb"MZ.{58}(?P<header>.{2}\0\0)", re.DOTALL)
_SUFFIXES = {
    **dict.fromkeys((".srt", ".ass", ".ssa", ".vtt"), _Kind(N_("subtitles"))),
    ".log": _Kind(N_("log file")),
    ".ics": _Kind(N_("calendar")),
    ".vcf": _Kind(N_("address book")),
    ".sql": _Kind(N_("SQL dump"), N_("{kind}: export it as JSON lines or CSV")),
}
_XML_SUFFIXES = (".xml", ".rss", ".atom", ".enex")
_XML_ROOT = re.compile(
    r"\s*(?:<\?xml[^>]{0,500}>)?(?:\s|<!--.{0,5000}?-->|<!DOCTYPE[^<>\[]{0,500}>|<\?[^>]{0,500}>)*<([\w:.-]{1,60})",
    re.DOTALL,
)
_XML_START = re.compile(r"\s*<(?:\?xml\s|[\w:.-]{1,60}\s[^<>]{0,2000}?xmlns)")
_ENCODED_RUN = re.compile(r"[A-Za-z0-9+/=_-]{40,}|(?:[0-9A-Fa-f]{2,8}[ \t]+){15,}|M[ -`]{60}\n")
_MAX_ENCODED_SHARE = 0.5  # of the characters of a text
_SAMPLE_LENGTH = 200_000  # characters


def refuse_signature(data: bytes) -> None:
    """Raise ReadError if the data have the signature of a format that souwen does not read."""
    if data.startswith(b"PK\3\4"):
        for member, kind in _ZIP_DOCUMENTS:
            if member in data[:200] or member in data[-100_000:] or member in data[:100_000]:
                raise _refusal(kind)
    for offset, signature, kind in _SIGNATURES:
        if data.startswith(signature, offset):
            raise _refusal(kind)
    executable = _PORTABLE_EXECUTABLE.match(data)
    if executable and data.startswith(b"PE\0\0", int.from_bytes(executable["header"], "little")):
        raise _refusal(_PROGRAM)


def refuse_name(name: str, text: str) -> None:
    """Raise ReadError if a text in a file of this name, in lower case, is not an article."""
    base = name.rpartition("/")[2]
    suffix = base[base.rfind(".") :] if "." in base else ""
    if suffix in _SUFFIXES:
        raise _refusal(_SUFFIXES[suffix])
    if name.endswith(_XML_SUFFIXES):
        raise _unknown_xml(text)
    if is_other_file(name):
        raise ReadError(_("{suffix} file: not an article format").format(suffix=suffix or base))


def refuse_text(text: str) -> None:
    """Raise ReadError if a text is not prose: XML of another format, or encoded data."""
    if _XML_START.match(text):
        raise _unknown_xml(text)
    if _is_encoded(text[:_SAMPLE_LENGTH]):
        raise _refusal(_ENCODED)


def needs_extra(kind: str) -> ReadError:
    """Return the error for a file whose library is not installed. The next run reads the file again."""
    return ReadInterrupted(_("{kind}: install souwen[formats]").format(kind=kind))


def _unknown_xml(text: str) -> ReadError:
    root = _XML_ROOT.match(text)
    return ReadError(_("XML ({root}): not an article format").format(root=root[1] if root else "?"))


def _refusal(kind: _Kind) -> ReadError:
    return ReadError(_(kind.reason).format(kind=_(kind.name)))


def _is_encoded(text: str) -> bool:
    """Return whether most of a text is base64, hexadecimal digits or uuencoded data."""
    encoded = sum(len(match[0]) for match in _ENCODED_RUN.finditer(text) if not _is_word_or_address(match[0]))
    return encoded > 100 and encoded > _MAX_ENCODED_SHARE * len(text)


def _is_word_or_address(run: str) -> bool:
    """Return whether a run may be a rule, as in `------`, or a path in lower case."""
    return len(set(run)) < 12 or (run.islower() and not any(character.isdigit() for character in run))
