"""Errors raised while files become articles."""

from collections.abc import Sequence
from pathlib import Path

from ..messages import SouwenError
from ..messages import gettext as _


class ReadError(SouwenError):
    """A file, or one record of a file, that cannot become an article. The run continues without it."""


class ReadInterrupted(ReadError):
    """Reading stopped before the end of a file, for a reason that may lie outside the file."""


class OtherFile(ReadError):
    """A member of an archive whose name says that it is not an article, such as a picture. It is no failure."""


class ExcludedFile(ReadError):
    """A file or folder that the user excluded. It is no failure."""

    def __init__(self) -> None:
        super().__init__(_("it was excluded"))


class InvalidGlob(SouwenError):
    """A pattern of file names is not valid."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("a glob is not valid ({reason}): write patterns as in .gitignore, such as *.html or drafts/").format(
                reason=reason
            )
        )


class WatchFailed(SouwenError):
    """The operating system cannot watch a folder for changes."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("cannot watch the folder ({reason}): run `souwen index` from time to time instead").format(reason=reason)
        )


class UnknownField(SouwenError):
    """A mapping names a field that articles do not have."""

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            _("articles have no field {unknown}: map one of {known} to a key of your records").format(
                unknown=", ".join(unknown), known=", ".join(known)
            )
        )


class OutsideLink(ReadError):
    """A symbolic link that leads outside of the folder that is indexed."""

    def __init__(self, root: Path) -> None:
        super().__init__(_("the link leads outside of {root}: index its target by its own path").format(root=root))


class TooManyDeletions(SouwenError):
    """More articles are missing than a run may delete."""

    def __init__(self, missing: int, articles: int, limit: int) -> None:
        super().__init__(
            _(
                "{missing} of {articles} articles are no longer in their files, which is more than {limit} %, and "
                "nothing was changed: restore the files, or allow more with --max-delete PERCENT"
            ).format(missing=missing, articles=articles, limit=limit)
        )


class PathNotFound(SouwenError):
    """A path to index does not exist or cannot be entered."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _("cannot find or enter {path}: give the folder or file that holds the articles").format(path=path)
        )


class WorkerPoolFailed(SouwenError):
    """Worker processes died more often than the pool restarts them."""

    def __init__(self) -> None:
        super().__init__(_("the worker processes keep dying: free some memory, then run the command again"))


class IndexOccupied(SouwenError):
    """A copy would replace another index, or its list of aliases."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _(
                "{path} has an index or aliases of its own: choose another folder with --index, or replace them with "
                "--rebuild"
            ).format(path=path)
        )


class MappingsDiffer(SouwenError):
    """The files of an index were read with mappings that contradict each other."""

    def __init__(self, path: Path, field: str, *keys: str) -> None:
        super().__init__(
            _("the files in {path} were read with {options}: give the --map options that all files are to have").format(
                path=path, options=_(" and ").join(f"--map {field}={key}" for key in keys)
            )
        )
