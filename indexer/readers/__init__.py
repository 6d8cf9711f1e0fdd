"""One module a format, chosen by what a file begins with rather than by its name."""

from .choice import read, read_file
from .records import keys_of
from .walk import files_below

__all__ = ["files_below", "keys_of", "read", "read_file"]
