"""Evaluates a request over one segment of an index, a whole posting list at a time.

Sets of articles are boolean arrays of the segment's size, scores are float arrays of that size.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .clauses import (
    All,
    AnyOf,
    AtLeast,
    Clause,
    Contains,
    Days,
    Has,
    IndexedField,
    Keyword,
    KeywordField,
    Not,
    Stream,
    TextField,
    Weighted,
)
from .grams import pair_cover

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Scores = NDArray[np.float64]

# BM25 as Lucene scores it (BM25Similarity since Lucene 8, without the constant factor k1 + 1); after Robertson and
# Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
K1 = 1.2
B = 0.75
POSITION_BITS = 32  # of an occurrence: article number << POSITION_BITS | position


class Segment(Protocol):
    """What evaluation reads of a segment; article numbers count from 0."""

    @property
    def size(self) -> int: ...

    @property
    def live(self) -> Mask:
        """The articles that are not deleted."""
        ...

    def postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[Numbers, Numbers]:
        """Numbers of the articles with the term, rising, and how often each has it."""
        ...

    def occurrences(self, field: IndexedField, pair: str) -> Numbers:
        """Every place of a pair, rising: article number << POSITION_BITS | position."""
        ...

    def keyword(self, field: KeywordField, value: str) -> Numbers: ...

    def lengths(self, field: IndexedField, stream: Stream) -> Numbers:
        """For each article, the number of terms in the stream."""
        ...

    def days(self) -> Numbers:
        """For each article the day of publication as `day_number`, 0 where unknown."""
        ...

    def times(self) -> Numbers:
        """For each article the time of publication in seconds since 1970, `UNDATED` where unknown."""
        ...


UNDATED = -(2**62)


def day_number(day: date) -> int:
    """2023-09-29 as 20230929, which compares as dates do."""
    return day.year * 10_000 + day.month * 100 + day.day


def matches(segment: Segment, clause: Clause) -> Mask:
    """Which articles of the segment match, deleted ones left out."""
    return _matches(segment, clause) & segment.live


def _matches(segment: Segment, clause: Clause) -> Mask:
    match clause:
        case Has(field, word):
            return _occurring(segment, field, lambda part: segment.postings(part, "words", word))
        case Contains(field, string):
            return _occurring(segment, field, lambda part: _containing(segment, part, string))
        case Keyword(field, value):
            return _mask(segment, segment.keyword(field, value))
        case Days(first, last):
            days = segment.days()
            mask = days >= (day_number(first) if first else 1)
            return mask & (days <= day_number(last)) if last else mask
        case All(clauses):
            mask = np.ones(segment.size, dtype=np.bool_)
            for child in clauses:
                mask &= _matches(segment, child)
            return mask
        case AnyOf(clauses):
            mask = np.zeros(segment.size, dtype=np.bool_)
            for child in clauses:
                mask |= _matches(segment, child)
            return mask
        case AtLeast(count, clauses):
            met = np.zeros(segment.size, dtype=np.int32)
            for child in clauses:
                met += _matches(segment, child)
            return met >= count
        case Not(child):
            return ~_matches(segment, child)


def _mask(segment: Segment, numbers: Numbers) -> Mask:
    mask = np.zeros(segment.size, dtype=np.bool_)
    mask[numbers] = True
    return mask


def _occurring(segment: Segment, field: TextField, postings: Callable[[IndexedField], tuple[Numbers, Numbers]]) -> Mask:
    """The articles with what `postings` finds. The body has no streams of its own: what stands more often in title
    and body together than in the title stands in the body."""
    if field != "body":
        return _mask(segment, postings(field)[0])
    surplus = np.zeros(segment.size, np.int64)
    numbers, counts = postings("text")
    surplus[numbers] = counts
    numbers, counts = postings("title")
    surplus[numbers] -= counts
    return surplus > 0


def _containing(segment: Segment, field: IndexedField, string: str) -> tuple[Numbers, Numbers]:
    if len(string) <= 2:
        return segment.postings(field, "singles" if len(string) == 1 else "pairs", string)
    (_, first), *rest = pair_cover(string)
    starts = segment.occurrences(field, first)
    for offset, pair in rest:
        if len(starts):
            starts = np.intersect1d(starts, segment.occurrences(field, pair) - offset, assume_unique=True)
    numbers, counts = np.unique(starts >> POSITION_BITS, return_counts=True)
    return numbers, counts


def score(
    segment: Segment,
    weights: Sequence[Weighted],
    rarity: dict[Weighted, float],
    average_length: dict[tuple[IndexedField, Stream], float],
) -> Scores:
    """The sum of weight × BM25 over the terms, for every article of the segment.

    `rarity` (inverse document frequency) and `average_length` are of the whole index, so that scores of its segments
    compare.
    """
    scores = np.zeros(segment.size)
    for term in weights:
        numbers, counts = segment.postings(term.field, term.stream, term.term)
        if len(numbers):
            length = segment.lengths(term.field, term.stream)[numbers]
            norm = K1 * (1 - B + B * length / average_length[term.field, term.stream])
            scores[numbers] += term.weight * rarity[term] * counts / (counts + norm)
    return scores


def inverse_document_frequency(articles: int, with_term: int) -> float:
    """ln(1 + (N - n + ½) / (n + ½)), Lucene's form, never negative."""
    return float(np.log1p((articles - with_term + 0.5) / (with_term + 0.5)))
