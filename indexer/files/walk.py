"""Find the files below a path."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR

from ...engines import find_index_entries
from ...messages import os_error_reason
from ..errors import OutsideLink, PathNotFound, ReadError


def find_files(path: Path) -> Iterator[Path | tuple[Path, ReadError]]:
    """Yield the file `path`, or every file below the folder `path` in order of names.

    A folder that cannot be read, and a link that leads outside of `path`, is yielded with the reason. Hidden files,
    links to folders and the files of indexes are skipped.

    Raises:
        PathNotFound: `path` does not exist.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise PathNotFound(path) from error
    if not S_ISDIR(status.st_mode):
        yield path
        return
    real_root = os.path.realpath(path)
    # A stack with the next entry on top. Entries are strings, not Paths: there may be a million.
    stack = [(str(path), True)]
    while stack:
        entry_path, is_folder = stack.pop()
        if not is_folder:
            yield Path(entry_path)
            continue
        try:
            with os.scandir(entry_path) as scan:
                entries = sorted(
                    (entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False))
                    for entry in scan
                    if not entry.name.startswith(".")
                )
        except OSError as error:
            yield Path(entry_path), ReadError(os_error_reason(error))
            continue
        index_entries = find_index_entries({name for name, *_ in entries})
        for name, is_link, is_dir in reversed(entries):
            child_path = os.path.join(entry_path, name)  # noqa: PTH118
            if name in index_entries or (is_link and os.path.isdir(child_path)):  # noqa: PTH112
                continue
            if is_link and not _leads_below(real_root, child_path):
                yield Path(child_path), OutsideLink(path)
            else:
                stack.append((child_path, is_dir))


def _leads_below(real_root: str, link: str) -> bool:
    """Return whether the target of a link, which need not exist, is below a folder without links in its path."""
    target = os.path.realpath(link)
    return target.startswith(real_root.rstrip(os.sep) + os.sep)
