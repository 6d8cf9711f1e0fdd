"""Near-duplicate detection: finds reprints, articles that differ only in what editors change.

The test compares openings: the first 600 characters of two bodies, folded and reduced to letters and digits. Only the
opening counts, because an editor who shortens a story cuts its end, and because sites append text that is not part of
the story. Two articles are reprints of each other if their openings share

- at least half of their shingles (substrings of 14 letters and digits), and
- at least half of their numbers.

Shares are fractions of the smaller set. Nine tenths of the shingles are needed if the articles were published more than
three days apart, if they come from one source and were published more than twelve hours apart, or if a date is missing:
a source fills the same templates again and again. Texts that are too short to compare must be identical.

A *sketch* finds candidates among many articles: the shingles of the opening with the smallest hashes. It depends on the
article alone. After Broder, "On the resemblance and containment of documents", 1997.
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

SHINGLE_LENGTH = 14  # letters and digits
OPENING_LENGTH = 600  # characters of the body
MIN_OPENING_LETTERS = 100  # shorter openings are not compared; the whole texts must be identical
MIN_SHINGLE_OVERLAP, MIN_NUMBER_OVERLAP = 0.5, 0.5
MIN_SHINGLE_OVERLAP_FAR_APART = 0.9
MAX_TIME_APART, MAX_TIME_APART_IN_ONE_SOURCE = timedelta(days=3), timedelta(hours=12)
SKETCH_SIZE = 12  # values
SHARED_VALUES = 3  # sketch values that reprints have in common; measured in docs/benchmarks.md
_VALUE_LENGTH = 5  # base-85 characters of a sketch value, which encode 32 bits
_NON_LETTERS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")
_POWERS = np.array([pow(0x9E3779B97F4A7C15, SHINGLE_LENGTH - 1 - i, 1 << 64) for i in range(SHINGLE_LENGTH)], np.uint64)
_WHOLE_TEXT = "\x1e"  # prefix that marks a whole text; no shingle of letters contains it


class ArticleFingerprint:
    """The features of one article that decide if it is a reprint of another, computed at first use."""

    def __init__(self, article: Article) -> None:
        self._article = article

    @cached_property
    def _letters(self) -> str:
        """The letters and digits of the opening; empty if they are too few to compare."""
        letters = _NON_LETTERS.sub("", fold(self._article.body[:OPENING_LENGTH]))
        return letters if len(letters) >= MIN_OPENING_LETTERS else ""

    @cached_property
    def _whole_text(self) -> str:
        return "".join(fold(self._article.title + self._article.body).split())

    @cached_property
    def _shingles(self) -> Set[str]:
        letters = self._letters
        if letters:
            return {letters[start : start + SHINGLE_LENGTH] for start in range(len(letters) - SHINGLE_LENGTH + 1)}
        return {_WHOLE_TEXT + self._whole_text} if self._whole_text else set()

    @cached_property
    def _numbers(self) -> Set[str]:
        return set(_NUMBER.findall(self._letters))

    def is_reprint_of(self, other: "ArticleFingerprint") -> bool:
        """Return True if the two articles are reprints of each other; the relation is symmetric."""
        min_overlap = MIN_SHINGLE_OVERLAP if self._is_close_in_time(other) else MIN_SHINGLE_OVERLAP_FAR_APART
        return (
            bool(self._shingles and other._shingles)
            and _overlap(self._shingles, other._shingles) >= min_overlap
            and _overlap(self._numbers, other._numbers) >= MIN_NUMBER_OVERLAP
        )

    def _is_close_in_time(self, other: "ArticleFingerprint") -> bool:
        a, b = self._article, other._article
        max_apart = MAX_TIME_APART_IN_ONE_SOURCE if a.source == b.source else MAX_TIME_APART
        return a.published is not None and b.published is not None and abs(a.published - b.published) <= max_apart

    def sketch(self) -> tuple[str, ...]:
        """Return the values of the sketch; none for an article without text.

        Reprints have `SHARED_VALUES` of them in common, or all that they have if these are fewer.
        """
        if not self._letters:
            digest = blake2b(self._whole_text.encode("utf-8", "surrogatepass"), digest_size=4).digest()
            return (b85encode(digest).decode(),) if self._whole_text else ()
        # The smallest 64-bit hashes are chosen; their lower halves serve as the values.
        smallest = shingle_hashes(self._letters)[:SKETCH_SIZE].astype("<u4")
        return split_sketch(b85encode(smallest.tobytes()).decode())


def shingle_hashes(letters: str) -> NDArray[np.uint64]:
    """Return the distinct hashes of the shingles of a text, in ascending order."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    if len(codes) < SHINGLE_LENGTH:
        return codes[:0]
    hashes = sliding_window_view(codes, SHINGLE_LENGTH) @ _POWERS
    # The finalizer of SplitMix64, so that every bit depends on all others.
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    ascending = np.sort(hashes ^ (hashes >> np.uint64(31)))
    distinct: NDArray[np.uint64] = ascending[np.append(ascending[:-1] != ascending[1:], True)]
    return distinct  # equal to np.unique, in a third of the time


def split_sketch(values: str) -> tuple[str, ...]:
    """Return the values of a sketch that was stored as one concatenated string."""
    return tuple(values[start : start + _VALUE_LENGTH] for start in range(0, len(values), _VALUE_LENGTH))


def _overlap(a: Set[str], b: Set[str]) -> float:
    """Return the overlap coefficient |a ∩ b| / min(|a|, |b|); 1 if a set is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 1.0
