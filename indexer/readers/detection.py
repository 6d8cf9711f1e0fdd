"""Which reader reads a file: what it begins with decides, its name where that leaves a choice."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ...analysis import Article, strip_invisible
from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import Interrupted, ReadError
from ..limits import DEFAULT_LIMITS, Limits
from . import delimited, epub, html, json, markdown, plain, seed
from .chunking import Cut, Piece
from .decoding import Decoded, Replaced, decode, decode_as

Found: TypeAlias = Iterator[Article | Replaced | ReadError]

_START = 20_000  # characters that tell the format
# Any text is plain text. These names say that it is none that people read as an article.
_NO_ARTICLES = tuple(
    ".css .js .mjs .map .svg .xml .rss .py .sh .log .ini .toml .yaml .yml .lock .srt .ics .vcf".split()
)


def read(name: str, data: bytes, mapping: Mapping[str, str] = {}, limits: Limits = DEFAULT_LIMITS) -> Found:
    """The articles in the bytes of a file, a ReadError for each part that is none, and before them, where not all bytes
    are text, how many characters stand for such bytes. `name` is its absolute path, or that of its archive, "!/" and
    its own in there. `mapping` gives fields of articles their keys in records. Raises UnknownField."""
    try:
        if len(data) > limits.records_bytes:
            raise _too_large(limits.records_bytes)
        if data.startswith(epub.MARK):
            articles = _book(_readable(name), data, limits)
        else:
            decoded = decode(data)
            if decoded.replaced:
                yield Replaced(decoded.replaced)
            articles = _read(_readable(name), decoded.text, len(data), mapping, limits)
        for found in articles:
            yield found if isinstance(found, ReadError) else _bounded(found, limits)
    except ReadError as error:
        yield error


def read_piece(name: str, piece: Piece, mapping: Mapping[str, str] = {}, limits: Limits = DEFAULT_LIMITS) -> Found:
    """The same of a piece of a file."""
    try:
        decoded = decode_as(piece.data, piece.encoding) if piece.encoding else decode(piece.data)
    except ReadError as error:
        yield ReadError(_("near line {line}: {error}").format(line=piece.missing + 1, error=error))
        return
    if decoded.replaced:
        yield Replaced(decoded.replaced)
    for found in piece.read(_readable(name), strip_invisible(decoded.text), mapping, piece.missing):
        yield found if isinstance(found, ReadError) else _bounded(found, limits)


def read_file(path: Path, mapping: Mapping[str, str] = {}) -> Found:
    """The same of a file."""
    try:
        if not path.is_file():
            raise ReadError(_("it is no regular file"))
        if path.stat().st_size > DEFAULT_LIMITS.records_bytes:
            raise _too_large(DEFAULT_LIMITS.records_bytes)
        # The absolute path, so that an article without an address is the same from wherever it is read.
        name = os.path.abspath(path)  # noqa: PTH100 - links stay as they are
        yield from read(name, path.read_bytes(), mapping)
    except ReadError as error:
        yield error
    except OSError as error:
        yield Interrupted(os_error_reason(error))


class Kind(NamedTuple):
    """How a large file is read: at once, where it has no more than `most` bytes, or in pieces."""

    most: int
    cut: Cut | None = None


def kind_of(name: str, start: bytes, limits: Limits = DEFAULT_LIMITS) -> Kind:
    """What kind a file is that begins with `start`, which are bytes enough to tell its encoding."""
    if start.startswith(epub.MARK):
        return Kind(limits.records_bytes)
    decoded = _decoded(start)
    if not decoded:
        return Kind(limits.article_bytes)
    text = strip_invisible(decoded.text)
    beginning = text.lstrip()[:_START]
    lower = name.lower()
    if seed.recognises(beginning):
        return Kind(limits.records_bytes)
    if json.recognises(lower, beginning):
        cut = json.cut(text)
    elif delimited.recognises(lower, beginning, {}):
        cut = delimited.cut(text)
    else:
        return Kind(limits.article_bytes)
    # In UTF-16 and UTF-32 the byte of a line end may be part of any character.
    return Kind(limits.records_bytes, None if decoded.encoding.startswith(("utf-16", "utf-32")) else cut)


def _decoded(start: bytes) -> Decoded | None:
    """A beginning that may end amid a character: up to a line end, or else whole, as UTF-16 has the byte of a line end
    in other characters, too."""
    for sample in (start[: start.rfind(b"\n") + 1] or start, start):
        with suppress(ReadError):
            return decode(sample)
    return None


def _book(name: str, data: bytes, limits: Limits) -> Iterator[Article | ReadError]:
    if not epub.recognises(data):
        raise ReadError(_("it is in no format that souwen reads"))
    return epub.read(name, data, limits)


def _read(name: str, text: str, size: int, mapping: Mapping[str, str], limits: Limits) -> Iterator[Article | ReadError]:
    text = strip_invisible(text)  # before parsers replace what they can't take
    start = text.lstrip()[:_START]
    if not start:
        raise ReadError(_("it is empty"))
    lower = name.lower()
    if seed.recognises(start):
        return seed.read(name, text)
    if json.recognises(lower, start):
        return json.read(name, text, mapping)
    if delimited.recognises(lower, start, mapping):
        return delimited.read(name, text, mapping)
    if size > limits.article_bytes:
        raise _too_large(limits.article_bytes)
    if markdown.recognises(lower, start):
        return markdown.read(name, text, mapping, limits)
    if lower.endswith(_NO_ARTICLES):
        raise ReadError(_("it is in no format that souwen reads"))
    if html.recognises(lower, start):
        return html.read(name, text, limits)
    return plain.read(name, text)


def _readable(name: str) -> str:
    """Bytes of a name that are no text become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _bounded(article: Article, limits: Limits) -> Article | ReadError:
    texts = (article.id, article.title, article.body, article.url, article.source, article.section, article.author)
    characters = sum(map(len, texts)) + len(article.lead)
    if characters <= limits.article_characters:
        return article
    return ReadError(
        _("it has {characters:,} characters, more than the {most:,} of an article").format(
            characters=characters, most=limits.article_characters
        )
    )


def _too_large(most: int) -> ReadError:
    return ReadError(_("it has more than {size} MB: divide it").format(size=most // 1000000))
