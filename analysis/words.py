"""The words of a text, in folded form and with their offsets.

Han runs go to the segmenter. Everything else (Latin, digits, kana, Hangul …) is cut here, so that `c++`, `.net`,
`iphone15`, `12%`, `17.0.3` and `covid-19` stay whole and their pieces can be found too.
"""

import heapq
import itertools
import operator
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .expressions import expressions
from .segment import Segmenter

HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_ALNUM = rf"[^\W_{HAN}]"
_RUN = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|(?:(?<!{_ALNUM})\.(?=[a-z]))?{_ALNUM}+(?:[-.,'&_]{_ALNUM}+)*(?:\+\+|[#%+](?!{_ALNUM}))?"
)
_PIECE = re.compile(r"\d+|[^\W\d_]+")
LONGEST_WORD = 64  # characters; a longer run (an address, encoded data) counts by its pieces only


_start_of = operator.attrgetter("start")


class Word(NamedTuple):
    """A term and where it stands: `start` and `end` are offsets in the text. The term is the text there, or a
    spelling that should be found there too (1000 for 1,000, =09-28 for 9月28日)."""

    term: str
    start: int
    end: int


def words(folded: str, segmenter: Segmenter, phrases: re.Pattern[str] | None = None) -> Iterator[Word]:
    """Every word of a folded text, in order; the words that a longer one is built from follow it. What `phrases` match
    are words too."""
    sources: list[Iterable[Word]] = [itertools.starmap(Word, expressions(folded)), _plain_words(folded, segmenter)]
    if phrases is not None:
        sources.insert(0, (Word(found.group(), *found.span()) for found in phrases.finditer(folded)))
    return heapq.merge(*sources, key=_start_of)


def _plain_words(folded: str, segmenter: Segmenter) -> Iterator[Word]:
    for run in _RUN.finditer(folded):
        if run["han"]:
            yield from _han_words(run.group(), run.start(), segmenter)
        else:
            yield from _other_words(run.group(), run.start())


def _han_words(run: str, offset: int, segmenter: Segmenter) -> Iterator[Word]:
    for word in segmenter.cut(run):
        end = offset + len(word)
        yield Word(word, offset, end)
        if len(word) > 2:
            for low, high in segmenter.parts(word):
                yield Word(word[low:high], offset + low, offset + high)
        offset = end


def _other_words(run: str, offset: int) -> Iterator[Word]:
    if len(run) <= LONGEST_WORD:
        yield Word(run, offset, offset + len(run))
    if run.isalpha() or run.isdigit():
        if len(run) > LONGEST_WORD:
            yield Word(run[:LONGEST_WORD], offset, offset + LONGEST_WORD)
        return
    for piece in _PIECE.finditer(run):
        if piece.group() != run:
            yield Word(piece.group()[:LONGEST_WORD], offset + piece.start(), offset + piece.end())
    if "," in run and run.replace(",", "").isdigit():
        yield Word(run.replace(",", "")[:LONGEST_WORD], offset, offset + len(run))
