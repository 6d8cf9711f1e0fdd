"""Tokenization: the words of a folded text, with their offsets.

The segmenter cuts runs of Han characters. Everything else (Latin, digits, kana, Hangul …) is cut here, so that `c++`,
`.net`, `iphone15`, `12%`, `17.0.3` and `covid-19` stay whole and their pieces can be found too.
"""

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import starmap
from types import MappingProxyType
from typing import NamedTuple

from .numbers import canonical_numbers
from .segmenter import Segmenter

HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
OTHER_LETTER = rf"[^\W_{HAN}]"  # a letter or digit that is not Han
_RUN = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|((?:(?<!{OTHER_LETTER})\.(?=[a-z]))?{OTHER_LETTER}+(?:[-.,'&_]{OTHER_LETTER}+)*"
    rf"(?:\+\+|[#%+](?!{OTHER_LETTER}))?)"
)
_HAN_RUN = re.compile(f"[{HAN}]+")
_PIECE = re.compile(r"\d+|[^\W\d_]+")
MAX_WORD_LENGTH = 64  # characters; a longer run (a URL, encoded data) is indexed by its pieces only

_start_of = operator.attrgetter("start")
_new_tuple = tuple.__new__  # half the time of calling Token


class Token(NamedTuple):
    """A term and its range: `start` and `end` are offsets in the text.

    The term is the text in that range, or another spelling of it (1000 for 1,000, =09-28 for 9月28日).
    """

    term: str
    start: int
    end: int


def tokenize(
    folded: str,
    segmenter: Segmenter,
    phrases: re.Pattern[str] | None = None,
    spaced_runs: Mapping[int, list[str]] = MappingProxyType({}),
) -> list[Token]:
    """Return the tokens of a folded text, in order; the words that compose a longer word follow it.

    Matches of `phrases` are tokens too. `spaced_runs` maps the start of a run of Han characters to the pieces that it
    has in print. The words of these pieces are tokens, before those of the run: a space may separate words after all.
    """
    tokens: list[Token] = []
    if phrases is not None:
        tokens += (Token(phrase.group(), *phrase.span()) for phrase in phrases.finditer(folded))
    tokens += starmap(Token, canonical_numbers(folded))
    needs_sorting = bool(tokens)
    for run in _RUN.finditer(folded):
        if run["han"]:
            if pieces := spaced_runs.get(run.start()):
                tokens += (
                    Token(term, run.start() + start, run.start() + end)
                    for term, start, end in _piece_tokens(pieces, segmenter)
                )
                needs_sorting = True
            _add_han_tokens(tokens, run.group(), run.start(), segmenter)
        else:
            tokens += _other_tokens(run.group(), run.start())
    if needs_sorting:
        tokens.sort(key=_start_of)  # stable: of tokens with one start, phrases, dates, numbers, pieces stay first
    return tokens


def index_terms(
    folded: str,
    segmenter: Segmenter,
    phrases: re.Pattern[str] | None = None,
    spaced_runs: Iterable[list[str]] = (),
) -> list[str]:
    """Return the terms of `tokenize`, in another order and without offsets.

    An index needs no more, and this takes half the time.
    """
    terms = [token.term for pieces in spaced_runs for token in _piece_tokens(pieces, segmenter)]
    if phrases is not None:
        terms += (phrase.group() for phrase in phrases.finditer(folded))
    terms += [term for term, _, _ in canonical_numbers(folded)]
    for han, other in _RUN.findall(folded):
        if han:
            words = segmenter.cut(han)
            terms += words
            for word in words:
                if len(word) > 2:
                    terms += [word[low:high] for low, high in segmenter.subwords(word)]
        elif len(other) <= MAX_WORD_LENGTH and (other.isalpha() or other.isdigit()):
            terms.append(other)  # the most frequent case
        else:
            terms += [token.term for token in _other_tokens(other, 0)]
    return terms


def han_runs(folded: str) -> list[str]:
    """Return the runs of Han characters, which the segmenter cuts."""
    return _HAN_RUN.findall(folded)


def _add_han_tokens(tokens: list[Token], run: str, offset: int, segmenter: Segmenter) -> None:
    """Append the tokens of a run of Han characters to `tokens`."""
    for word in segmenter.cut(run):
        size = len(word)
        end = offset + size
        tokens.append(_new_tuple(Token, (word, offset, end)))
        if size > 2:
            tokens += [Token(word[low:high], offset + low, offset + high) for low, high in segmenter.subwords(word)]
        offset = end


def _piece_tokens(pieces: list[str], segmenter: Segmenter) -> Iterator[Token]:
    """Yield the words of pieces that the run of all pieces lacks, with offsets in the run.

    Single characters are left out: the pieces of a word are no words.
    """
    run_tokens: list[Token] = []
    _add_han_tokens(run_tokens, "".join(pieces), 0, segmenter)
    known = set(run_tokens)
    offset = 0
    for piece in pieces:
        tokens: list[Token] = []
        if len(piece) > 1:
            _add_han_tokens(tokens, piece, offset, segmenter)
        yield from (token for token in tokens if len(token.term) > 1 and token not in known)
        offset += len(piece)


def _other_tokens(run: str, offset: int) -> Iterator[Token]:
    """Yield the tokens of a run of other characters: the run, its pieces, and its digits without commas."""
    if len(run) <= MAX_WORD_LENGTH:
        yield Token(run, offset, offset + len(run))
    if run.isalpha() or run.isdigit():
        if len(run) > MAX_WORD_LENGTH:
            yield Token(run[:MAX_WORD_LENGTH], offset, offset + MAX_WORD_LENGTH)
        return
    for piece in _PIECE.finditer(run):
        if piece.group() != run:
            yield Token(piece.group()[:MAX_WORD_LENGTH], offset + piece.start(), offset + piece.end())
    if "," in run and run.replace(",", "").isdigit():
        yield Token(run.replace(",", "")[:MAX_WORD_LENGTH], offset, offset + len(run))
