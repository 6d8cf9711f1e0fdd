"""Units that are read at once: a file, an archive member, or a chunk of a large file of many records."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ...analysis import Article
from ...messages import os_error_reason
from ..errors import ReadError
from ..limits import DEFAULT_LIMITS as LIMITS
from ..readers import Chunk, ReadItems, has_simple_format, read, read_chunk, read_file
from .archives import SIGNATURE_SIZE, ArchiveMember, is_archive, read_members
from .splitting import CHUNK_SIZE, plan_stream, split_stream
from .streams import BLOCK_SIZE, ByteStream
from .web_archives import is_web_archive, read_pages

MAX_SIMPLE_SIZE = 1 << 16  # bytes


class ReadUnit(NamedTuple):
    """A file, an archive member, a chunk of either, or a stored article.

    Attributes:
        name: Absolute path of the file; for a member, path of the archive, "!/" and path in the archive.
        path: Path of the file that is the unit or contains it.
        done: Bytes of all files that have been read when this unit has.
        size: Size of the unit in bytes.
        content: Bytes of a member, a chunk, a stored article, or the reason why nothing can be read. None for a whole
            file: `read` reads it, maybe in another process.
        is_rewritten: True if its articles count as changed, even if they equal those of the index.
    """

    name: str
    path: Path
    done: int
    size: int = 0
    content: bytes | Chunk | Article | ReadError | None = None
    is_rewritten: bool = False

    @property
    def is_truncated(self) -> bool:
        """True if the file could not be read to its end, so that articles in it may be missing."""
        return isinstance(self.content, ReadError) and self.name == str(self.path)

    def is_simple(self, mapping: Mapping[str, str]) -> bool:
        """Return whether reading takes little time and memory, whatever the content is.

        This holds for small units of formats whose readers use no markup or archive library.
        """
        content = self.content
        if content is None and self.size <= MAX_SIMPLE_SIZE:
            try:
                with self.path.open("rb") as file:
                    content = file.read(MAX_SIMPLE_SIZE + 1)
            except OSError:
                return True
        if isinstance(content, Chunk):
            return content.is_simple and len(content.data) <= MAX_SIMPLE_SIZE
        if isinstance(content, bytes):
            return len(content) <= MAX_SIMPLE_SIZE and has_simple_format(self.name, content, mapping)
        return content is not None

    def read(self, mapping: Mapping[str, str] = {}) -> ReadItems:
        """Yield the articles of the unit, and what else `readers.read` yields."""
        if self.content is None:
            return read_file(self.path, mapping)
        if isinstance(self.content, (Article, ReadError)):
            return iter([self.content])
        if isinstance(self.content, Chunk):
            return read_chunk(self.name, self.content, mapping)
        return read(self.name, self.content, mapping)


def read_units(paths: Iterable[Path]) -> Iterator[ReadUnit]:
    """Yield the units of files: each file, its chunks, or the members of an archive. Paths are absolute."""
    before = 0
    for path in paths:
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                start = file.read(SIGNATURE_SIZE)
                file.seek(0)
                if is_web_archive(path.name, start):
                    yield from _archive_units(path, read_pages(path), before, size)
                elif is_archive(path.name, start):
                    yield from _archive_units(path, read_members(path), before, size)
                elif size > CHUNK_SIZE:
                    yield from _chunk_units(path, file, before, size)
                else:
                    yield ReadUnit(str(path), path, before + size, size)
                before += size
        except OSError as error:
            yield ReadUnit(str(path), path, before, content=ReadError(os_error_reason(error)))


def _archive_units(path: Path, members: Iterable[ArchiveMember], before: int, size: int) -> Iterator[ReadUnit]:
    for name, content, bytes_read in members:
        # `bytes_read` may exceed `size`: the directory of a zip is read twice.
        yield _make_unit(f"{path}!/{name}" if name else str(path), path, before + min(bytes_read, size), content)


def _chunk_units(path: Path, file: BinaryIO, before: int, size: int) -> Iterator[ReadUnit]:
    stream = ByteStream(iter(lambda: file.read(BLOCK_SIZE), b""))
    try:
        chunker = plan_stream(path.name, stream, LIMITS).chunker
        if not chunker:
            yield ReadUnit(str(path), path, before + size, size)
            return
        for content in split_stream(stream, chunker, LIMITS):
            yield _make_unit(str(path), path, before + stream.bytes_read, content)
    except ReadError as error:
        yield _make_unit(str(path), path, before + stream.bytes_read, error)


def _make_unit(name: str, path: Path, done: int, content: bytes | Chunk | ReadError) -> ReadUnit:
    size = 0 if isinstance(content, ReadError) else len(content.data if isinstance(content, Chunk) else content)
    return ReadUnit(name, path, done, size, content)
