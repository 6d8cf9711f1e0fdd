"""Mail: a message is an article, with its text, the messages in it and the names of its attachments."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from typing import TypeAlias

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError
from ..limits import Limits
from ..publishers import Publisher
from .dates import parse_date
from .decoding import decode
from .html_text import html_to_lines
from .records import no_text_error

Mail: TypeAlias = "Message[str, str]"

_SUFFIXES = (".eml", ".emlx", ".mail")
_HEADER = re.compile(rb"([!-9;-~]{1,60}):[ \t]?[^\r\n]*(?:\r?\n[ \t][^\r\n]*){0,200}(?:\r?\n|$)")
_APPLE_LENGTH = re.compile(rb"\s{0,9}\d{1,10}\s{0,9}\n(?=[!-9;-~]{1,60}:)")  # the first line of an .emlx file
_NAMES = frozenset(
    b"""
    bcc cc content-transfer-encoding content-type date delivered-to dkim-signature from in-reply-to list-id message-id
    mime-version received references reply-to return-path sender subject to x-mailer x-mozilla-status x-received
    """.split()
)
_DISTINCTIVE_NAMES = frozenset(b"content-type delivered-to from message-id mime-version received return-path".split())
_MAX_HEADERS = 20  # that are looked at to recognize a mail
_MIN_NAMES = 2
_MAX_DEPTH = 20  # of parts in parts
_MAX_PLAIN_SHARE = 2  # an HTML part that is this many times as long has text that the plain part lacks
_QUOTE = re.compile(r">*")
_SIGNATURE = "-- "


def recognizes(name: str, start: bytes) -> bool:
    """Return whether a file begins with headers of a mail; one is enough where the name has a suffix of the format."""
    match = _APPLE_LENGTH.match(start) if name.endswith(".emlx") else None
    position = match.end() if match else len(start) - len(start.lstrip())
    names: list[bytes] = []
    while (header := _HEADER.match(start, position)) and len(names) < _MAX_HEADERS:
        names.append(header[1].lower())
        position = header.end()
    known = _NAMES.intersection(names)
    return len(known) >= (1 if name.endswith(_SUFFIXES) else _MIN_NAMES) and bool(_DISTINCTIVE_NAMES & known)


def read(path: str, data: bytes, _limits: Limits) -> Iterator[Article]:
    """Yield the article of a mail. Raises ReadError."""
    match = _APPLE_LENGTH.match(data)
    yield make_article(parse(data[match.end() :] if match else data.lstrip()), path, path)


def parse(data: bytes) -> Mail:
    """Return the message in the data. Raises ReadError."""
    try:
        return message_from_bytes(data)
    except (MessageError, LookupError, RecursionError, ValueError, AttributeError) as error:
        raise damaged_error(error) from error


def damaged_error(error: Exception) -> ReadError:
    """Return the error for a mail that the library cannot parse."""
    return ReadError(_("the mail is damaged: {reason}").format(reason=strip_invisible(str(error))[:200]))


def make_article(message: Mail, location: str, default_id: str) -> Article:
    """Return the article of a message. Raises ReadError."""
    title = clean_title(header_text(message, "Subject"))
    body = "\n".join(clean_lines(_part_lines(message, 0)))
    if not title and not body:
        raise no_text_error()
    name, address = parseaddr(header_text(message, "From"))
    list_name, _list_address = parseaddr(header_text(message, "List-Id"))
    return Article(
        id=strip_invisible(header_text(message, "Message-ID")).strip(" \t\r\n<>") or default_id,
        title=title,
        body=body,
        published=parse_date(header_text(message, "Date").strip(), Publisher("")),
        source=" ".join(strip_invisible(list_name).split()),
        author=" ".join(strip_invisible(name or address).split()),
        path=location,
    )


def header_text(message: Mail, name: str) -> str:
    """Return the decoded value of a header, or ""."""
    # `raw_items` keeps bytes that are no ASCII; `get` would replace them.
    raw_values = (str(value) for header, value in message.raw_items() if header.lower() == name.lower())
    value = "".join(next(raw_values, "").splitlines())
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError):
        chunks = [(value, None)]
    return "".join(_decode_chunk(chunk, charset) for chunk, charset in chunks)


def _decode_chunk(chunk: bytes | str, charset: str | None) -> str:
    """Decode a part of a header. Headers of old programs have bytes in an encoding that they do not declare."""
    data = chunk.encode("ascii", "surrogateescape") if isinstance(chunk, str) and _is_ascii_or_bytes(chunk) else chunk
    return data if isinstance(data, str) else decode_text(data, charset or "")


def _is_ascii_or_bytes(text: str) -> bool:
    return all(character < "\x80" or "\udc80" <= character <= "\udcff" for character in text)


def decode_text(data: bytes, declared: str) -> str:
    """Decode a part of a mail in the declared encoding or, if that does not fit, by its content."""
    try:
        return decode(data, declared).text
    except ReadError:
        return data.decode("utf-8", "replace")


def part_text(part: Mail) -> str:
    """Return the text of a part, decoded and without line ends of Windows."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return decode_text(data, part.get_content_charset() or "").replace("\r\n", "\n")


def _part_lines(part: Mail, depth: int) -> list[str]:
    """Return the lines of a part and of the parts in it. An attachment is its name."""
    if depth > _MAX_DEPTH:
        return []
    subtype = part.get_content_subtype()
    if part.is_multipart():
        parts = [child for child in part.get_payload() if isinstance(child, Message)]
        lines = [_part_lines(child, depth + 1) for child in parts]
        if part.get_content_maintype() == "message":
            subjects = [header_text(child, name) for child in parts for name in ("Subject", "From")]
            return [*subjects, *(line for child in lines for line in child)]
        if subtype == "alternative":
            return _choose(parts, lines)
        return [line for child in lines for line in child]
    filename = part.get_filename()
    if filename or part.get_content_disposition() == "attachment":
        return [_file_name(part)]
    if part.get_content_maintype() != "text":
        return []
    text = part_text(part)
    if subtype == "html":
        return html_to_lines(strip_invisible(text))
    if part.get_param("format", "") == "flowed":
        return _unflow(text, deletes_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text.split("\n")


def _file_name(part: Mail) -> str:
    """Return the name of an attachment, which may be an encoded word although the standard forbids it."""
    name = part.get_filename() or ""
    try:
        return "".join(_decode_chunk(chunk, charset) for chunk, charset in decode_header(name))
    except (HeaderParseError, ValueError):
        return name


def _choose(parts: list[Mail], lines: list[list[str]]) -> list[str]:
    """Return the lines of the plain alternative or, if it only announces another one, of that."""
    sizes = [len("".join("".join(alternative).split())) for alternative in lines]
    plain = next((i for i, part in enumerate(parts) if part.get_content_type() == "text/plain"), None)
    longest = max(range(len(parts)), key=sizes.__getitem__, default=None)
    if longest is None:
        return []
    if plain is not None and sizes[plain] * _MAX_PLAIN_SHARE >= sizes[longest]:
        return lines[plain]
    return lines[longest]


def _unflow(text: str, *, deletes_space: bool) -> list[str]:
    """Join the lines that a mail program broke, as RFC 3676 describes: a line with a space at its end goes on."""
    lines: list[str] = []
    quote = None  # the quotation marks of the line that goes on
    for line in text.split("\n"):
        match = _QUOTE.match(line)
        depth = match[0] if match else ""
        content = line[len(depth) :].removeprefix(" ")
        if quote == depth and lines and line != _SIGNATURE:
            lines[-1] += content
        else:
            lines.append(f"{depth} {content}" if depth else content)
        goes_on = content.endswith(" ") and content != _SIGNATURE
        quote = depth if goes_on else None
        if goes_on and deletes_space:
            lines[-1] = lines[-1][:-1]
    return lines
