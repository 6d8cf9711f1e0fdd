"""Translation of Tantivy's errors into souwen's.

Tantivy raises ValueError or OSError. In a state that it does not expect, it raises a panic of a type of its own, which
cannot be imported and is therefore recognized by name.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from ...messages import SouwenError, os_error_reason
from ..errors import IndexDamaged, IndexUnreadable, IndexUnwritable

_PANIC = "PanicException"


class _ErrorTranslation:
    """A context manager that raises `translate(path, error)` in place of Tantivy's errors."""

    def __init__(self, path: Path, translate: Callable[[Path, BaseException], SouwenError]) -> None:
        self._path = path
        self._translate = translate

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error and (isinstance(error, (OSError, ValueError, LookupError)) or type(error).__name__ == _PANIC):
            raise self._translate(self._path, error) from error


def read_errors(path: Path) -> _ErrorTranslation:
    """Raise IndexDamaged or IndexUnreadable in place of the errors of reading the index in `path`."""
    return _ErrorTranslation(path, _read_error)


def write_errors(path: Path) -> _ErrorTranslation:
    """Raise IndexUnwritable in place of the errors of writing to the index in `path`."""
    return _ErrorTranslation(path, _write_error)


def _read_error(path: Path, error: BaseException) -> SouwenError:
    if isinstance(error, PermissionError):  # raised by Python; Tantivy raises ValueError
        return IndexUnreadable(path, os_error_reason(error))
    return (IndexUnreadable if "PermissionDenied" in str(error) else IndexDamaged)(path, str(error))


def _write_error(path: Path, error: BaseException) -> SouwenError:
    return IndexUnwritable(path, str(error))
