"""Which files are below a path."""

import os
from collections.abc import Iterator
from pathlib import Path

from ...messages import os_error_reason
from ..errors import PathNotFound, ReadError

_MARKS_OF_AN_INDEX = {"writer.lock", "writer.txt"}  # also of one whose first run was killed


def files_below(path: Path) -> Iterator[Path | tuple[Path, ReadError]]:
    """The file `path`, or every file of the folder `path` in order of their names; a folder that cannot be read comes
    with the reason. Hidden files, links to folders and the folders of indexes are passed over. Raises PathNotFound."""
    try:
        path.stat()
    except OSError as error:
        raise PathNotFound(path) from error
    if not path.is_dir():
        yield path
        return
    waiting = [(str(path), True)]  # texts, for there may be a million, and in reverse: the next one is the last
    while waiting:
        place, is_folder = waiting.pop()
        if not is_folder:
            yield Path(place)
            continue
        try:
            with os.scandir(place) as entries:
                found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if _counts(entry))
        except OSError as error:
            yield Path(place), ReadError(os_error_reason(error))
            continue
        if not {name for name, _ in found} >= _MARKS_OF_AN_INDEX:
            waiting += ((os.path.join(place, name), inside) for name, inside in reversed(found))  # noqa: PTH118 - texts


def _counts(entry: "os.DirEntry[str]") -> bool:
    return not entry.name.startswith(".") and not (entry.is_symlink() and entry.is_dir())
