"""How formats of many records are cut, so that a large file is read by many processes and by none as a whole."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ...analysis import Article
from ..errors import ReadError


class Cut(NamedTuple):
    """`end` takes bytes that begin with a record, and their encoding, and tells where the last record ends that is
    whole, in bytes and in lines. `read` takes a path, the text of a piece, a mapping, and how many lines of the file
    the piece has not that are before those of its own. Every piece begins with the first line of a file that
    `has_header`."""

    end: Callable[[bytes, str], tuple[int, int]]
    read: Callable[[str, str, Mapping[str, str], int], Iterator[Article | ReadError]]
    has_header: bool = False


class Piece(NamedTuple):
    """Records of a file, whole ones; `encoding` is the file's, "" where there is nothing but ASCII so far. For the
    others see Cut.read."""

    data: bytes
    encoding: str
    missing: int
    read: Callable[[str, str, Mapping[str, str], int], Iterator[Article | ReadError]]
