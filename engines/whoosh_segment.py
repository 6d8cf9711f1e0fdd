"""One segment of a Whoosh index: its posting lists, lengths and columns, read whole into arrays."""

import pickle
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .clauses import IndexedField, KeywordField, Stream, Weighted
from .errors import IndexDamaged, IndexUnreadable
from .evaluate import POSITION_BITS, Mask, Numbers

with warnings.catch_warnings():  # Whoosh's old sources make newer Pythons warn when they compile them
    warnings.simplefilter("ignore")
    from whoosh import index
    from whoosh.reading import TermNotFound

CACHED_LISTS = 512  # posting lists a segment keeps decoded
# What reading a truncated or altered file raises inside Whoosh, which checks none. Only reads are guarded by it.
DAMAGE = (
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    OSError,
    OverflowError,
    TypeError,
    ValueError,
    index.IndexError,
    pickle.UnpicklingError,
    struct.error,
    zlib.error,
)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Makes IndexDamaged or IndexUnreadable of what goes wrong in reading from Whoosh."""
    try:
        yield
    except PermissionError as error:
        raise IndexUnreadable(folder.parent, error.strerror or str(error)) from error
    except DAMAGE as error:
        raise IndexDamaged(folder.parent, str(error) or type(error).__name__) from error


def numbers_of(reader: Any, name: str, term: str) -> list[int]:
    """Numbers of the articles with a term in one of Whoosh's fields."""
    try:
        return list(reader.postings(name, term).all_ids())
    except TermNotFound:
        return []


class WhooshSegment:
    """See `evaluate.Segment`. `base` is the number of its first article in the whole index."""

    def __init__(self, folder: Path, reader: Any, base: int) -> None:
        self._folder = folder
        self._reader = reader
        self.base = base
        self.size: int = reader.doc_count_all()
        self.postings = lru_cache(CACHED_LISTS)(self._postings)
        self.occurrences = lru_cache(CACHED_LISTS)(self._occurrences)
        self.lengths = lru_cache(self._lengths)

    @cached_property
    def live(self) -> Mask:
        deleted = self._reader.is_deleted
        return np.array([not deleted(number) for number in range(self.size)], np.bool_)

    def _postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[Numbers, Numbers]:
        numbers: list[int] = []
        counts: list[float] = []
        with reading(self._folder):
            matcher = self._matcher(f"{field}_{stream}", term)
            while matcher is not None and matcher.is_active():
                numbers.append(matcher.id())
                counts.append(matcher.weight())
                matcher.next()
        return np.array(numbers, np.int64), np.array(counts, np.int64)

    def _occurrences(self, field: IndexedField, pair: str) -> Numbers:
        places: list[int] = []
        with reading(self._folder):
            matcher = self._matcher(f"{field}_pairs", pair)
            while matcher is not None and matcher.is_active():
                base = matcher.id() << POSITION_BITS
                places.extend(base + position for position in matcher.value_as("positions"))
                matcher.next()
        return np.array(places, np.int64)

    def _matcher(self, name: str, term: str) -> Any:
        """Whoosh's matcher of a term, None if the segment does not have the term."""
        try:
            return self._reader.postings(name, term)
        except TermNotFound:
            return None

    def keyword(self, field: KeywordField, value: str) -> Numbers:
        with reading(self._folder):
            return np.array(numbers_of(self._reader, field, value), np.int64)

    def _lengths(self, field: IndexedField, stream: Stream) -> Numbers:
        length = self._reader.doc_field_length
        name = f"{field}_{stream}"
        with reading(self._folder):
            return np.fromiter((length(number, name) or 0 for number in range(self.size)), np.int64, self.size)

    def total_length(self, field: IndexedField, stream: Stream) -> int:
        return int(self._reader.field_length(f"{field}_{stream}"))

    def frequency(self, weighted: Weighted) -> int:
        with reading(self._folder):
            return int(self._reader.doc_frequency(f"{weighted.field}_{weighted.stream}", weighted.term))

    def days(self) -> Numbers:
        return self._column("day")

    def times(self) -> Numbers:
        return self._column("time")

    def _column(self, name: str) -> Numbers:
        with reading(self._folder):
            column: Iterable[int] = self._reader.column_reader(name)
            return np.fromiter(column, np.int64, self.size)
