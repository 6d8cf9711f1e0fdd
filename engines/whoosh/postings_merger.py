"""K-way merge of the posting lists of several sources, such as segments, into one field."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from .elias_fano import IntArray
from .postings_writer import VALUES_PER_CHUNK, PostingLists

Renumber = Callable[[IntArray], IntArray]
"""Maps values (article numbers or positions) to the new ones, -1 for deleted ones. It must preserve their order."""
MergeSource = tuple[Iterator[PostingLists], Renumber]
_MIN_VALUES_PER_SOURCE = 1 << 12  # smaller chunks cost more time than they save memory


def values_per_source(sources: int) -> int:
    """Return how many values each source should yield at a time, to bound the memory of all together."""
    return max(VALUES_PER_CHUNK // max(sources, 1), _MIN_VALUES_PER_SOURCE)


def shift(offset: int) -> Renumber:
    """Return a function that adds `offset` to all values."""
    return lambda values: values + offset


def merge_lists(sources: Iterable[MergeSource]) -> Iterator[PostingLists]:
    """Yield the merged lists of all sources in chunks.

    The new values of a source must be greater than those of the sources before it, so that lists are appended, not
    sorted.
    """
    cursors = [_Cursor(chunks, renumber) for chunks, renumber in sources]
    while active := [cursor for cursor in cursors if cursor.refill()]:
        # Every source has been read up to this term. Later terms may have more postings to come.
        last_complete = min(cursor.last_term for cursor in active)
        merged = _concatenate([cursor.take(last_complete) for cursor in active])
        if merged.terms:
            yield merged


class _Cursor:
    """Reads the chunks of one source, and renumbers their values."""

    def __init__(self, chunks: Iterator[PostingLists], renumber: Renumber) -> None:
        self._chunks = chunks
        self._renumber = renumber
        self._lists: PostingLists | None = None

    def refill(self) -> bool:
        """Read the next chunk if the current one is used up, and return whether there is one."""
        if self._lists is None or not self._lists.terms:
            self._lists = next(self._chunks, None)
        return self._lists is not None

    @property
    def last_term(self) -> bytes:
        assert self._lists is not None
        return self._lists.terms[-1]

    def take(self, last_term: bytes) -> PostingLists:
        """Remove and return the lists of the terms up to `last_term`, with new values."""
        assert self._lists is not None
        terms, sizes, values, counts = self._lists
        count = len(terms) if terms[-1] <= last_term else next(i for i, term in enumerate(terms) if term > last_term)
        split = int(sizes[:count].sum())
        self._lists = PostingLists(
            terms[count:], sizes[count:], values[split:], None if counts is None else counts[split:]
        )
        new_values = self._renumber(values[:split])
        is_live = new_values >= 0
        lists = np.repeat(np.arange(count), sizes[:count])
        sizes = np.bincount(lists[is_live], minlength=count).astype(np.int64)
        return PostingLists(
            terms[:count], sizes, new_values[is_live], None if counts is None else counts[:split][is_live]
        )


def _concatenate(parts: list[PostingLists]) -> PostingLists:
    """Return one list for each term that has a value in any of the parts."""
    terms = sorted({term for part in parts for term, size in zip(part.terms, part.sizes.tolist(), strict=True) if size})
    if len(parts) == 1 and len(terms) == len(parts[0].terms):
        return parts[0]
    index = dict(zip(terms, range(len(terms)), strict=True))
    lists = np.concatenate(
        [
            np.repeat(np.fromiter((index.get(term, -1) for term in part.terms), np.int64, len(part.terms)), part.sizes)
            for part in parts
        ]
    )
    order = np.argsort(lists, kind="stable")
    counts = None
    if parts[0].counts is not None:
        counts = np.concatenate([part.counts for part in parts if part.counts is not None])[order]
    values = np.concatenate([part.values for part in parts])[order]
    return PostingLists(terms, np.bincount(lists, minlength=len(terms)).astype(np.int64), values, counts)
