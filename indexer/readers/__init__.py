"""One module a format, chosen by what a file begins with rather than by its name."""

from .choice import read, read_file
from .records import FIELDS
from .walk import files_below

__all__ = ["FIELDS", "files_below", "read", "read_file"]
