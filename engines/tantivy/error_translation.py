"""What goes wrong inside Tantivy, by our names. It raises ValueError or OSError, and where it finds what it never
expected, a panic of its own kind, which cannot be imported."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from ...messages import SouwenError, os_error_reason
from ..errors import IndexDamaged, IndexUnreadable, IndexUnwritable

_PANIC = "PanicException"


class _Translated:
    """A context in which faults become what `name` makes of them."""

    def __init__(self, path: Path, name: Callable[[Path, BaseException], SouwenError]) -> None:
        self._path = path
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error and (isinstance(error, (OSError, ValueError, LookupError)) or type(error).__name__ == _PANIC):
            raise self._name(self._path, error) from error


def reading(path: Path) -> _Translated:
    """IndexDamaged or IndexUnreadable, of the index in `path`, instead of what is raised in reading."""

    def fault(path: Path, error: BaseException) -> SouwenError:
        if isinstance(error, PermissionError):  # Python's; Tantivy raises ValueError
            return IndexUnreadable(path, os_error_reason(error))
        return (IndexUnreadable if "PermissionDenied" in str(error) else IndexDamaged)(path, str(error))

    return _Translated(path, fault)


def writing(path: Path) -> _Translated:
    """IndexUnwritable, of the index in `path`, instead of what is raised in writing."""
    return _Translated(path, lambda path, error: IndexUnwritable(path, str(error)))
