"""Watch folders and signal when something in them changes."""

import os
import time
from collections.abc import Iterator, Sequence
from threading import Event

from ..messages import os_error_reason
from .errors import WatchFailed

_INTERVAL = 1000  # ms between looks at the paths themselves

_Inode = tuple[int, int]


def watch_changes(
    paths: Sequence[str | os.PathLike[str]], index: str | os.PathLike[str] = "index_data"
) -> Iterator[None]:
    """Yield once when the watch has started, then once for each group of changes at about the same time.

    The first signal covers changes before the start. Changes inside the folder of the index do not count. When one of
    the paths is removed or replaced, the watch starts again as soon as all of them exist.

    Raises:
        WatchFailed: The operating system cannot watch the folders. Only this or KeyboardInterrupt ends the iterator.
    """
    index_path = os.path.abspath(index)  # noqa: PTH100 - symbolic links stay unresolved
    while True:
        inodes = _inodes(paths)
        if None in inodes:
            time.sleep(_INTERVAL / 1000)
            continue
        try:
            yield from _watch(paths, inodes, index_path)
        except OSError as error:
            if _inodes(paths) == inodes:  # such as a limit of the system
                raise WatchFailed(os_error_reason(error)) from error


def _watch(paths: Sequence[str | os.PathLike[str]], inodes: list[_Inode | None], index_path: str) -> Iterator[None]:
    """Yield as `watch_changes` does, until one of the paths is another file or folder than that of `inodes`."""
    from watchfiles import watch  # imported late: most runs do not need it

    stop = Event()
    has_started = False
    # The operating system watches inodes, so that a path with another one is no longer watched.
    for changes in watch(
        *(os.fspath(path) for path in paths),
        watch_filter=lambda _, path: path != index_path and not path.startswith(index_path + os.sep),
        yield_on_timeout=True,
        rust_timeout=_INTERVAL,
        stop_event=stop,
    ):
        if _inodes(paths) != inodes:
            stop.set()
        elif changes or not has_started:
            yield
        has_started = True


def _inodes(paths: Sequence[str | os.PathLike[str]]) -> list[_Inode | None]:
    """Return device and inode of each path, None for one that does not exist."""
    return [_inode(path) for path in paths]


def _inode(path: str | os.PathLike[str]) -> _Inode | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - takes any path
    except OSError:
        return None
    return status.st_dev, status.st_ino
