"""Whoosh's SegmentWriter, with postings handled in arrays."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .article_store import ArticleReader
from .codec import Codec, owners_of, starts_of
from .elias_fano import Numbers
from .postings_buffer import TermGatherer, TextGatherer
from .postings_merger import Renumber, merged, moved, share
from .postings_reader import Field
from .postings_writer import Lists, write_field
from .prepared_article import PreparedArticle
from .schema import CODED, FIELDS, GRAMS, PLACED, TEXTS_OF_GRAMS
from .sorted_runs import Point, Runs
from .toc import Index

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.writing import SegmentWriter


class ArrayWriter(SegmentWriter):  # type: ignore[misc]
    """Gathers postings in memory, up to about `memory` bytes; then they are written to the disk as a run. A commit
    merges the runs and the segments that Whoosh's policy chooses into the new segment."""

    def __init__(self, index: Index, memory: int) -> None:
        super().__init__(index, codec=Codec(), compound=False)
        self._memory = memory
        self._runs = Runs(Path(self._tempstorage.folder))
        self._chosen: list[tuple[_Old, int]] = []  # segments to merge, with the number of their first article
        self._places = dict.fromkeys(PLACED, 0)  # in all articles so far
        self._gather()

    def _gather(self) -> None:
        """Begins with nothing gathered."""
        self._start = self._point()
        self._texts = {name: TextGatherer() for name in TEXTS_OF_GRAMS}
        self._terms = TermGatherer(CODED)

    def add_article(self, article: PreparedArticle) -> None:
        for name, gatherer in self._texts.items():
            gatherer.add(article.texts[name])
        self._terms.add(article.terms)
        for name in PLACED:
            self._places[name] += article.numbers[name]
        self.perdocwriter.add(article.record, article.numbers)
        self.docnum += 1
        self._added = True
        gatherers: list[TextGatherer | TermGatherer] = [*self._texts.values(), self._terms]
        if sum(each.held for each in gatherers) + max(each.sorting for each in gatherers) > self._memory:
            self._write_run()

    def _point(self) -> Point:
        return Point(self.docnum, dict(self._places))

    def _gathered(self, name: str) -> Iterator[Lists]:
        """A field of what was gathered, which is let go with it."""
        if name not in GRAMS:
            return self._terms.lists(name)
        text = name.partition("_")[0]
        # Of its fields, which come in order, that of single characters is the last.
        gatherer = self._texts.pop(text) if GRAMS[name] == 1 else self._texts[text]
        return gatherer.lists(GRAMS[name])

    def _write_run(self) -> None:
        self._runs.add(self._start, self._point(), self._gathered)
        self._gather()

    def _end_runs(self) -> None:
        """Writes the last articles as a run, too, where there are runs: merging takes the memory that they held. Before
        other segments' articles come behind them."""
        if self._runs and not self._chosen and self.docnum > self._start.articles:
            self._write_run()

    def add_reader(self, reader: Any) -> None:
        """Takes over the articles of a segment that is to be merged."""
        self._end_runs()
        old = _Old(reader)
        self._chosen.append((old, self.docnum))
        self.perdocwriter.append(old.articles, np.flatnonzero(old.live))
        self.docnum += int(np.count_nonzero(old.live))
        self._added = True

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        self._end_runs()
        for name in FIELDS:
            write_field(self.fieldwriter, name, self._limit(name), self._lists(name), counted=name not in PLACED)
        self.fieldwriter.close()

    def cancel(self) -> None:
        """Gives up what was not committed. Its files are removed so far as the disk lets it."""
        self.perdocwriter.abandon()
        self.fieldwriter.abandon()
        shutil.rmtree(self._tempstorage.folder, ignore_errors=True)
        if not self.is_closed:
            self._finish()

    def _limit(self, name: str) -> int:
        if name not in PLACED:
            return int(self.docnum)
        return self._places[name] + sum(old.places(name) for old, _ in self._chosen)

    def _lists(self, name: str) -> Iterator[Lists]:
        """The whole field of the new segment."""
        gathered = self._gathered(name)
        if not self._runs and not self._chosen:
            return gathered
        at_once = share(len(self._runs) + len(self._chosen))
        sources = [*self._runs.sources(name, at_once), (gathered, moved(self._start.values(name)))]
        places = self._places.get(name, 0)
        for old, first_article in self._chosen:
            first = places if name in PLACED else first_article
            sources.append((old.field(name).chunks(at_once), old.renumber(name, first)))
            places += old.places(name)
        return merged(sources)


class _Old:
    """A segment that is merged into a new one."""

    def __init__(self, reader: Any) -> None:
        segment = reader.segment()
        self._terms = reader._terms
        self.articles: ArticleReader = reader._perdoc.articles
        self.live = np.ones(self.articles.size, np.bool_)
        self.live[list(segment.deleted_docs())] = False

    def field(self, name: str) -> Field:
        field: Field = self._terms.field(name)
        return field

    def places(self, name: str) -> int:
        """How many places of a field its live articles take."""
        return int(self.articles.column(name)[self.live].sum())

    def renumber(self, name: str, first: int) -> Renumber:
        """From the numbers of articles or places in this segment to those in the new one."""
        if self.live.all():
            return moved(first)
        if name not in PLACED:
            numbers = np.where(self.live, first + np.cumsum(self.live) - 1, -1)
            return lambda articles: numbers[articles]
        lengths = self.articles.column(name)
        starts, new_starts = starts_of(lengths), first + starts_of(np.where(self.live, lengths, 0))

        def renumbered(places: Numbers) -> Numbers:
            owners = owners_of(places, starts)
            return np.where(self.live[owners], places - starts[owners] + new_starts[owners], -1)

        return renumbered
