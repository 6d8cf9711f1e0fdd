"""One module a format, chosen by what a file begins with rather than by its name."""

from .choice import Found, Kind, kind_of, read, read_file, read_piece
from .cutting import Cut, Piece
from .records import keys_of
from .walk import files_below

__all__ = ["Cut", "Found", "Kind", "Piece", "files_below", "keys_of", "kind_of", "read", "read_file", "read_piece"]
