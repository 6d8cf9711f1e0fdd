"""What can go wrong while files become articles."""

from collections.abc import Sequence
from pathlib import Path

from ..messages import SouwenError
from ..messages import gettext as _


class ReadError(SouwenError):
    """One file, or one record of it, that is no article. The run goes on without it."""


class Interrupted(ReadError):
    """Reading a file did not come to its end, for a reason that may not be in the file."""


class WatchFailed(SouwenError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            _("the folder cannot be followed ({reason}): run `souwen index` from time to time instead").format(
                reason=reason
            )
        )


class UnknownField(SouwenError):
    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            _("articles have no {unknown}: map one of {known} to a key of your records").format(
                unknown=", ".join(unknown), known=", ".join(known)
            )
        )


class PathNotFound(SouwenError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            _("{path} cannot be found or entered: give the folder or file that holds the articles").format(path=path)
        )


class WorkersEnded(SouwenError):
    def __init__(self) -> None:
        super().__init__(
            _("the processes that read articles are ended again and again: try --jobs 1, or free some memory")
        )
