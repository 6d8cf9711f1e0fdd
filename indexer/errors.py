"""What can go wrong while files become articles."""

from collections.abc import Sequence
from pathlib import Path

from ..analysis import SouwenError


class ReadError(SouwenError):
    """One file, or one record of it, that is no article. The run goes on without it."""


class Interrupted(ReadError):
    """Reading a file did not come to its end, for a reason that may not be in the file."""


class WatchFailed(SouwenError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"the folder cannot be followed ({reason}): run `souwen index` from time to time instead")


class UnknownField(SouwenError):
    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"articles have no {', '.join(unknown)}: map one of {', '.join(known)} to a key of your records"
        )


class PathNotFound(SouwenError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} cannot be found or entered: give the folder or file that holds the articles")


class WorkersEnded(SouwenError):
    def __init__(self) -> None:
        super().__init__(
            "the processes that read articles are ended again and again: try --jobs 1, or free some memory"
        )
