"""BM25 scoring, with idf and k1 as in Lucene, and selection of the best matches.

The formula is that of Lucene's BM25Similarity since Lucene 8, without the constant factor k1 + 1:

    score = weight · idf · tf / (tf + k1 · (1 - b + b · length / average length))

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .clauses import ScoringTerm
from .deadline import check_deadline
from .fields import IndexedField, Stream
from .matching import IntArray, Segment

K1 = 1.2
B = 0.75
IDF_CACHE_SIZE = 100_000  # terms of a reader

Scores = NDArray[np.float64]
_TermKey: TypeAlias = tuple[IndexedField, Stream, str]


def lucene_idf(articles: int, with_term: int) -> float:
    """Return ln(1 + (N - n + ½) / (n + ½)), Lucene's idf, which is never negative."""
    return float(np.log1p((articles - with_term + 0.5) / (with_term + 0.5)))


class IdfCache:
    """Caches the idfs of one reader's terms; safe to use from several threads.

    Args:
        compute: Returns the idf of each of the terms, which are all different.
        max_size: The number of terms at which the cache is emptied.
    """

    def __init__(
        self, compute: Callable[[Sequence[ScoringTerm]], Sequence[float]], max_size: int = IDF_CACHE_SIZE
    ) -> None:
        self._compute = compute
        self._max_size = max_size
        self._idfs: dict[_TermKey, float] = {}

    def __call__(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the idf of each term. Weights do not matter."""
        keys = [(term.field, term.stream, term.term) for term in terms]
        cached = list(map(self._idfs.get, keys))
        idfs = [idf for idf in cached if idf is not None]
        return idfs if len(idfs) == len(keys) else self._complete(terms, keys, cached)

    def _complete(
        self, terms: Sequence[ScoringTerm], keys: Sequence[_TermKey], cached: Sequence[float | None]
    ) -> list[float]:
        # Another thread may empty the cache meanwhile, so that all idfs of this call are kept apart.
        idfs = {key: idf for key, idf in zip(keys, cached, strict=True) if idf is not None}
        missing = {key: term for key, term in zip(keys, terms, strict=True) if key not in idfs}
        computed = dict(zip(missing, self._compute(list(missing.values())), strict=True))
        if len(self._idfs) + len(computed) > self._max_size:
            self._idfs.clear()
        self._idfs.update(computed)
        idfs |= computed
        return [idfs[key] for key in keys]


def length_norms(lengths: IntArray, average: float) -> Scores:
    """Return k1 · (1 - b + b · length / average), which BM25 adds to tf in its denominator, for each article."""
    return (K1 * (1 - B + B * lengths / average)).astype(np.float64)


def score(
    segment: Segment,
    terms: Sequence[ScoringTerm],
    idfs: Sequence[float],
    norms: Callable[[IndexedField, Stream], Scores],
) -> Scores:
    """Return the sum of weight × BM25 over the terms, for every article of the segment.

    `idfs` (one for each term) and the average length in `norms` must be of the whole index, so that scores of its
    segments are comparable.
    """
    scores = np.zeros(segment.size)
    for term, idf in zip(terms, idfs, strict=True):
        check_deadline()
        if not idf:  # only deleted articles have the term, if any
            continue
        articles, counts = segment.postings(term.field, term.stream, term.term)
        if len(articles):
            scores[articles] += term.weight * idf * counts / (counts + norms(term.field, term.stream)[articles])
    return scores


def top_k(limit: int, tiers: IntArray, ranks: Scores) -> IntArray:
    """Return the indexes of the first `limit` matches.

    They are ordered by tier, within a tier by the highest rank, and with equal ranks by index.
    """
    indexes = np.arange(len(tiers))
    if len(tiers) > limit:  # do not sort those that are left out
        last_tier = int(np.searchsorted(np.cumsum(np.bincount(tiers)), limit))
        before, in_last = np.flatnonzero(tiers < last_tier), np.flatnonzero(tiers == last_tier)
        count = limit - len(before)  # to take from the last tier
        threshold = np.partition(ranks[in_last], len(in_last) - count)[len(in_last) - count] if count else np.inf
        indexes = np.concatenate((before, in_last[ranks[in_last] >= threshold]))
    return indexes[np.lexsort((indexes, -ranks[indexes], tiers[indexes]))][:limit]
