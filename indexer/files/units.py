"""What is read at once: a file, a member of an archive, or a piece of either where it is large and has many records."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ...analysis import Article
from ...messages import os_error_reason
from ..errors import ReadError
from ..limits import DEFAULT_LIMITS as LIMITS
from ..readers import Found, Piece, read, read_file, read_piece
from .archives import START, is_archive, members
from .decompression import CHUNK, Stream
from .pieces import PIECE, kind_of_stream, pieces


class Unit(NamedTuple):
    """`path` is the file it is, or is in; `content` are the bytes of a member, a piece, an article that was read
    before, or why there is nothing to read; without it the file is read by who reads its articles, maybe in another
    process. `size` is in bytes, and so is `done`: how much of all files has been read with the unit."""

    name: str
    path: Path
    done: int
    size: int = 0
    content: bytes | Piece | Article | ReadError | None = None

    @property
    def is_incomplete(self) -> bool:
        """Whether the file could not be read to its end, so that articles in it may be missing."""
        return isinstance(self.content, ReadError) and self.name == str(self.path)

    def articles(self, mapping: Mapping[str, str] = {}) -> Found:
        """What is in the unit. See `readers.read`."""
        if self.content is None:
            return read_file(self.path, mapping)
        if isinstance(self.content, (Article, ReadError)):
            return iter([self.content])
        if isinstance(self.content, Piece):
            return read_piece(self.name, self.content, mapping)
        return read(self.name, self.content, mapping)


def units(paths: Iterable[Path]) -> Iterator[Unit]:
    """Every file, or its pieces, and in place of an archive what is in it, one after another. Paths are absolute."""
    before = 0
    for path in paths:
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                start = file.read(START)
                file.seek(0)
                if is_archive(path.name, start):
                    yield from _members(path, before, size)
                elif size > PIECE:
                    yield from _pieces(path, file, before, size)
                else:
                    yield Unit(str(path), path, before + size, size)
                before += size
        except OSError as error:
            yield Unit(str(path), path, before, content=ReadError(os_error_reason(error)))


def _members(path: Path, before: int, size: int) -> Iterator[Unit]:
    for name, content, passed in members(path):
        # What a zip says of its members is read twice.
        yield _unit(f"{path}!/{name}" if name else str(path), path, before + min(passed, size), content)


def _pieces(path: Path, file: BinaryIO, before: int, size: int) -> Iterator[Unit]:
    stream = Stream(iter(lambda: file.read(CHUNK), b""))
    try:
        cut = kind_of_stream(path.name, stream, LIMITS).cut
        if not cut:
            yield Unit(str(path), path, before + size, size)
            return
        for content in pieces(stream, cut, LIMITS):
            yield _unit(str(path), path, before + stream.passed, content)
    except ReadError as error:
        yield _unit(str(path), path, before + stream.passed, error)


def _unit(name: str, path: Path, done: int, content: bytes | Piece | ReadError) -> Unit:
    size = 0 if isinstance(content, ReadError) else len(content.data if isinstance(content, Piece) else content)
    return Unit(name, path, done, size, content)
