"""Sorted runs of an external merge sort: files with the posting lists of articles that did not fit into memory.

Runs are merged before there are too many to be read at once. Merged runs are not merged again with smaller ones, so
that an article is rewritten only once for every factor of `FAN_IN` in the number of runs.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .paged_file import PagedFileReader, PagedFileWriter
from .postings_merger import MergeSource, merge_lists, shift, values_per_source
from .postings_reader import FieldReader
from .postings_writer import PostingLists, write_field
from .schema import INDEXED_FIELDS, POSITIONAL_FIELDS

FAN_IN = 128  # runs; each needs a file handle, and some memory, while it is merged


class Totals(NamedTuple):
    """The number of articles so far, and of positions in each field of `POSITIONAL_FIELDS`."""

    articles: int
    positions: Mapping[str, int]

    def values(self, name: str) -> int:
        """Return the number of values that a field can have so far: positions or articles."""
        return self.positions[name] if name in POSITIONAL_FIELDS else self.articles


class Run(NamedTuple):
    """A file with the postings of consecutive articles; `start` and `end` are the totals before and after them."""

    path: Path
    start: Totals
    end: Totals


class SortedRuns:
    """The runs of a transaction, in a folder that is removed with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._levels: list[list[Run]] = [[]]  # the earliest articles are in the last level
        self._file_count = 0

    def __len__(self) -> int:
        return sum(map(len, self._levels))

    def add(self, start: Totals, end: Totals, lists: Callable[[str], Iterator[PostingLists]]) -> None:
        """Write the articles from `start` to `end` as a run. Values in the `lists` of a field count from `start`."""
        self._levels[0].append(self._write(start, end, lists))
        for level, runs in enumerate(self._levels):
            if len(runs) < FAN_IN:
                break
            if runs is self._levels[-1]:
                self._levels.append([])
            start = runs[0].start
            self._levels[level + 1].append(self._write(start, runs[-1].end, _merged_lists(runs, start)))
            for run in runs:
                run.path.unlink()
            runs.clear()

    def sources(self, name: str, max_values: int) -> list[MergeSource]:
        """Return the runs of a field, with values that count from the transaction's first article.

        Each yields chunks of up to `max_values` values.
        """
        return [
            (FieldReader(PagedFileReader(run.path), name).chunks(max_values), shift(run.start.values(name)))
            for runs in reversed(self._levels)
            for run in runs
        ]

    def _write(self, start: Totals, end: Totals, lists: Callable[[str], Iterator[PostingLists]]) -> Run:
        path = self._folder / f"{self._file_count}.run"
        with PagedFileWriter(path) as file:
            for name in INDEXED_FIELDS:
                upper_bound = end.values(name) - start.values(name)
                write_field(file, name, upper_bound, lists(name), has_counts=name not in POSITIONAL_FIELDS)
        self._file_count += 1
        return Run(path, start, end)


def _merged_lists(runs: list[Run], start: Totals) -> Callable[[str], Iterator[PostingLists]]:
    """Return a function that merges a field of the runs, with values that count from `start`."""

    def lists(name: str) -> Iterator[PostingLists]:
        max_values = values_per_source(len(runs))
        return merge_lists(
            (
                FieldReader(PagedFileReader(run.path), name).chunks(max_values),
                shift(run.start.values(name) - start.values(name)),
            )
            for run in runs
        )

    return lists
