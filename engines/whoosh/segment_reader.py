"""One segment of an index, as searches read it: whole lists at a time."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...messages import gettext as _
from ..clauses import IndexedField, KeywordField, Stream, ValueField
from ..facets import stored_field
from .article_store import ArticleReader
from .codec import ARTICLES, TERMS, Segment, owners_of, starts_of
from .elias_fano import Numbers
from .paged_file import Damaged, Sections
from .postings_reader import Field
from .postings_writer import Lists
from .schema import FIELDS

WORDS = "text_words"
KEPT = 64 << 20  # bytes of decoded lists that a segment keeps for later queries


class OpenSegment:
    """See `evaluate.Segment`. `base` is the number of its first article in the whole index, `count` how many articles
    are not deleted."""

    def __init__(self, storage: Any, segment: Segment, base: int) -> None:
        self.base = base
        self.articles = ArticleReader(segment.path(storage, ARTICLES))
        self._terms = Sections(segment.path(storage, TERMS))
        self.size = self.articles.size
        facts = self._terms.facts
        if sorted(facts) != FIELDS or not segment.doc_count_all() == self.size == facts["id"]["limit"]:
            raise Damaged(_("the files of a segment do not belong together"))
        self.live = np.ones(self.size, np.bool_)
        self.live[list(segment.deleted_docs())] = False
        self.count = int(np.count_nonzero(self.live))
        self._whole = self.count == self.size
        self._fields: dict[str, Field] = {}
        self._kept: dict[tuple[str, ...], tuple[Numbers, ...]] = {}
        self._kept_bytes = 0
        self._keeping_one = Lock()

    def check(self) -> None:
        """Reads everything. Raises Damaged."""
        self.articles.check()
        self._terms.check()

    def _field(self, name: str) -> Field:
        if name not in self._fields:
            self._fields[name] = Field(self._terms, name)
        return self._fields[name]

    def _keeping(self, key: tuple[str, ...], make: Callable[[], tuple[Numbers, ...]]) -> tuple[Numbers, ...]:
        """What `make` makes, from memory if it was made before. When memory is full, it is emptied."""
        made = self._kept.get(key)
        if made is None:
            made = make()
            size = sum(array.nbytes for array in made)
            with self._keeping_one:
                if self._kept_bytes + size > KEPT:
                    self._kept, self._kept_bytes = {}, 0
                if key not in self._kept:  # else another thread was faster
                    self._kept_bytes += size
                    self._kept[key] = made
        return made

    def postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[Numbers, Numbers]:
        articles, counts = self._keeping((field, stream, term), lambda: self._postings(field, stream, term))
        return articles, counts

    def _postings(self, field: IndexedField, stream: Stream, term: str) -> tuple[Numbers, Numbers]:
        if stream == "bigrams":
            owners = self.articles_at(field, self.bigram_positions(field, term))
            firsts = np.flatnonzero(np.diff(owners, prepend=-1))
            return owners[firsts], np.diff(firsts, append=len(owners))
        entry = self._field(f"{field}_{stream}").find(_bytes(term))
        if entry is None:
            return _NONE, _NONE
        return entry.values(), entry.counts()

    def frequency(self, field: IndexedField, stream: Stream, term: str) -> int:
        """How many articles have the term, deleted ones left out, for which its list has to be read."""
        if self._whole and stream != "bigrams":
            entry = self._field(f"{field}_{stream}").find(_bytes(term))
            return entry.size if entry else 0
        articles = self.postings(field, stream, term)[0]
        return len(articles) if self._whole else int(np.count_nonzero(self.live[articles]))

    def bigram_positions(self, field: IndexedField, pair: str) -> Numbers:
        return self._keeping((field, "places", pair), lambda: (self._bigram_positions(field, pair),))[0]

    def _bigram_positions(self, field: IndexedField, pair: str) -> Numbers:
        entry = self._field(f"{field}_bigrams").find(_bytes(pair))
        return _NONE if entry is None else entry.values()

    def articles_at(self, field: IndexedField, places: Numbers) -> Numbers:
        (starts,) = self._keeping((field, "starts"), lambda: (starts_of(self.lengths(field, "bigrams")),))
        return owners_of(places, starts)

    def articles_with_keyword(self, field: KeywordField, value: str) -> Numbers:
        entry = self._field(field).find(_bytes(value))
        return _NONE if entry is None else entry.values()

    def articles_with_facet_value(self, field: ValueField, value: str) -> Numbers:
        entry = self._field(stored_field(field)).find(_bytes(value))
        return _NONE if entry is None else entry.values()

    def value_lists(self, field: ValueField) -> Iterator[Lists]:
        """All values of a facet in order, each with the articles that have it, in chunks."""
        return self._field(stored_field(field)).chunks()

    def lengths(self, field: IndexedField, stream: Stream) -> Numbers:
        return self.articles.column(f"{field}_{stream}")

    def total_length(self, field: IndexedField, stream: Stream) -> int:
        """Of all articles, deleted ones left out."""
        return int(self.lengths(field, stream).sum(where=self.live))

    def days(self) -> Numbers:
        return self.articles.column("day")

    def times(self) -> Numbers:
        return self.articles.column("time")

    def words(self, least: Callable[[], int], *, recounted: bool) -> Iterator[list[tuple[bytes, int]]]:
        """The words that `least` articles have or more, in order, some at a time, with the number of these. Deleted
        ones count unless it is `recounted`, for which all lists have to be read."""
        if self._whole or not recounted:
            yield from self._field(WORDS).of_size(least)
            return
        for lists in self._field(WORDS).chunks():
            starts = np.cumsum(lists.sizes) - lists.sizes
            articles = np.add.reduceat(self.live[lists.values], starts, dtype=np.int64)
            yield [each for each in zip(lists.terms, articles.tolist(), strict=True) if each[1] >= least()]

    def values(self, field: KeywordField) -> Iterator[str]:
        for term, _size in self._field(field).sizes():
            yield term.decode("utf-8", "surrogatepass")


_NONE: NDArray[np.int64] = np.zeros(0, np.int64)


def _bytes(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
