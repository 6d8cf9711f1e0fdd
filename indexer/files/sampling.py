"""Sample articles of files, without reading all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from ...analysis import Article
from ..cleaning.repeated_lines import MIN_SAMPLE_ARTICLES
from ..worker_process import BeginStep, StepInterrupted, Task, WorkerProcess
from .read_units import MAX_SIMPLE_SIZE, ReadUnit, read_units

# From 2,000 of 20,000 articles of eleven sources, the lines of three are learned; from all articles, those of five.
SAMPLE_ARTICLES = 2000
_MAX_SAMPLE_UNIT = 2_000_000  # bytes; the process that reads a larger unit may need more memory than there is
_MAX_INTERRUPTIONS = 3  # units that exceed the limits; then only simple units are read


def sample_articles(paths: Sequence[str], size: int, mapping: Mapping[str, str]) -> Iterator[Article]:
    """Yield up to SAMPLE_ARTICLES articles of the files at `paths`, spread evenly over their `size` bytes.

    Archives are unpacked whole for it.
    """
    sampled_paths = paths[:: max(len(paths) // SAMPLE_ARTICLES, 1)]
    step = max(size * len(sampled_paths) / max(len(paths), 1) / SAMPLE_ARTICLES, 1)  # bytes
    next_at = 0.0
    with closing(_SampleReader(mapping, len(paths))) as reader:
        for unit in read_units(map(Path, sampled_paths)):
            if unit.done >= next_at and unit.size <= _MAX_SAMPLE_UNIT:
                next_at = unit.done + step
                yield from reader.read(unit, max(int(unit.size / step), 1))


class _SampleReader:
    """Reads simple units in this process, and others in a worker process, which starts with the first of them."""

    def __init__(self, mapping: Mapping[str, str], files: int) -> None:
        self._mapping = mapping
        self._has_few_files = files < MIN_SAMPLE_ARTICLES
        self._process: WorkerProcess | None = None
        self._interruptions = 0

    def read(self, unit: ReadUnit, limit: int) -> list[Article]:
        """Return up to `limit` articles of a unit, and none if it exceeds the limits."""
        if unit.is_simple(self._mapping):
            return _read_articles(self._mapping, unit, limit)
        is_page = unit.content is None and unit.size <= MAX_SIMPLE_SIZE and unit.path.suffix.lower() != ".epub"
        if self._has_few_files and is_page:
            return []  # too few articles to learn from, and not worth a process
        if self._interruptions == _MAX_INTERRUPTIONS:
            return []
        self._process = self._process or WorkerProcess(_make_task, self._mapping)
        try:
            articles: list[Article] = self._process.call(unit, limit)
        except StepInterrupted:  # the run reads the unit again, and reports this
            self._interruptions += 1
            return []
        return articles

    def close(self) -> None:
        """Kill the worker process."""
        if self._process:
            self._process.close()


def _make_task(mapping: Mapping[str, str]) -> Task:
    return partial(_read_in_worker, mapping)


def _read_in_worker(mapping: Mapping[str, str], unit: ReadUnit, limit: int, begin_step: BeginStep) -> list[Article]:
    begin_step(0, unit.size)
    return _read_articles(mapping, unit, limit)


def _read_articles(mapping: Mapping[str, str], unit: ReadUnit, limit: int) -> list[Article]:
    return list(islice((item for item in unit.read(mapping) if isinstance(item, Article)), limit))
