"""Reader of one segment: whole posting lists and columns, as arrays."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...messages import gettext as _
from ..facets import stored_field
from ..fields import IndexedField, KeywordField, Stream, ValueField
from .article_store import ArticleStoreReader
from .codec import ARTICLES_EXTENSION, TERMS_EXTENSION, SegmentInfo, articles_at, text_starts
from .elias_fano import IntArray
from .paged_file import CorruptFile, PagedFileReader
from .postings_reader import FieldReader
from .postings_writer import PostingLists
from .schema import INDEXED_FIELDS

WORD_FIELD = "text_words"  # whose terms are the vocabulary
POSTINGS_CACHE_SIZE = 64 << 20  # bytes of decoded lists of a segment
_EMPTY: NDArray[np.int64] = np.zeros(0, np.int64)


class SegmentReader:
    """Implements `matching.Segment`.

    `base` is the number of the segment's first article in the whole index, `live_count` the number of articles that are
    not deleted.
    """

    def __init__(self, storage: Any, segment: SegmentInfo, base: int) -> None:
        self.base = base
        self.store = ArticleStoreReader(segment.path(storage, ARTICLES_EXTENSION))
        self._terms = PagedFileReader(segment.path(storage, TERMS_EXTENSION))
        self.size = self.store.size
        metadata = self._terms.metadata
        if sorted(metadata) != INDEXED_FIELDS or not segment.doc_count_all() == self.size == metadata["id"]["limit"]:
            raise CorruptFile(_("the files of a segment do not belong together"))
        self.live = np.ones(self.size, np.bool_)
        self.live[list(segment.deleted_docs())] = False
        self.live_count = int(np.count_nonzero(self.live))
        self._all_live = self.live_count == self.size
        self._fields: dict[str, FieldReader] = {}
        self._cache: dict[tuple[str, ...], tuple[IntArray, ...]] = {}
        self._cache_size = 0  # bytes
        self._cache_lock = Lock()

    def check(self) -> None:
        """Read everything.

        Raises:
            CorruptFile: Something is not as it was written.
        """
        self.store.check()
        self._terms.check()

    def _field(self, name: str) -> FieldReader:
        if name not in self._fields:
            self._fields[name] = FieldReader(self._terms, name)
        return self._fields[name]

    def _cached(self, key: tuple[str, ...], compute: Callable[[], tuple[IntArray, ...]]) -> tuple[IntArray, ...]:
        """Return the cached result of `compute`. When the cache is full, it is emptied."""
        arrays = self._cache.get(key)
        if arrays is None:
            arrays = compute()
            size = sum(array.nbytes for array in arrays)
            with self._cache_lock:
                if self._cache_size + size > POSTINGS_CACHE_SIZE:
                    self._cache, self._cache_size = {}, 0
                if key not in self._cache:  # no other thread was faster
                    self._cache_size += size
                    self._cache[key] = arrays
        return arrays

    def postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[IntArray, IntArray]:
        """Return the articles that have the term, and how often each has it."""
        articles, counts = self._cached((field, stream, term), lambda: self._postings(field, stream, term))
        return articles, counts

    def _postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[IntArray, IntArray]:
        if stream == "bigrams":
            articles = self.articles_at(field, self.bigram_positions(field, term))
            firsts = np.flatnonzero(np.diff(articles, prepend=-1))
            return articles[firsts], np.diff(firsts, append=len(articles))
        entry = self._field(f"{field}_{stream}").find(_encode(term))
        if entry is None:
            return _EMPTY, _EMPTY
        return entry.values(), entry.counts()

    def document_frequency(self, field: IndexedField, stream: Stream, term: str) -> int:
        """Return the number of live articles that have the term. If any are deleted, this reads the posting list."""
        if self._all_live and stream != "bigrams":
            entry = self._field(f"{field}_{stream}").find(_encode(term))
            return entry.size if entry else 0
        articles = self.postings(field, stream, term)[0]
        return len(articles) if self._all_live else int(np.count_nonzero(self.live[articles]))

    def bigram_positions(self, field: IndexedField, bigram: str) -> IntArray:
        """Return every position of a bigram."""
        return self._cached((field, "positions", bigram), lambda: (self._values(f"{field}_bigrams", bigram),))[0]

    def articles_at(self, field: IndexedField, positions: IntArray) -> IntArray:
        """Return the article that each position belongs to."""
        (starts,) = self._cached((field, "starts"), lambda: (text_starts(self.lengths(field, "bigrams")),))
        return articles_at(positions, starts)

    def articles_with_keyword(self, field: KeywordField, value: str) -> IntArray:
        """Return the articles that have the keyword."""
        return self._values(field, value)

    def articles_with_facet_value(self, field: ValueField, value: str) -> IntArray:
        """Return the articles that count for the value of a facet."""
        return self._values(stored_field(field), value)

    def _values(self, name: str, term: str) -> IntArray:
        entry = self._field(name).find(_encode(term))
        return _EMPTY if entry is None else entry.values()

    def facet_lists(self, field: ValueField) -> Iterator[PostingLists]:
        """Yield all values of a facet, sorted, with the articles that have them, in chunks."""
        return self._field(stored_field(field)).chunks()

    def lengths(self, field: IndexedField, stream: Stream) -> IntArray:
        """Return the number of terms in the stream, for each article."""
        return self.store.column(f"{field}_{stream}")

    def total_length(self, field: IndexedField, stream: Stream) -> int:
        """Return the number of terms in the stream of all live articles."""
        return int(self.lengths(field, stream).sum(where=self.live))

    def days(self) -> IntArray:
        """Return the day of publication as `day_number` for each article, 0 where it is unknown."""
        return self.store.column("day")

    def times(self) -> IntArray:
        """Return the time of publication in seconds since 1970 for each article, `UNDATED` where it is unknown."""
        return self.store.column("time")

    def word_counts(self, min_articles: Callable[[], int], *, exact: bool) -> Iterator[list[tuple[bytes, int]]]:
        """Yield the words in at least `min_articles()` articles, sorted, with the number of these, some at a time.

        Deleted articles count unless it is `exact`, which reads all posting lists.
        """
        if self._all_live or not exact:
            yield from self._field(WORD_FIELD).frequent_terms(min_articles)
            return
        for lists in self._field(WORD_FIELD).chunks():
            starts = np.cumsum(lists.sizes) - lists.sizes
            counts = np.add.reduceat(self.live[lists.values], starts, dtype=np.int64)
            yield [
                (word, count)
                for word, count in zip(lists.terms, counts.tolist(), strict=True)
                if count >= min_articles()
            ]

    def keywords(self, field: KeywordField) -> Iterator[str]:
        """Yield every keyword of a field, in the order of its UTF-8 bytes."""
        for term, _size in self._field(field).sizes():
            yield term.decode("utf-8", "surrogatepass")


def _encode(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
