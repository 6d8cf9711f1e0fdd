"""What goes wrong inside Tantivy, by our names. It raises ValueError or OSError, and where it finds what it never
expected, a panic of its own kind, which cannot be imported."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from ...analysis import SouwenError
from ..errors import IndexDamaged, IndexUnreadable, IndexUnwritable

_PANIC = "PanicException"


class _Translated:
    """A context in which faults become what `name` makes of them."""

    def __init__(self, path: Path, name: Callable[[Path, str], SouwenError]) -> None:
        self._path = path
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind and (issubclass(kind, (OSError, ValueError, LookupError)) or kind.__name__ == _PANIC):
            raise self._name(self._path, str(error)) from error


def reading(path: Path) -> _Translated:
    """IndexDamaged or IndexUnreadable, of the index in `path`, instead of what is raised in reading."""

    def fault(path: Path, reason: str) -> SouwenError:
        return (IndexUnreadable if "PermissionDenied" in reason else IndexDamaged)(path, reason)

    return _Translated(path, fault)


def writing(path: Path) -> _Translated:
    """IndexUnwritable, of the index in `path`, instead of what is raised in writing."""
    return _Translated(path, IndexUnwritable)
