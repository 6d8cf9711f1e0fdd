"""One module a format, chosen by what a file begins with rather than by its name."""

from .choice import Found, Kind, kind_of, read, read_file, read_piece
from .cutting import Cut, Piece
from .decoding import Replaced, decode
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
