"""Files → articles → engine: readers, cleaning, the write path."""

from .build import IndexReport, build_index
from .errors import PathNotFound, ReadError, UnknownField, WatchFailed, WorkersEnded
from .index_check import CheckReport, check_index
from .index_copy import copy_index
from .sync import DecodingLoss, ReadFailure, RemovedLine
from .watch import watch_changes

__all__ = [
    "CheckReport",
    "DecodingLoss",
    "IndexReport",
    "PathNotFound",
    "ReadError",
    "ReadFailure",
    "RemovedLine",
    "UnknownField",
    "WatchFailed",
    "WorkersEnded",
    "build_index",
    "check_index",
    "copy_index",
    "watch_changes",
]
