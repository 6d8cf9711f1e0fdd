"""Choose the reader of a file by its first characters, and by its name where these leave a choice."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import ReadError, ReadInterrupted
from ..limits import DEFAULT_LIMITS, Limits
from ..publishers import find_publisher
from . import (
    delimited,
    docx,
    enex,
    epub,
    feeds,
    html,
    json,
    json_feed,
    mail,
    markdown,
    mbox,
    mediawiki,
    mhtml,
    novel,
    odt,
    pdf,
    rtf,
    seed,
    telegram,
    warc,
)
from .chunking import Chunk, Chunker
from .dates import date_in_file_name
from .decoding import DecodedText, ReplacedCharacters, decode, decode_as
from .file_names import add_missing_title
from .refusal import refuse_name, refuse_signature, refuse_text

ReadItem: TypeAlias = Article | ReplacedCharacters | ReadError
ReadItems: TypeAlias = Iterator[ReadItem]
"""The articles of a file, a ReadError for each part that is not an article, and first, if bytes of the file are
invalid, the number of characters that replace them."""

_START_LENGTH = 20_000  # characters that decide the format


class _BinaryFormat(NamedTuple):
    """A format that is detected and read as bytes.

    Attributes:
        label: Name of the format.
        recognizes: Takes the name in lower case and the first bytes of a file, or all of them.
        read: Takes the path, the bytes and limits.
        make_chunker: Takes the first bytes. None if the format is read whole.
    """

    label: str
    recognizes: Callable[[str, bytes], bool]
    read: Callable[[str, bytes, Limits], Iterator[Article | ReadError]]
    make_chunker: Callable[[bytes], Chunker | None] = lambda _start: None


class _TextFormat(NamedTuple):
    """A format that is detected and read as text.

    Attributes:
        label: Name of the format.
        recognizes: Takes the name in lower case, the first characters and a mapping.
        read: Takes the path, the text, a mapping and limits.
        make_chunker: Takes the first characters. Returns None if the file is read whole.
        has_many: Whether a file may hold many articles, so that it may be larger than one.
        is_simple: Whether the reader uses no markup library.
    """

    label: str
    recognizes: Callable[[str, str, Mapping[str, str]], bool]
    read: Callable[[str, str, Mapping[str, str], Limits], Iterator[Article | ReadError]]
    make_chunker: Callable[[str], Chunker | None] = lambda _start: None
    has_many: bool = False
    is_simple: bool = False


def _by_start(recognizes: Callable[[str, str], bool]) -> Callable[[str, str, Mapping[str, str]], bool]:
    """Return a function that takes a mapping, too, and does not use it."""
    return lambda name, start, _mapping: recognizes(name, start)


# The first format that recognizes a file reads it.
_BINARY_FORMATS = (
    _BinaryFormat("EPUB", lambda _name, data: epub.recognizes(data), epub.read),
    _BinaryFormat("DOCX", docx.recognizes, docx.read),
    _BinaryFormat("ODT", odt.recognizes, odt.read),
    _BinaryFormat("PDF", pdf.recognizes, pdf.read),
    _BinaryFormat("RTF", rtf.recognizes, rtf.read),
    _BinaryFormat("MHTML", mhtml.recognizes, mhtml.read),
    _BinaryFormat("mail", mail.recognizes, mail.read),
    _BinaryFormat("mbox", mbox.recognizes, mbox.read, mbox.make_chunker),
    _BinaryFormat("WARC", warc.recognizes, warc.read),
)
_RECORD_FORMATS = (
    _TextFormat(
        "seed",
        lambda _name, start, _mapping: seed.recognizes(start),
        lambda path, text, _mapping, _limits: seed.read(path, text),
        has_many=True,
        is_simple=True,
    ),
    _TextFormat("feed", _by_start(feeds.recognizes), feeds.read, feeds.make_chunker, has_many=True),
    _TextFormat("MediaWiki", _by_start(mediawiki.recognizes), mediawiki.read, mediawiki.make_chunker, has_many=True),
    _TextFormat("ENEX", _by_start(enex.recognizes), enex.read, enex.make_chunker, has_many=True),
    _TextFormat(
        "JSON Feed",
        _by_start(json_feed.recognizes),
        json_feed.read,
        has_many=True,
    ),
    _TextFormat(
        "JSON",
        _by_start(json.recognizes),
        lambda path, text, mapping, _limits: json.read(path, text, mapping),
        json.make_chunker,
        has_many=True,
        is_simple=True,
    ),
    _TextFormat(
        "CSV",
        delimited.recognizes,
        lambda path, text, mapping, _limits: delimited.read(path, text, mapping),
        delimited.make_chunker,
        has_many=True,
        is_simple=True,
    ),
    _TextFormat("Markdown", _by_start(markdown.recognizes), markdown.read),
)
# Names of files without articles are refused before these formats.
_PAGE_FORMATS = (
    _TextFormat("Telegram", _by_start(telegram.recognizes), telegram.read, has_many=True),
    _TextFormat(
        "HTML",
        _by_start(html.recognizes),
        lambda path, text, _mapping, limits: html.read(path, text, limits),
    ),
)
_TEXT_FORMATS = (
    _TextFormat(
        "novel",
        _by_start(novel.recognizes),
        lambda path, text, _mapping, limits: novel.read(path, text, limits),
        has_many=True,
        is_simple=True,
    ),
    _TextFormat(
        "text",
        lambda _name, _start, _mapping: True,
        lambda path, text, _mapping, limits: novel.read(path, text, limits),
        is_simple=True,
    ),
)


def read(name: str, data: bytes, mapping: Mapping[str, str] = {}, limits: Limits = DEFAULT_LIMITS) -> ReadItems:
    """Yield the articles in the bytes of a file.

    `name` is the absolute path of the file; for a member, the path of the archive, "!/" and the path in the archive.
    `mapping` maps fields of articles to keys of records.

    Raises:
        UnknownField: `mapping` names a field that articles do not have.
    """
    try:
        if len(data) > limits.whole_file_bytes:
            raise _too_large(limits.whole_file_bytes)
        if binary_format := _find_binary_format(name, data):
            items = binary_format.read(_encodable(name), data, limits)
        else:
            refuse_signature(data)
            decoded = decode(data)
            if decoded.replaced:
                yield ReplacedCharacters(decoded.replaced)
            items = _read_text(_encodable(name), decoded.text, len(data), mapping, limits)
        for item in items:
            if not isinstance(item, ReadError):
                item = _check_length(_date_by_file_name(add_missing_title(item, name), name), limits)
            yield item
    except ReadError as error:
        yield error


def read_chunk(name: str, chunk: Chunk, mapping: Mapping[str, str] = {}, limits: Limits = DEFAULT_LIMITS) -> ReadItems:
    """Yield the articles in a chunk of a file. See `read`."""
    content: str | bytes = chunk.data
    if not chunk.is_binary:
        try:
            decoded = decode_as(chunk.data, chunk.encoding) if chunk.encoding else decode(chunk.data)
        except ReadError as error:
            yield ReadError(_("near line {line}: {error}").format(line=chunk.line_offset + 1, error=error))
            return
        if decoded.replaced:
            yield ReplacedCharacters(decoded.replaced)
        content = strip_invisible(decoded.text)
    for item in chunk.read(_encodable(name), content, mapping, chunk.line_offset):
        yield item if isinstance(item, ReadError) else _check_length(item, limits)


def read_file(path: Path, mapping: Mapping[str, str] = {}) -> ReadItems:
    """Yield the articles in a file. See `read`."""
    try:
        if not path.is_file():
            raise ReadError(_("this is not a regular file"))
        if path.stat().st_size > DEFAULT_LIMITS.whole_file_bytes:
            raise _too_large(DEFAULT_LIMITS.whole_file_bytes)
        # The absolute path gives an article without an address the same id from any working directory.
        name = os.path.abspath(path)  # noqa: PTH100 - symbolic links stay unresolved
        yield from read(name, path.read_bytes(), mapping)
    except ReadError as error:
        yield error
    except OSError as error:
        yield ReadInterrupted(os_error_reason(error))


def has_simple_format(name: str, data: bytes, mapping: Mapping[str, str] = {}) -> bool:
    """Return whether the file has a format whose reader uses no markup or archive library, or none."""
    if _find_binary_format(name, data):
        return False
    try:
        refuse_signature(data)
        start = strip_invisible(decode(data).text).lstrip()[:_START_LENGTH]
        return _find_text_format(name, start, mapping).is_simple
    except ReadError:
        return True


def _find_binary_format(name: str, start: bytes) -> _BinaryFormat | None:
    lower_name = name.lower()
    return next((known for known in _BINARY_FORMATS if known.recognizes(lower_name, start)), None)


def _find_text_format(name: str, start: str, mapping: Mapping[str, str]) -> _TextFormat:
    """Return the format of a text. Raises ReadError if files of this name or kind are not articles."""
    lower_name = name.lower()
    for known in _RECORD_FORMATS:
        if known.recognizes(lower_name, start, mapping):
            return known
    refuse_name(lower_name, start)
    for known in _PAGE_FORMATS:
        if known.recognizes(lower_name, start, mapping):
            return known
    refuse_text(start)
    return next(known for known in _TEXT_FORMATS if known.recognizes(lower_name, start, mapping))


class ReadPlan(NamedTuple):
    """Plan for a large file: read it in chunks with `chunker`, or whole if it has at most `max_bytes`."""

    max_bytes: int
    chunker: Chunker | None = None


def plan_reading(name: str, start: bytes, limits: Limits = DEFAULT_LIMITS) -> ReadPlan:
    """Return how to read a file that begins with `start`, which must be long enough to show its encoding."""
    if binary_format := _find_binary_format(name, start):
        return ReadPlan(limits.whole_file_bytes, binary_format.make_chunker(start))
    decoded = _decode_start(start)
    if not decoded:
        return ReadPlan(limits.article_bytes)
    text = strip_invisible(decoded.text)
    try:
        text_format = _find_text_format(name, text.lstrip()[:_START_LENGTH], {})
    except ReadError:  # `read` reports it
        return ReadPlan(limits.article_bytes)
    # In UTF-16 and UTF-32 the byte of a line end may be part of any character.
    is_wide = decoded.encoding.startswith(("utf-16", "utf-32"))
    chunker = None if is_wide else text_format.make_chunker(text)
    return ReadPlan(limits.whole_file_bytes if text_format.has_many else limits.article_bytes, chunker)


def _decode_start(start: bytes) -> DecodedText | None:
    """Decode the start of a file, which may end inside a character.

    Try it up to its last line end first, then whole: UTF-16 has the byte of a line end in other characters, too.
    """
    for sample in (start[: start.rfind(b"\n") + 1] or start, start):
        with suppress(ReadError):
            return decode(sample)
    return None


def _read_text(
    name: str, text: str, size: int, mapping: Mapping[str, str], limits: Limits
) -> Iterator[Article | ReadError]:
    text = strip_invisible(text)  # before parsers replace the characters that they do not accept
    start = text.lstrip()[:_START_LENGTH]
    if not start:
        raise ReadError(_("the file is empty"))
    text_format = _find_text_format(name, start, mapping)
    if size > limits.article_bytes and not text_format.has_many:
        raise _too_large(limits.article_bytes)
    return text_format.read(name, text, mapping, limits)


def _encodable(name: str) -> str:
    """Replace bytes of a name that could not be decoded by question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _date_by_file_name(article: Article, name: str) -> Article:
    """Return the article with the date in the file's name, if it has none of its own and is all of the file."""
    if article.published or article.path != _encodable(name):
        return article
    return replace(article, published=date_in_file_name(name, find_publisher(article.url)))


def _check_length(article: Article, limits: Limits) -> Article | ReadError:
    """Return the article, or a ReadError if it is too long."""
    texts = (article.id, article.title, article.body, article.url, article.source, article.section, article.author)
    characters = sum(map(len, texts)) + len(article.lead)
    if characters <= limits.article_characters:
        return article
    return ReadError(
        _("the article has {characters:,} characters, more than {limit:,}").format(
            characters=characters, limit=limits.article_characters
        )
    )


def _too_large(limit: int) -> ReadError:
    return ReadError(_("the file is larger than {size} MB: divide it").format(size=limit // 1000000))
