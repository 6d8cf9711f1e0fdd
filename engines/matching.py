"""Evaluates a request over one segment of an index, a whole posting list at a time.

Sets of articles are boolean arrays of the segment's size, scores are float arrays of that size.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .clauses import And, Clause, DateRange, FacetValue, Keyword, MinShouldMatch, Not, Or, ScoringTerm, Substring, Term
from .fields import IndexedField, KeywordField, Stream, ValueField
from .grams import bigram_cover

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Scores = NDArray[np.float64]

# BM25 as Lucene scores it (BM25Similarity since Lucene 8, without the constant factor k1 + 1); after Robertson and
# Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
K1 = 1.2
B = 0.75


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

    def places(self, field: IndexedField, pair: str) -> Numbers:
        """Every place of a pair, rising. Places number the pairs of all articles through, in order of the articles."""
        ...

    def articles_at(self, field: IndexedField, places: Numbers) -> Numbers:
        """The article that each of these rising places is in."""
        ...

    def keyword(self, field: KeywordField, value: str) -> Numbers: ...

    def valued(self, field: ValueField, value: str) -> Numbers: ...

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


class Matching:
    """Tells which articles of a segment match the clauses of one request, looking at each clause once."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._known: dict[Clause, Mask] = {}

    def live(self, clause: Clause) -> Mask:
        """Which articles match, deleted ones left out."""
        return self.all(clause) & self._segment.live

    def all(self, clause: Clause) -> Mask:
        """Which articles match. The mask is shared: it must not be changed."""
        if clause not in self._known:
            self._known[clause] = self._matching(clause)
        return self._known[clause]

    def _matching(self, clause: Clause) -> Mask:
        segment = self._segment
        match clause:
            case Term() | Substring() | Keyword() | FacetValue():
                mask = np.zeros(segment.size, dtype=np.bool_)
                mask[self._listed(clause)] = True
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
                return self._met(clauses) > 0
            case MinShouldMatch(count, clauses):
                return self._met(clauses) >= count
            case Not(child):
                return ~self.all(child)

    def _met(self, clauses: Sequence[Clause]) -> NDArray[np.int32]:
        """How many of the clauses each article matches."""
        met = np.zeros(self._segment.size, dtype=np.int32)
        for child in clauses:
            if isinstance(child, Term | Substring | Keyword | FacetValue):
                met[self._listed(child)] += 1
            else:
                met += self.all(child)
        return met

    def _listed(self, clause: Term | Substring | Keyword | FacetValue) -> Numbers:
        """The articles that match, by number. The body has no streams of its own: what stands more often in title and
        body together than in the title stands in the body."""
        if isinstance(clause, Keyword):
            return self._segment.keyword(clause.field, clause.value)
        if isinstance(clause, FacetValue):
            return self._segment.valued(clause.field, clause.value)
        if clause.field != "body":
            return self._postings(clause, clause.field)[0]
        surplus = np.zeros(self._segment.size, np.int64)
        numbers, counts = self._postings(clause, "text")
        surplus[numbers] = counts
        numbers, counts = self._postings(clause, "title")
        surplus[numbers] -= counts
        return np.flatnonzero(surplus > 0)

    def _postings(self, clause: Term | Substring, field: IndexedField) -> tuple[Numbers, Numbers]:
        if isinstance(clause, Term):
            return self._segment.postings(field, "words", clause.word)
        return _containing(self._segment, field, clause.string)


def _containing(segment: Segment, field: IndexedField, string: str) -> tuple[Numbers, Numbers]:
    if len(string) <= 2:
        return segment.postings(field, "unigrams" if len(string) == 1 else "bigrams", string)
    cover = bigram_cover(string)
    starts: Numbers | None = None
    # The rarest pair first: every other list is only looked into where the string may still stand.
    for places, offset in sorted(((segment.places(field, pair), at) for at, pair in cover), key=lambda p: len(p[0])):
        starts = places - offset if starts is None else starts[_among(starts + offset, places)]
        if not len(starts):
            return starts, starts
    assert starts is not None
    articles = segment.articles_at(field, starts)
    whole = segment.articles_at(field, starts + cover[-1][0]) == articles  # none that runs on into the next article
    numbers, counts = np.unique(articles[whole], return_counts=True)
    return numbers, counts


def _among(wanted: Numbers, numbers: Numbers) -> Mask:
    """Which of the `wanted` are among the rising `numbers`."""
    found = np.searchsorted(numbers, wanted)
    found[found == len(numbers)] = 0
    among: Mask = numbers[found] == wanted
    return among


def length_norms(lengths: Numbers, average: float) -> Scores:
    """What BM25 adds to the count of a term in its denominator, for each article."""
    return (K1 * (1 - B + B * lengths / average)).astype(np.float64)


def score(
    segment: Segment,
    weights: Sequence[ScoringTerm],
    idf: Callable[[ScoringTerm], float],
    norms: Callable[[IndexedField, Stream], Scores],
) -> Scores:
    """The sum of weight × BM25 over the terms, for every article of the segment.

    `idf` (inverse document frequency) and the average length in `norms` are of the whole index, so that scores of
    its segments compare.
    """
    scores = np.zeros(segment.size)
    for term in weights:
        rare = idf(term)
        if not rare:  # no article has it, but deleted ones may
            continue
        numbers, counts = segment.postings(term.field, term.stream, term.term)
        if len(numbers):
            scores[numbers] += term.weight * rare * counts / (counts + norms(term.field, term.stream)[numbers])
    return scores


def top_k(limit: int, tiers: Numbers, ranks: Scores) -> Numbers:
    """The places of the first `limit` matches: by tier, within a tier the highest rank first, of equals the earlier."""
    places = np.arange(len(tiers))
    if len(tiers) > limit:  # most are left out unsorted
        edge = int(np.searchsorted(np.cumsum(np.bincount(tiers)), limit))
        before, at_edge = np.flatnonzero(tiers < edge), np.flatnonzero(tiers == edge)
        wanted = limit - len(before)
        least = np.partition(ranks[at_edge], len(at_edge) - wanted)[len(at_edge) - wanted] if wanted else np.inf
        places = np.concatenate((before, at_edge[ranks[at_edge] >= least]))
    return places[np.lexsort((places, -ranks[places], tiers[places]))][:limit]


def lucene_idf(articles: int, with_term: int) -> float:
    """ln(1 + (N - n + ½) / (n + ½)), Lucene's form, never negative."""
    return float(np.log1p((articles - with_term + 0.5) / (with_term + 0.5)))
