"""Chunks of files of many records: many processes can read a large file, and none reads it whole."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from ...analysis import Article
from ..errors import ReadError

RecordReader: TypeAlias = Callable[[str, str, Mapping[str, str], int], Iterator[Article | ReadError]]
"""Takes the path of a file, the text of a chunk, a mapping and the line offset of the chunk."""


class Chunker(NamedTuple):
    """Rules for splitting a file of a format.

    Attributes:
        find_end: Takes bytes that begin with a record, and their encoding. Returns the number of bytes and lines of the
            complete records in them.
        read: Reads the records of a chunk.
        has_header: Whether the first line of the file is a header, which every chunk gets.
    """

    find_end: Callable[[bytes, str], tuple[int, int]]
    read: RecordReader
    has_header: bool = False


class Chunk(NamedTuple):
    """Complete records of a file.

    Attributes:
        data: The records, behind the header of the file if it has one.
        encoding: Encoding of the file, "" as long as all bytes are ASCII.
        line_offset: Lines of the file that precede the records and are not in the chunk.
        read: Reads the records.
    """

    data: bytes
    encoding: str
    line_offset: int
    read: RecordReader
