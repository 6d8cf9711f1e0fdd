"""Counts the values of facets over the matches of a request."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..clauses import FacetCount
from ..facets import first_dates, is_valued
from ..fields import FacetField, ValueField
from ..matching import Mask
from .elias_fano import Numbers
from .segment_reader import OpenSegment


class _Values(NamedTuple):
    """What a segment has of a facet: the articles of its values, one value's after another's, where each value's
    begin, and the number of each value."""

    articles: NDArray[np.int32]
    starts: Numbers
    numbers: Numbers


class _Facet(NamedTuple):
    """The values of a facet in order, numbered so, and what each segment has of them."""

    values: list[bytes]
    segments: list[_Values]


class Facets:
    """Facets of all segments. Each is read when it is first asked for, and kept: a value of an article takes four bytes
    of memory."""

    def __init__(self, segments: Sequence[OpenSegment]) -> None:
        self._segments = segments
        self._known: dict[ValueField, _Facet] = {}

    def first(self, field: FacetField, masks: Sequence[Mask], limit: int) -> tuple[FacetCount, ...]:
        """The first `limit` values, counted over the articles in `masks`, one for each segment."""
        if not is_valued(field):
            return first_dates(self._days(masks), field, limit)
        if field not in self._known:
            self._known[field] = _read(self._segments, field)
        values, segments = self._known[field]
        counts = np.zeros(len(values), np.int64)
        for (articles, starts, numbers), mask in zip(segments, masks, strict=True):
            if len(starts):
                counts[numbers] += np.add.reduceat(mask[articles], starts, dtype=np.int64)
        return tuple(FacetCount(values[at].decode(), int(counts[at])) for at in _most(counts, limit))

    def _days(self, masks: Sequence[Mask]) -> dict[int, int]:
        """Days, as `day_number`, with the number of articles of each."""
        days = [segment.days()[mask] for segment, mask in zip(self._segments, masks, strict=True)]
        found, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *days]), return_counts=True)
        return {day: count for day, count in zip(found.tolist(), counts.tolist(), strict=True) if day}


def _read(segments: Sequence[OpenSegment], field: ValueField) -> _Facet:
    parts = [_read_segment(segment, field) for segment in segments]
    values = parts[0][0] if len(parts) == 1 else sorted(set().union(*(terms for terms, _, _ in parts)))
    number = {value: at for at, value in enumerate(values)}
    return _Facet(
        values,
        [
            _Values(articles, starts, np.fromiter(map(number.__getitem__, terms), np.int64, len(terms)))
            for terms, starts, articles in parts
        ],
    )


def _read_segment(segment: OpenSegment, field: ValueField) -> tuple[list[bytes], Numbers, NDArray[np.int32]]:
    terms: list[bytes] = []
    sizes: list[Numbers] = [np.zeros(0, np.int64)]
    articles: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
    for lists in segment.value_lists(field):
        terms += lists.terms
        sizes.append(lists.sizes)
        articles.append(lists.values.astype(np.int32))
    all_sizes = np.concatenate(sizes)
    return terms, np.cumsum(all_sizes) - all_sizes, np.concatenate(articles)


def _most(counts: Numbers, limit: int) -> list[int]:
    """The places of the first `limit` counts that are not 0: the highest first, of equals the earlier."""
    places = np.flatnonzero(counts)
    if 0 < limit < len(places):  # most are left out unsorted
        least = np.partition(counts[places], len(places) - limit)[len(places) - limit]
        places = places[counts[places] >= least]
    order: list[int] = places[np.lexsort((places, -counts[places]))][:limit].tolist()
    return order
