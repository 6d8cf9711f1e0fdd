"""Files → articles → engine: readers, cleaning, the write path."""

from .build import Failure, IndexReport, build_index
from .errors import PathNotFound, ReadError

__all__ = ["Failure", "IndexReport", "PathNotFound", "ReadError", "build_index"]
