"""Reprints: articles that are the same but for what editors do to them.

Two articles are reprints of each other if at least half of the strings of 14 letters and digits that the opening of one
has stand in the opening of the other (of that with fewer strings; folded), and half of the numbers; or nine tenths of
the strings, where they are not known to have been published within three days, or, by one source, within twelve hours:
a source fills the same frames again and again. An opening is the first 600 characters of the body: who shortens a story
cuts its end, and what a site puts under its articles is not the story. Texts too short to tell must be the same
altogether.

A *sketch* finds them among many: the strings of the opening whose hashes are the least. It depends on the article
alone. After Broder, "On the resemblance and containment of documents", 1997.
"""

import re
from base64 import b85encode
from collections.abc import Set
from datetime import timedelta
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .article import Article
from .text.fold import fold

STRING = 14  # letters
OPENING = 600  # characters
SHORT = 100  # letters of an opening; with fewer the whole texts are compared
SHARE, SHARE_OF_NUMBERS = 0.5, 0.5
FAR, FAR_IN_ONE_SOURCE = timedelta(days=3), timedelta(hours=12)
SHARE_FROM_FAR = 0.9
VALUES = 12  # of a sketch
SHARED_VALUES = 3  # that reprints have in common; measured in docs/benchmarks.md
_VALUE = 5  # characters of a value, which stand for 32 bits
_NO_LETTERS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")
_POWERS = np.array([pow(0x9E3779B97F4A7C15, STRING - 1 - at, 1 << 64) for at in range(STRING)], np.uint64)
_WHOLE = "\x1e"  # begins what stands for a whole text; no string of letters has it


class ArticleFingerprint:
    """What of an article tells whether it is a reprint: read when it is asked for."""

    def __init__(self, article: Article) -> None:
        self._article = article

    @cached_property
    def _letters(self) -> str:
        letters = _NO_LETTERS.sub("", fold(self._article.body[:OPENING]))
        return letters if len(letters) >= SHORT else ""

    @cached_property
    def _whole(self) -> str:
        return "".join(fold(self._article.title + self._article.body).split())

    @cached_property
    def _strings(self) -> Set[str]:
        letters = self._letters
        if letters:
            return {letters[start : start + STRING] for start in range(len(letters) - STRING + 1)}
        return {_WHOLE + self._whole} if self._whole else set()

    @cached_property
    def _numbers(self) -> Set[str]:
        return set(_NUMBER.findall(self._letters))

    def is_reprint_of(self, other: "ArticleFingerprint") -> bool:
        share = SHARE if self._is_near(other) else SHARE_FROM_FAR
        return (
            bool(self._strings and other._strings)
            and _shared(self._strings, other._strings) >= share
            and _shared(self._numbers, other._numbers) >= SHARE_OF_NUMBERS
        )

    def _is_near(self, other: "ArticleFingerprint") -> bool:
        one, two = self._article, other._article
        far = FAR_IN_ONE_SOURCE if one.source == two.source else FAR
        return one.published is not None and two.published is not None and abs(one.published - two.published) <= far

    def sketch(self) -> tuple[str, ...]:
        """Its values; none of an article without text. Reprints have `SHARED_VALUES` of them in common, or all that
        they have, if these are fewer."""
        if not self._letters:
            digest = blake2b(self._whole.encode("utf-8", "surrogatepass"), digest_size=4).digest()
            return (b85encode(digest).decode(),) if self._whole else ()
        # The least by their whole are told apart by their lower halves.
        least = hashes(self._letters)[:VALUES].astype("<u4")
        return split_sketch(b85encode(least.tobytes()).decode())


def hashes(letters: str) -> NDArray[np.uint64]:
    """The hashes of the strings of a text, each once, rising."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    if len(codes) < STRING:
        return codes[:0]
    mixed = sliding_window_view(codes, STRING) @ _POWERS
    # As SplitMix64 ends, so that every bit depends on all.
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    rising = np.sort(mixed ^ (mixed >> np.uint64(31)))
    once: NDArray[np.uint64] = rising[np.append(rising[:-1] != rising[1:], True)]
    return once  # as np.unique gives them, in a third of the time


def split_sketch(values: str) -> tuple[str, ...]:
    """The values of a sketch that were put together in one text."""
    return tuple(values[at : at + _VALUE] for at in range(0, len(values), _VALUE))


def _shared(one: Set[str], other: Set[str]) -> float:
    """The share of the smaller set that the other has, too; of nothing all."""
    return len(one & other) / min(len(one), len(other)) if one and other else 1.0
