"""Find the files below a path."""

import os
from collections.abc import Iterator
from pathlib import Path

from ...messages import os_error_reason
from ..errors import PathNotFound, ReadError

_INDEX_FILES = {"writer.lock", "writer.txt"}  # mark a folder as an index, even if its first run was killed


def find_files(path: Path) -> Iterator[Path | tuple[Path, ReadError]]:
    """Yield the file `path`, or every file below the folder `path` in order of names.

    A folder that cannot be read is yielded with the reason. Hidden files, links to folders and folders of indexes are
    skipped.

    Raises:
        PathNotFound: `path` does not exist.
    """
    try:
        path.stat()
    except OSError as error:
        raise PathNotFound(path) from error
    if not path.is_dir():
        yield path
        return
    # A stack with the next entry on top. Entries are strings, not Paths: there may be a million.
    stack = [(str(path), True)]
    while stack:
        entry_path, is_folder = stack.pop()
        if not is_folder:
            yield Path(entry_path)
            continue
        try:
            with os.scandir(entry_path) as entries:
                names = sorted(
                    (entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if _is_wanted(entry)
                )
        except OSError as error:
            yield Path(entry_path), ReadError(os_error_reason(error))
            continue
        if not {name for name, _ in names} >= _INDEX_FILES:
            stack += ((os.path.join(entry_path, name), is_dir) for name, is_dir in reversed(names))  # noqa: PTH118


def _is_wanted(entry: "os.DirEntry[str]") -> bool:
    return not entry.name.startswith(".") and not (entry.is_symlink() and entry.is_dir())
