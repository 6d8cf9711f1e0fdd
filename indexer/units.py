"""What is read at once: a file, or a member of an archive."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..analysis import Article
from .archives import START, is_archive, members
from .errors import ReadError
from .limits import DEFAULT_LIMITS as LIMITS
from .readers import read, read_file


class Unit(NamedTuple):
    """`path` is the file it is, or is in; `data` are the bytes of a member; a file is read by who reads its articles,
    maybe in another process. `error` is why there is nothing to read. `size` is in bytes; `place` counts the paths that
    were given, from 1."""

    name: str
    path: Path
    place: int
    size: int = 0
    data: bytes | None = None
    error: str = ""

    @property
    def is_incomplete(self) -> bool:
        """Whether the file could not be read to its end, so that articles in it may be missing."""
        return bool(self.error) and self.name == str(self.path)

    def articles(self, mapping: Mapping[str, str]) -> Iterator[Article | ReadError]:
        """The articles of the unit, and a ReadError for each part of it that is none."""
        if self.error:
            return iter([ReadError(self.error)])
        return read_file(self.path, mapping) if self.data is None else read(self.name, self.data, mapping)


def units(paths: Iterable[Path]) -> Iterator[Unit]:
    """Every file of these absolute paths, and in place of an archive its members, one after another."""
    for place, path in enumerate(paths, start=1):
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                archived = is_archive(path.name, file.read(START))
        except OSError as error:
            yield Unit(str(path), path, place, error=error.strerror or str(error))
            continue
        if archived:
            yield from _members(path, place)
        else:
            yield Unit(str(path), path, place, size)


def _members(path: Path, place: int) -> Iterator[Unit]:
    for member in members(
        path,
        archive_members=LIMITS.archive_members,
        archive_bytes=LIMITS.archive_bytes,
        archive_ratio=LIMITS.archive_ratio,
        article_bytes=LIMITS.records_bytes,
    ):
        if isinstance(member[1], ReadError):
            yield Unit(f"{path}!/{member[0]}" if member[0] else str(path), path, place, error=str(member[1]))
        else:
            yield Unit(f"{path}!/{member[0]}", path, place, len(member[1]), member[1])
