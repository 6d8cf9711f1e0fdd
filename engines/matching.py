"""Boolean matching over one segment of an index, a whole posting list at a time.

A set of articles is a boolean array of the segment's size.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .clauses import And, Clause, DateRange, FacetValue, Keyword, MinShouldMatch, Not, Or, Substring, Term, bigram_cover
from .deadline import check_deadline
from .fields import IndexedField, KeywordField, Stream, ValueField

Mask = NDArray[np.bool_]
IntArray = NDArray[np.int64]

UNDATED = -(2**62)  # stands for a missing time of publication, and sorts last


class Segment(Protocol):
    """A segment as matching and scoring read it. Article numbers count from 0; all arrays of them rise."""

    @property
    def size(self) -> int:
        """The number of articles, with deleted ones."""
        ...

    @property
    def live(self) -> Mask:
        """The articles that are not deleted."""
        ...

    def postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[IntArray, IntArray]:
        """Return the articles that have the term, and how often each has it."""
        ...

    def bigram_positions(self, field: IndexedField, bigram: str) -> IntArray:
        """Return every position of a bigram, rising.

        Positions count the bigrams of all articles consecutively, in the order of the articles.
        """
        ...

    def articles_at(self, field: IndexedField, positions: IntArray) -> IntArray:
        """Return the article that each of these rising positions belongs to."""
        ...

    def articles_with_keyword(self, field: KeywordField, value: str) -> IntArray:
        """Return the articles that have the keyword."""
        ...

    def articles_with_facet_value(self, field: ValueField, value: str) -> IntArray:
        """Return the articles that count for the value of a facet."""
        ...

    def lengths(self, field: IndexedField, stream: Stream) -> IntArray:
        """Return the number of terms in the stream, for each article."""
        ...

    def days(self) -> IntArray:
        """Return the day of publication as `day_number` for each article, 0 where it is unknown."""
        ...

    def times(self) -> IntArray:
        """Return the time of publication in seconds since 1970 for each article, `UNDATED` where it is unknown."""
        ...


def day_number(day: date) -> int:
    """Return a number that compares as dates do: 20230929 for 2023-09-29."""
    return day.year * 10_000 + day.month * 100 + day.day


class Matching:
    """Matches the clauses of one request against a segment. Each clause is evaluated once."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._masks: dict[Clause, Mask] = {}

    def live(self, clause: Clause) -> Mask:
        """Return the articles that match and are not deleted."""
        return self.all(clause) & self._segment.live

    def all(self, clause: Clause) -> Mask:
        """Return the articles that match, with deleted ones. The mask is shared: do not change it."""
        if clause not in self._masks:
            check_deadline()
            self._masks[clause] = self._evaluate(clause)
        return self._masks[clause]

    def _evaluate(self, clause: Clause) -> Mask:
        segment = self._segment
        match clause:
            case Term() | Substring() | Keyword() | FacetValue():
                mask = np.zeros(segment.size, dtype=np.bool_)
                mask[self._leaf_matches(clause)] = True
                return mask
            case DateRange(first, last):
                days = segment.days()
                mask = days >= (day_number(first) if first else 1)
                return mask & (days <= day_number(last)) if last else mask
            case And(clauses):
                mask = np.ones(segment.size, dtype=np.bool_)
                for child in clauses:
                    mask &= self.all(child)
                return mask
            case Or(clauses):
                return self._match_counts(clauses) > 0
            case MinShouldMatch(count, clauses):
                return self._match_counts(clauses) >= count
            case Not(child):
                return ~self.all(child)

    def _match_counts(self, clauses: Sequence[Clause]) -> NDArray[np.int32]:
        """Return the number of clauses that each article matches."""
        counts = np.zeros(self._segment.size, dtype=np.int32)
        for child in clauses:
            if isinstance(child, Term | Substring | Keyword | FacetValue):
                counts[self._leaf_matches(child)] += 1
            else:
                counts += self.all(child)
        return counts

    def _leaf_matches(self, clause: Term | Substring | Keyword | FacetValue) -> IntArray:
        """Return the numbers of the articles that match.

        The body has no streams of its own. It contains what is more frequent in title and body together than in the
        title alone.
        """
        check_deadline()
        if isinstance(clause, Keyword):
            return self._segment.articles_with_keyword(clause.field, clause.value)
        if isinstance(clause, FacetValue):
            return self._segment.articles_with_facet_value(clause.field, clause.value)
        if clause.field != "body":
            return self._postings(clause, clause.field)[0]
        body_counts = np.zeros(self._segment.size, np.int64)
        articles, counts = self._postings(clause, "text")
        body_counts[articles] = counts
        articles, counts = self._postings(clause, "title")
        body_counts[articles] -= counts
        return np.flatnonzero(body_counts > 0)

    def _postings(self, clause: Term | Substring, field: IndexedField) -> tuple[IntArray, IntArray]:
        if isinstance(clause, Term):
            return self._segment.postings(field, "words", clause.word)
        return _substring_postings(self._segment, field, clause.string)


def _substring_postings(segment: Segment, field: IndexedField, string: str) -> tuple[IntArray, IntArray]:
    """Return the articles that contain the string, and how often each contains it."""
    if len(string) <= 2:
        return segment.postings(field, "unigrams" if len(string) == 1 else "bigrams", string)
    cover = bigram_cover(string)
    bigrams = [(segment.bigram_positions(field, bigram), offset) for offset, bigram in cover]
    starts: IntArray | None = None
    # Begin with the rarest bigram, and look into the other lists only where the string may still start.
    for positions, offset in sorted(bigrams, key=lambda bigram: len(bigram[0])):
        check_deadline()
        starts = positions - offset if starts is None else starts[_are_in(starts + offset, positions)]
        if not len(starts):
            return starts, starts
    assert starts is not None
    articles = segment.articles_at(field, starts)
    last_offset = cover[-1][0]
    in_one_article = segment.articles_at(field, starts + last_offset) == articles
    numbers, counts = np.unique(articles[in_one_article], return_counts=True)
    return numbers, counts


def _are_in(values: IntArray, sorted_values: IntArray) -> Mask:
    """Return a mask of the `values` that are among `sorted_values`, which are not empty."""
    indexes = np.searchsorted(sorted_values, values)
    indexes[indexes == len(sorted_values)] = 0
    mask: Mask = sorted_values[indexes] == values
    return mask
