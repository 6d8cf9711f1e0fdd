"""Whoosh's SegmentWriter with postings in arrays."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import override

from .article_store import ArticleStoreReader
from .codec import ArrayCodec, articles_at, text_starts
from .elias_fano import IntArray
from .postings_buffer import TermBuffer, TextBuffer
from .postings_merger import Renumber, merge_lists, shift, values_per_source
from .postings_reader import FieldReader
from .postings_writer import PostingLists, write_field
from .prepared_article import WhooshDocument
from .schema import INDEXED_FIELDS, NGRAM_SIZES, NGRAM_TEXTS, POSITIONAL_FIELDS, TERM_LIST_FIELDS
from .sorted_runs import SortedRuns, Totals
from .toc import WhooshIndex

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.writing import SegmentWriter


class ArraySegmentWriter(SegmentWriter):  # type: ignore[misc]
    """Writes a new segment.

    It buffers up to about `memory` bytes of postings, then writes them to the disk as a sorted run. A commit merges the
    runs, and the segments that Whoosh's merge policy selects, into the new segment.
    """

    def __init__(self, index: WhooshIndex, memory: int) -> None:
        super().__init__(index, codec=ArrayCodec(), compound=False)
        self._memory = memory
        self._runs = SortedRuns(Path(self._tempstorage.folder))
        self._old_segments: list[tuple[_OldSegment, int]] = []  # to merge, with the new number of their first article
        self._positions = dict.fromkeys(POSITIONAL_FIELDS, 0)  # in all articles that were added
        self._reset_buffers()

    def _reset_buffers(self) -> None:
        self._buffer_start = self._totals()
        self._texts = {name: TextBuffer() for name in NGRAM_TEXTS}
        self._terms = TermBuffer(TERM_LIST_FIELDS)

    def add_article(self, article: WhooshDocument) -> None:
        """Add an article to the new segment."""
        for name, text_buffer in self._texts.items():
            text_buffer.add(article.texts[name])
        self._terms.add(article.terms)
        for name in POSITIONAL_FIELDS:
            self._positions[name] += article.numbers[name]
        self.perdocwriter.add(article.record, article.numbers)
        self.docnum += 1
        self._added = True
        buffers: list[TextBuffer | TermBuffer] = [*self._texts.values(), self._terms]
        memory = sum(buffer.memory for buffer in buffers) + max(buffer.sort_memory for buffer in buffers)
        if memory > self._memory:
            self._write_run()

    def withdraw_article(self, number: int) -> None:
        """Mark an article of the new segment as deleted. Articles are numbered from 0, in the order of adding."""
        self.newsegment.delete_document(number)

    def _totals(self) -> Totals:
        return Totals(self.docnum, dict(self._positions))

    def _pop_buffered(self, name: str) -> Iterator[PostingLists]:
        """Yield the buffered posting lists of a field, and free the memory."""
        if name not in NGRAM_SIZES:
            return self._terms.pop_lists(name)
        text = name.partition("_")[0]
        # Fields are written in order, so that the unigrams of a text are its last field.
        buffer = self._texts.pop(text) if NGRAM_SIZES[name] == 1 else self._texts[text]
        return buffer.lists(NGRAM_SIZES[name])

    def _write_run(self) -> None:
        self._runs.add(self._buffer_start, self._totals(), self._pop_buffered)
        self._reset_buffers()

    def _end_runs(self) -> None:
        """Write the rest of the buffer as a run if there are runs, because their merge needs the memory.

        This must precede the articles of other segments.
        """
        if self._runs and not self._old_segments and self.docnum > self._buffer_start.articles:
            self._write_run()

    @override
    def add_reader(self, reader: Any) -> None:
        """Append the articles of a segment that is to be merged."""
        self._end_runs()
        old = _OldSegment(reader)
        self._old_segments.append((old, self.docnum))
        self.perdocwriter.append(old.store, np.flatnonzero(old.live))
        self.docnum += int(np.count_nonzero(old.live))
        self._added = True

    @override
    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        self._end_runs()
        for name in INDEXED_FIELDS:
            has_counts = name not in POSITIONAL_FIELDS
            write_field(self.fieldwriter, name, self._upper_bound(name), self._lists(name), has_counts=has_counts)
        self.fieldwriter.close()

    @override
    def cancel(self) -> None:
        """Abandon the transaction, and remove its files as far as the disk allows."""
        self.perdocwriter.abort()
        self.fieldwriter.abort()
        shutil.rmtree(self._tempstorage.folder, ignore_errors=True)
        if not self.is_closed:
            self._finish()

    def _upper_bound(self, name: str) -> int:
        if name not in POSITIONAL_FIELDS:
            return int(self.docnum)
        return self._positions[name] + sum(old.position_count(name) for old, _ in self._old_segments)

    def _lists(self, name: str) -> Iterator[PostingLists]:
        """Yield the posting lists of a field in the new segment."""
        buffered = self._pop_buffered(name)
        if not self._runs and not self._old_segments:
            return buffered
        max_values = values_per_source(len(self._runs) + len(self._old_segments))
        sources = [*self._runs.sources(name, max_values), (buffered, shift(self._buffer_start.values(name)))]
        positions = self._positions.get(name, 0)
        for old, first_article in self._old_segments:
            first_value = positions if name in POSITIONAL_FIELDS else first_article
            sources.append((old.field(name).chunks(max_values), old.renumber(name, first_value)))
            positions += old.position_count(name)
        return merge_lists(sources)


class _OldSegment:
    """A segment that is merged into a new one."""

    def __init__(self, reader: Any) -> None:
        segment = reader.segment()
        self._terms = reader._terms
        self.store: ArticleStoreReader = reader._perdoc.store
        self.live = np.ones(self.store.size, np.bool_)
        self.live[list(segment.deleted_docs())] = False

    def field(self, name: str) -> FieldReader:
        field: FieldReader = self._terms.field(name)
        return field

    def position_count(self, name: str) -> int:
        """Return the number of positions in a field of the live articles."""
        return int(self.store.column(name)[self.live].sum())

    def renumber(self, name: str, first_value: int) -> Renumber:
        """Return a function that maps article numbers or positions of this segment to those of the new one."""
        if self.live.all():
            return shift(first_value)
        if name not in POSITIONAL_FIELDS:
            numbers = np.where(self.live, first_value + np.cumsum(self.live) - 1, -1)
            return lambda articles: numbers[articles]
        lengths = self.store.column(name)
        starts, new_starts = text_starts(lengths), first_value + text_starts(np.where(self.live, lengths, 0))

        def renumber_positions(positions: IntArray) -> IntArray:
            articles = articles_at(positions, starts)
            return np.where(self.live[articles], positions - starts[articles] + new_starts[articles], -1)

        return renumber_positions
