"""How formats of many records are cut, so that a large file is read by many processes and by none as a whole."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from ...analysis import Article
from ..errors import ReadError

ReadPiece: TypeAlias = Callable[[str, str, Mapping[str, str], int], Iterator[Article | ReadError]]
"""Takes the path of a file, the text of a piece, a mapping, and how many lines of the file to count that are not in the
piece: those before its first, or, in a table, between the header and its first."""


class Cut(NamedTuple):
    """`end` takes bytes that begin with a record, and their encoding, and tells how many bytes and lines of these are
    whole records. A file that `has_header` has it in its first line, and every piece gets it."""

    end: Callable[[bytes, str], tuple[int, int]]
    read: ReadPiece
    has_header: bool = False


class Piece(NamedTuple):
    """Whole records of a file. `encoding` is the file's, "" as long as nothing but ASCII has come; `missing` are the
    lines that `read` is to count."""

    data: bytes
    encoding: str
    missing: int
    read: ReadPiece
