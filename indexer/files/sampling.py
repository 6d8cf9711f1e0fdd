"""A look at some of the articles before all are read."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from ...analysis import Article
from .units import units

SIZE = 2000  # articles at most; of eleven sources in 20,000 they teach three, which all would teach five
_LARGEST = 2_000_000  # bytes of what is looked at: the process that reads more may need more memory than there is


def sample(paths: Sequence[str], size: int, mapping: Mapping[str, str]) -> Iterator[Article]:
    """Articles of the files at `paths`, which have `size` bytes together, spread evenly over them. Of an archive all is
    unpacked."""
    some = paths[:: max(len(paths) // SIZE, 1)]
    every = max(size * len(some) / max(len(paths), 1) / SIZE, 1)  # bytes from one to the next
    next_at = 0.0
    for unit in units(map(Path, some)):
        if unit.done >= next_at and unit.size <= _LARGEST:
            next_at = unit.done + every
            articles = (found for found in unit.articles(mapping) if isinstance(found, Article))
            yield from islice(articles, max(int(unit.size / every), 1))
