"""Long plain texts: a novel is divided into its chapters, any other text only where an article may not be longer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from ...analysis import Article
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title, is_boilerplate
from ..errors import ReadError
from ..limits import Limits
from . import plain

_MIN_LENGTH = 200_000  # characters; the longest Chinese law with chapters, the Civil Code, has 110,000
_MIN_CHAPTERS = 3
_MAX_PART_SHARE = 0.9  # of the longest article
_MAX_NAME_LENGTH = 40  # characters of the name of a novel
_MAX_NAME_LINES = 10  # lines before the first chapter that may name the novel and its author
_NUMBER = r"(?:正文[ \u3000]{0,3})?第[ \u3000]?[〇零一二三四五六七八九十百千万两\d０-９]{1,9}[ \u3000]?"
_HEADING = r"(?![。，、]).{0,40}(?<![。！？；，…：”」])"  # the rest of a line that is no sentence
_NAMED_CHAPTER = "楔子|序章|序幕|引子|前言|尾声|尾聲|终章|終章|后记|後記|番外"
_CHAPTER = re.compile(
    rf"{_NUMBER}[章回节節折幕话話]{_HEADING}"
    rf"|(?:{_NAMED_CHAPTER})(?:[ \u3000:：].{{0,40}}|[一二三四五六七八九十\d]{{0,3}})"
    r"|chapter[ \t]{1,3}(?:\d{1,5}|[IVXLC]{1,9})\b.{0,80}",
    re.IGNORECASE,
)
_VOLUME = re.compile(rf"(?:{_NUMBER}[卷部集篇]|卷[一二三四五六七八九十]{{1,3}}){_HEADING}")
_NAME = re.compile(r"《([^《》]{1,40})》|(?:书名|書名|小说名)[ \u3000]{0,9}[:：](.{1,40})")
_AUTHOR = re.compile(r"作[ \u3000]{0,9}者[ \u3000]{0,9}[:：](.{1,40})")


class _Chapter(NamedTuple):
    """A chapter. `line` is the number of its first line in the file."""

    heading: str
    volume: str
    line: int
    lines: list[str]


def recognizes(_name: str, start: str) -> bool:
    """Return whether the text has the heading of a chapter in its beginning."""
    return any(_CHAPTER.fullmatch(line.strip()) for line in start.split("\n"))


def read(path: str, text: str, limits: Limits) -> Iterator[Article | ReadError]:
    """Yield the chapters of a long text or, if it has none, its parts. Raises ReadError."""
    if len(text) >= _MIN_LENGTH:
        preface, chapters = _find_chapters(text)
        if len(chapters) >= _MIN_CHAPTERS:
            yield from _read_chapters(path, preface, chapters, limits)
            return
    for article in plain.read(path, text):
        yield from _divide(article, int(limits.article_characters * _MAX_PART_SHARE))


def _find_chapters(text: str) -> tuple[list[str], list[_Chapter]]:
    """Return the lines before the first chapter, and the chapters that have text.

    A heading without text is a line of the table of contents.
    """
    preface: list[str] = []
    chapters: list[_Chapter] = []
    volume = ""
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not stripped:
            continue
        if _CHAPTER.fullmatch(stripped):
            chapters.append(_Chapter(stripped, volume, number, []))
        elif _VOLUME.fullmatch(stripped):
            volume = stripped
        else:
            (chapters[-1].lines if chapters else preface).append(stripped)
    return preface, [chapter for chapter in chapters if chapter.lines]


def _read_chapters(
    path: str, preface: list[str], chapters: list[_Chapter], limits: Limits
) -> Iterator[Article | ReadError]:
    name, author = _find_name(path, preface)
    if body := "\n".join(clean_lines(preface)):
        yield Article(id=path, title=name, body=body, source=name, author=author, path=path)
    for chapter in chapters[: limits.book_chapters]:
        location = f"{path}:{chapter.line}"
        yield Article(
            id=location,
            title=clean_title(chapter.heading),
            body="\n".join(clean_lines(chapter.lines)),
            source=name,
            section=clean_title(chapter.volume),
            author=author,
            path=location,
        )
    if len(chapters) > limits.book_chapters:
        yield ReadError(_("the text has more than {limit:,} chapters").format(limit=limits.book_chapters))


def _find_name(path: str, preface: list[str]) -> tuple[str, str]:
    """Return the name of a novel and its author, from the lines before the first chapter or the name of the file."""
    lines = preface[:_MAX_NAME_LINES]
    matches = (match for line in lines if (match := _NAME.search(line)))
    names = [next(filter(None, match.groups())) for match in matches]
    stem = PurePath(path.rpartition("!/")[2]).stem
    first = next((line for line in lines if not is_boilerplate(line) and not _AUTHOR.search(line)), "")
    if not names and 0 < len(first) <= _MAX_NAME_LENGTH and first in stem:
        names = [first]
    authors = [match[1] for line in lines if (match := _AUTHOR.search(line))]
    return clean_title(names[0] if names else stem), clean_title(authors[0] if authors else "")


def _divide(article: Article, max_characters: int) -> Iterator[Article]:
    """Yield an article, or parts of whole lines if it is longer than an article may be."""
    if len(article.body) <= max_characters:
        yield article
        return
    parts: list[list[str]] = [[]]
    size = 0
    for line in article.body.split("\n"):
        if parts[-1] and size + len(line) > max_characters:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line) + 1
    yield replace(article, body="\n".join(parts[0]))
    for number, lines in enumerate(parts[1:], start=2):
        location = f"{article.path}#{number}"
        title = f"{article.title}（{number}）"
        yield replace(article, id=location, path=location, title=title, body="\n".join(lines))
