"""Files → articles → engine: readers, cleaning, the write path."""

from .build import build_index
from .errors import (
    IndexOccupied,
    InvalidGlob,
    MappingsDiffer,
    PathNotFound,
    ReadError,
    TooManyDeletions,
    UnknownField,
    WatchFailed,
    WorkerPoolFailed,
)
from .index_check import CheckReport, check_index
from .index_copy import copy_index
from .learned_lines import learned_lines
from .sync import DecodingLoss, ReadFailure, RemovedLine, SharedId
from .update import IndexReport
from .watch import watch_changes

__all__ = [
    "CheckReport",
    "DecodingLoss",
    "IndexOccupied",
    "IndexReport",
    "InvalidGlob",
    "MappingsDiffer",
    "PathNotFound",
    "ReadError",
    "ReadFailure",
    "RemovedLine",
    "SharedId",
    "TooManyDeletions",
    "UnknownField",
    "WatchFailed",
    "WorkerPoolFailed",
    "build_index",
    "check_index",
    "copy_index",
    "learned_lines",
    "watch_changes",
]
