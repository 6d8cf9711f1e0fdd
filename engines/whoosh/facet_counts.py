"""Counts of facet values over the matches of a request."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clauses import FacetCount
from ..facets import first_dates, is_valued
from ..fields import FacetField, ValueField
from ..matching import Mask
from .elias_fano import IntArray
from .segment_reader import SegmentReader


class _SegmentValues(NamedTuple):
    """The values of a facet in a segment.

    `articles` are those of the first value, then of the next …, and `starts` the index of each value's first article.
    `value_indexes` are the indexes of the values in `_Facet.values`.
    """

    articles: NDArray[np.int32]
    starts: IntArray
    value_indexes: IntArray


class _Facet(NamedTuple):
    """The sorted values of a facet in the whole index, and the articles of each segment that have them."""

    values: list[bytes]
    segments: list[_SegmentValues]


class FacetCounter:
    """Counts facets over all segments.

    A facet is read when it is first counted, and stays in memory: four bytes for each value of an article.
    """

    def __init__(self, segments: Sequence[SegmentReader]) -> None:
        self._segments = segments
        self._facets: dict[ValueField, _Facet] = {}

    def top_values(self, field: FacetField, masks: Sequence[Mask], limit: int) -> tuple[FacetCount, ...]:
        """Return the first `limit` values, counted over the articles in `masks`, one mask for each segment."""
        if not is_valued(field):
            return first_dates(self._day_counts(masks), field, limit)
        if field not in self._facets:
            self._facets[field] = _read_facet(self._segments, field)
        values, segments = self._facets[field]
        counts = np.zeros(len(values), np.int64)
        for (articles, starts, value_indexes), mask in zip(segments, masks, strict=True):
            if len(starts):
                counts[value_indexes] += np.add.reduceat(mask[articles], starts, dtype=np.int64)
        return tuple(FacetCount(values[index].decode(), int(counts[index])) for index in _top_counts(counts, limit))

    def _day_counts(self, masks: Sequence[Mask]) -> dict[int, int]:
        """Return `day_number` → number of articles."""
        days = [segment.days()[mask] for segment, mask in zip(self._segments, masks, strict=True)]
        distinct, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *days]), return_counts=True)
        return {day: count for day, count in zip(distinct.tolist(), counts.tolist(), strict=True) if day}


def _read_facet(segments: Sequence[SegmentReader], field: ValueField) -> _Facet:
    parts = [_read_segment(segment, field) for segment in segments]
    values = parts[0][0] if len(parts) == 1 else sorted(set().union(*(terms for terms, _, _ in parts)))
    index = {value: number for number, value in enumerate(values)}
    return _Facet(
        values,
        [
            _SegmentValues(articles, starts, np.fromiter(map(index.__getitem__, terms), np.int64, len(terms)))
            for terms, starts, articles in parts
        ],
    )


def _read_segment(segment: SegmentReader, field: ValueField) -> tuple[list[bytes], IntArray, NDArray[np.int32]]:
    """Return the sorted values of a segment, the index of each value's first article, and the articles."""
    terms: list[bytes] = []
    sizes: list[IntArray] = [np.zeros(0, np.int64)]
    articles: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
    for lists in segment.facet_lists(field):
        terms += lists.terms
        sizes.append(lists.sizes)
        articles.append(lists.values.astype(np.int32))
    all_sizes = np.concatenate(sizes)
    return terms, np.cumsum(all_sizes) - all_sizes, np.concatenate(articles)


def _top_counts(counts: IntArray, limit: int) -> list[int]:
    """Return the indexes of the `limit` highest counts, without zeros; of equal counts, the lower index first."""
    indexes = np.flatnonzero(counts)
    if 0 < limit < len(indexes):  # do not sort those that are left out
        threshold = np.partition(counts[indexes], len(indexes) - limit)[len(indexes) - limit]
        indexes = indexes[counts[indexes] >= threshold]
    order: list[int] = indexes[np.lexsort((indexes, -counts[indexes]))][:limit].tolist()
    return order
