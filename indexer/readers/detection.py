"""Choose the reader of a file by its first characters, and by its name where these leave a choice."""

import os
from collections.abc import Iterator, Mapping
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
from . import delimited, epub, html, json, markdown, plain, seed
from .chunking import Chunk, Chunker
from .dates import date_in_file_name
from .decoding import DecodedText, ReplacedCharacters, decode, decode_as

ReadItem: TypeAlias = Article | ReplacedCharacters | ReadError
ReadItems: TypeAlias = Iterator[ReadItem]
"""The articles of a file, a ReadError for each part that is not an article, and first, if bytes of the file are
invalid, the number of characters that replace them."""

_START_LENGTH = 20_000  # characters that decide the format
# Any text is plain text, but files with these names are not articles.
_SKIPPED_SUFFIXES = tuple(
    ".css .js .mjs .map .svg .xml .rss .py .sh .log .ini .toml .yaml .yml .lock .srt .ics .vcf".split()
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
        if data.startswith(epub.SIGNATURE):
            items = _read_epub(_encodable(name), data, limits)
        else:
            decoded = decode(data)
            if decoded.replaced:
                yield ReplacedCharacters(decoded.replaced)
            items = _read_text(_encodable(name), decoded.text, len(data), mapping, limits)
        for item in items:
            yield item if isinstance(item, ReadError) else _check_length(_date_by_file_name(item, name), limits)
    except ReadError as error:
        yield error


def read_chunk(name: str, chunk: Chunk, mapping: Mapping[str, str] = {}, limits: Limits = DEFAULT_LIMITS) -> ReadItems:
    """Yield the articles in a chunk of a file. See `read`."""
    try:
        decoded = decode_as(chunk.data, chunk.encoding) if chunk.encoding else decode(chunk.data)
    except ReadError as error:
        yield ReadError(_("near line {line}: {error}").format(line=chunk.line_offset + 1, error=error))
        return
    if decoded.replaced:
        yield ReplacedCharacters(decoded.replaced)
    for item in chunk.read(_encodable(name), strip_invisible(decoded.text), mapping, chunk.line_offset):
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
    if data.startswith(epub.SIGNATURE):
        return False
    try:
        start = strip_invisible(decode(data).text).lstrip()[:_START_LENGTH]
    except ReadError:
        return True
    lower_name = name.lower()
    if seed.recognizes(start) or json.recognizes(lower_name, start) or delimited.recognizes(lower_name, start, mapping):
        return True
    return not (markdown.recognizes(lower_name, start) or html.recognizes(lower_name, start))


class ReadPlan(NamedTuple):
    """Plan for a large file: read it in chunks with `chunker`, or whole if it has at most `max_bytes`."""

    max_bytes: int
    chunker: Chunker | None = None


def plan_reading(name: str, start: bytes, limits: Limits = DEFAULT_LIMITS) -> ReadPlan:
    """Return how to read a file that begins with `start`, which must be long enough to show its encoding."""
    if start.startswith(epub.SIGNATURE):
        return ReadPlan(limits.whole_file_bytes)
    decoded = _decode_start(start)
    if not decoded:
        return ReadPlan(limits.article_bytes)
    text = strip_invisible(decoded.text)
    text_start = text.lstrip()[:_START_LENGTH]
    lower_name = name.lower()
    if seed.recognizes(text_start):
        return ReadPlan(limits.whole_file_bytes)
    if json.recognizes(lower_name, text_start):
        chunker = json.make_chunker(text)
    elif delimited.recognizes(lower_name, text_start, {}):
        chunker = delimited.make_chunker(text)
    else:
        return ReadPlan(limits.article_bytes)
    # In UTF-16 and UTF-32 the byte of a line end may be part of any character.
    is_wide = decoded.encoding.startswith(("utf-16", "utf-32"))
    return ReadPlan(limits.whole_file_bytes, None if is_wide else chunker)


def _decode_start(start: bytes) -> DecodedText | None:
    """Decode the start of a file, which may end inside a character.

    Try it up to its last line end first, then whole: UTF-16 has the byte of a line end in other characters, too.
    """
    for sample in (start[: start.rfind(b"\n") + 1] or start, start):
        with suppress(ReadError):
            return decode(sample)
    return None


def _read_epub(name: str, data: bytes, limits: Limits) -> Iterator[Article | ReadError]:
    if not epub.recognizes(data):
        raise _unsupported_format()
    return epub.read(name, data, limits)


def _read_text(
    name: str, text: str, size: int, mapping: Mapping[str, str], limits: Limits
) -> Iterator[Article | ReadError]:
    text = strip_invisible(text)  # before parsers replace the characters that they do not accept
    start = text.lstrip()[:_START_LENGTH]
    if not start:
        raise ReadError(_("the file is empty"))
    lower_name = name.lower()
    if seed.recognizes(start):
        return seed.read(name, text)
    if json.recognizes(lower_name, start):
        return json.read(name, text, mapping)
    if delimited.recognizes(lower_name, start, mapping):
        return delimited.read(name, text, mapping)
    if size > limits.article_bytes:
        raise _too_large(limits.article_bytes)
    if markdown.recognizes(lower_name, start):
        return markdown.read(name, text, mapping, limits)
    if lower_name.endswith(_SKIPPED_SUFFIXES):
        raise _unsupported_format()
    if html.recognizes(lower_name, start):
        return html.read(name, text, limits)
    return plain.read(name, text)


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


def _unsupported_format() -> ReadError:
    return ReadError(_("souwen does not support this file format"))
