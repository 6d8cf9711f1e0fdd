"""Merges the lists of several sources, such as the segments of an index, into one field."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from .elias_fano import Numbers
from .postings_writer import CHUNK, Lists

Renumber = Callable[[Numbers], Numbers]
"""The new numbers of values (articles or places), -1 for those that are gone; rising where the old ones rise."""
Source = tuple[Iterator[Lists], Renumber]
_LEAST = 1 << 12  # values; smaller chunks cost more time than they save memory


def share(sources: int) -> int:
    """How many values each of so many sources should give at a time, lest they take too much memory together."""
    return max(CHUNK // max(sources, 1), _LEAST)


def moved(by: int) -> Renumber:
    return lambda numbers: numbers + by


def merged(sources: Iterable[Source]) -> Iterator[Lists]:
    """The lists of all sources as one, in chunks. The new numbers of a source are all greater than those of the sources
    before it, so that lists are appended, not sorted."""
    readers = [_Reading(chunks, renumber) for chunks, renumber in sources]
    while waiting := [reader for reader in readers if reader.refill()]:
        # What every source has read up to. Terms behind it may have more to come.
        until = min(reader.last_term for reader in waiting)
        joined = _joined([reader.take(until) for reader in waiting])
        if joined.terms:
            yield joined


class _Reading:
    def __init__(self, chunks: Iterator[Lists], renumber: Renumber) -> None:
        self._chunks = chunks
        self._renumber = renumber
        self._lists: Lists | None = None

    def refill(self) -> bool:
        """Whether there is more."""
        if self._lists is None or not self._lists.terms:
            self._lists = next(self._chunks, None)
        return self._lists is not None

    @property
    def last_term(self) -> bytes:
        assert self._lists is not None
        return self._lists.terms[-1]

    def take(self, until: bytes) -> Lists:
        """The lists of the terms up to `until`, with new numbers."""
        assert self._lists is not None
        terms, sizes, values, counts = self._lists
        count = len(terms) if terms[-1] <= until else next(i for i, term in enumerate(terms) if term > until)
        split = int(sizes[:count].sum())
        self._lists = Lists(terms[count:], sizes[count:], values[split:], None if counts is None else counts[split:])
        new = self._renumber(values[:split])
        kept = new >= 0
        owner = np.repeat(np.arange(count), sizes[:count])
        sizes = np.bincount(owner[kept], minlength=count).astype(np.int64)
        return Lists(terms[:count], sizes, new[kept], None if counts is None else counts[:split][kept])


def _joined(parts: list[Lists]) -> Lists:
    """One list for each term that has any value left."""
    used = {term for part in parts for term, size in zip(part.terms, part.sizes.tolist(), strict=True) if size}
    terms = sorted(used)
    if len(parts) == 1 and len(terms) == len(parts[0].terms):
        return parts[0]
    number = dict(zip(terms, range(len(terms)), strict=True))
    owners = [
        np.repeat(np.fromiter((number.get(term, -1) for term in part.terms), np.int64, len(part.terms)), part.sizes)
        for part in parts
    ]
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    counts = None
    if parts[0].counts is not None:
        counts = np.concatenate([part.counts for part in parts if part.counts is not None])[order]
    values = np.concatenate([part.values for part in parts])[order]
    return Lists(terms, np.bincount(owner, minlength=len(terms)).astype(np.int64), values, counts)
