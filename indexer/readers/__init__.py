"""One module a format, chosen by what a file begins with rather than by its name."""

from .chunking import Cut, Piece
from .decoding import Replaced, decode
from .detection import Found, Kind, kind_of, read, read_file, read_piece
from .records import keys_of

__all__ = [
    "Cut",
    "Found",
    "Kind",
    "Piece",
    "Replaced",
    "decode",
    "keys_of",
    "kind_of",
    "read",
    "read_file",
    "read_piece",
]
