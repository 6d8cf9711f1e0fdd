"""Files → articles → engine: readers, cleaning, the write path."""

from .build import IndexReport, build_index
from .checking import CheckReport, check_index
from .copying import copy_index
from .errors import PathNotFound, ReadError, UnknownField, WatchFailed, WorkersEnded
from .sync import Failure, Removal, Replacement
from .watching import changes

__all__ = [
    "CheckReport",
    "Failure",
    "IndexReport",
    "PathNotFound",
    "ReadError",
    "Removal",
    "Replacement",
    "UnknownField",
    "WatchFailed",
    "WorkersEnded",
    "build_index",
    "changes",
    "check_index",
    "copy_index",
]
