"""What of a transaction did not fit into memory: runs, files that hold the lists of some of its articles.

Runs are merged before there are too many to be read side by side. Those that were merged are not merged with smaller
ones, so that an article is written again only once for every factor of `FAN_IN` runs.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .paged_file import Sections, SectionWriter
from .postings_merger import Source, merged, moved, share
from .postings_reader import Field
from .postings_writer import Lists, write_field
from .schema import FIELDS, PLACED

FAN_IN = 128  # runs; each is a file handle, and some memory, while it is merged


class Point(NamedTuple):
    """How many articles there are so far, and how many places in each field that has some."""

    articles: int
    places: Mapping[str, int]

    def values(self, name: str) -> int:
        """How many values a field may have so far: places or articles."""
        return self.places[name] if name in PLACED else self.articles


class Run(NamedTuple):
    path: Path
    start: Point
    end: Point


class Runs:
    """The runs of a transaction, as files in a folder that is removed with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._levels: list[list[Run]] = [[]]  # the earliest articles are in the last level
        self._written = 0

    def __len__(self) -> int:
        return sum(map(len, self._levels))

    def add(self, start: Point, end: Point, lists: Callable[[str], Iterator[Lists]]) -> None:
        """Writes the articles from `start` to `end`, whose values are counted from `start`."""
        self._levels[0].append(self._write(start, end, lists))
        for level, runs in enumerate(self._levels):
            if len(runs) < FAN_IN:
                break
            if runs is self._levels[-1]:
                self._levels.append([])
            start = runs[0].start
            self._levels[level + 1].append(self._write(start, runs[-1].end, _merging(runs, start)))
            for run in runs:
                run.path.unlink()
            runs.clear()

    def sources(self, name: str, at_once: int) -> list[Source]:
        """What the runs have of a field, counted from the transaction's first article; so many values at a time."""
        return [
            (Field(Sections(run.path), name).chunks(at_once), moved(run.start.values(name)))
            for runs in reversed(self._levels)
            for run in runs
        ]

    def _write(self, start: Point, end: Point, lists: Callable[[str], Iterator[Lists]]) -> Run:
        path = self._folder / f"{self._written}.run"
        with SectionWriter(path) as sections:
            for name in FIELDS:
                limit = end.values(name) - start.values(name)
                write_field(sections, name, limit, lists(name), counted=name not in PLACED)
        self._written += 1
        return Run(path, start, end)


def _merging(runs: list[Run], start: Point) -> Callable[[str], Iterator[Lists]]:
    """A field of many runs, counted from `start`."""

    def lists(name: str) -> Iterator[Lists]:
        at_once = share(len(runs))
        return merged(
            (Field(Sections(run.path), name).chunks(at_once), moved(run.start.values(name) - start.values(name)))
            for run in runs
        )

    return lists
