"""Chunks of files of many records: many processes can read a large file, and none reads it whole."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from ...analysis import Article
from ..errors import ReadError

RecordReader: TypeAlias = Callable[[str, Any, Mapping[str, str], int], Iterator[Article | ReadError]]
"""Takes the path of a file, the text of a chunk, a mapping and the line offset of the chunk.

The reader of a format whose records have encodings of their own takes the bytes of the chunk instead of its text.
"""


class Chunker(NamedTuple):
    """Rules for splitting a file of a format.

    Attributes:
        find_end: Takes bytes that begin with a record, and their encoding. Returns the number of bytes and lines of the
            complete records in them.
        read: Reads the records of a chunk.
        has_header: Whether the first line of the file is a header, which every chunk gets.
        separator: Bytes at the end of each record, after which reading goes on behind a record that is too large.
        is_binary: Whether `read` takes bytes.
        is_simple: Whether `read` uses no markup library.
    """

    find_end: Callable[[bytes, str], tuple[int, int]]
    read: RecordReader
    has_header: bool = False
    separator: bytes = b"\n"
    is_binary: bool = False
    is_simple: bool = True


class Chunk(NamedTuple):
    """Complete records of a file.

    Attributes:
        data: The records, behind the header of the file if it has one.
        encoding: Encoding of the file, "" as long as all bytes are ASCII.
        line_offset: Lines of the file that precede the records and are not in the chunk.
        read: Reads the records.
        is_binary: Whether `read` takes bytes.
        is_simple: Whether `read` uses no markup library.
    """

    data: bytes
    encoding: str
    line_offset: int
    read: RecordReader
    is_binary: bool = False
    is_simple: bool = True


def find_last_record(separator: bytes, block: bytes, _encoding: str) -> tuple[int, int]:
    """Return the bytes and lines of the complete records in a block, each of which ends with `separator`."""
    end = block.rfind(separator) + len(separator)
    return (end, block.count(b"\n", 0, end)) if end >= len(separator) else (0, 0)
