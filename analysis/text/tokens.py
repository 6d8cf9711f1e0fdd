"""The words of a text, in folded form and with their offsets.

Han runs go to the segmenter. Everything else (Latin, digits, kana, Hangul …) is cut here, so that `c++`, `.net`,
`iphone15`, `12%`, `17.0.3` and `covid-19` stay whole and their pieces can be found too.
"""

import operator
import re
from collections.abc import Iterator
from itertools import starmap
from typing import NamedTuple

from .numbers import expressions
from .segmenter import Segmenter

HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_ALNUM = rf"[^\W_{HAN}]"
_RUN = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|((?:(?<!{_ALNUM})\.(?=[a-z]))?{_ALNUM}+(?:[-.,'&_]{_ALNUM}+)*(?:\+\+|[#%+](?!{_ALNUM}))?)"
)
_HAN_RUN = re.compile(f"[{HAN}]+")
_PIECE = re.compile(r"\d+|[^\W\d_]+")
LONGEST_WORD = 64  # characters; a longer run (an address, encoded data) counts by its pieces only


_start_of = operator.attrgetter("start")
_new = tuple.__new__  # half the time of calling Word


class Token(NamedTuple):
    """A term and where it stands: `start` and `end` are offsets in the text. The term is the text there, or a
    spelling that should be found there too (1000 for 1,000, =09-28 for 9月28日)."""

    term: str
    start: int
    end: int


def words(folded: str, segmenter: Segmenter, phrases: re.Pattern[str] | None = None) -> list[Token]:
    """Every word of a folded text, in order; the words that a longer one is built from follow it. What `phrases` match
    are words too."""
    found: list[Token] = []
    if phrases is not None:
        found += (Token(phrase.group(), *phrase.span()) for phrase in phrases.finditer(folded))
    found += starmap(Token, expressions(folded))
    has_more = bool(found)
    for run in _RUN.finditer(folded):
        if run["han"]:
            _add_han_words(found, run.group(), run.start(), segmenter)
        else:
            found += _other_words(run.group(), run.start())
    if has_more:
        found.sort(key=_start_of)  # of those that begin together, phrases, dates and numbers stay first
    return found


def terms(folded: str, segmenter: Segmenter, phrases: re.Pattern[str] | None = None) -> list[str]:
    """The terms of `words`, in another order and without their places: all that an index needs, in half the time."""
    found: list[str] = []
    if phrases is not None:
        found += (phrase.group() for phrase in phrases.finditer(folded))
    found += [term for term, _, _ in expressions(folded)]
    for han, other in _RUN.findall(folded):
        if han:
            cut = segmenter.cut(han)
            found += cut
            for word in cut:
                if len(word) > 2:
                    found += [word[low:high] for low, high in segmenter.parts(word)]
        elif len(other) <= LONGEST_WORD and (other.isalpha() or other.isdigit()):
            found.append(other)  # as most are
        else:
            found += [word.term for word in _other_words(other, 0)]
    return found


def han_runs(folded: str) -> list[str]:
    """What of a folded text the segmenter cuts."""
    return _HAN_RUN.findall(folded)


def _add_han_words(found: list[Token], run: str, offset: int, segmenter: Segmenter) -> None:
    """The words of a run of Han characters."""
    for word in segmenter.cut(run):
        size = len(word)
        end = offset + size
        found.append(_new(Token, (word, offset, end)))
        if size > 2:
            found += [Token(word[low:high], offset + low, offset + high) for low, high in segmenter.parts(word)]
        offset = end


def _other_words(run: str, offset: int) -> Iterator[Token]:
    if len(run) <= LONGEST_WORD:
        yield Token(run, offset, offset + len(run))
    if run.isalpha() or run.isdigit():
        if len(run) > LONGEST_WORD:
            yield Token(run[:LONGEST_WORD], offset, offset + LONGEST_WORD)
        return
    for piece in _PIECE.finditer(run):
        if piece.group() != run:
            yield Token(piece.group()[:LONGEST_WORD], offset + piece.start(), offset + piece.end())
    if "," in run and run.replace(",", "").isdigit():
        yield Token(run.replace(",", "")[:LONGEST_WORD], offset, offset + len(run))
