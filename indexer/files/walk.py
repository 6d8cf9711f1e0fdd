"""Find the files below a path."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR
from typing import NamedTuple

from ...engines import find_index_entries
from ...messages import os_error_reason
from ..errors import ExcludedFile, OutsideLink, PathNotFound, ReadError
from .selection import IGNORE_FILE, IgnoreRules, Selection, read_ignore_rules


class _Entry(NamedTuple):
    """A file or folder that the walk has yet to visit, with the rules of the folders above it."""

    path: str
    relative_path: str  # below the root, with `/`
    is_folder: bool
    rules: tuple[IgnoreRules, ...]


def find_files(path: Path, selection: Selection) -> Iterator[Path | tuple[Path, ReadError]]:
    """Yield the file `path`, or every file below the folder `path` in order of names.

    A folder that cannot be read, a link that leads outside of `path`, and what `selection` or a `.souwenignore`
    excludes is yielded with the reason. Hidden files, links to folders and the files of indexes are skipped.

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
    # A stack with the next entry on top. Paths are strings, not Paths: there may be a million.
    stack = [_Entry(str(path), "", True, ())]
    while stack:
        folder = stack.pop()
        if not folder.is_folder:
            yield Path(folder.path)
            continue
        rules = folder.rules
        try:
            with os.scandir(folder.path) as scan:
                entries = sorted(
                    (entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False))
                    for entry in scan
                    if not entry.name.startswith(".")
                )
        except OSError as error:
            yield Path(folder.path), ReadError(os_error_reason(error))
            continue
        try:
            own_rules = read_ignore_rules(Path(folder.path), folder.relative_path)
            rules += (own_rules,) if own_rules else ()
        except ReadError as error:
            yield Path(folder.path) / IGNORE_FILE, error
        index_entries = find_index_entries({name for name, *_ in entries})
        for name, is_link, is_dir in reversed(entries):
            child_path = os.path.join(folder.path, name)  # noqa: PTH118
            relative_path = f"{folder.relative_path}/{name}".removeprefix("/")
            if name in index_entries or (is_link and os.path.isdir(child_path)):  # noqa: PTH112
                continue
            if selection.excludes(relative_path, is_folder=is_dir, rules=rules):
                yield Path(child_path), ExcludedFile()
            elif is_link and not _leads_below(real_root, child_path):
                yield Path(child_path), OutsideLink(path)
            else:
                stack.append(_Entry(child_path, relative_path, is_dir, rules))


def _leads_below(real_root: str, link: str) -> bool:
    """Return whether the target of a link, which need not exist, is below a folder without links in its path."""
    target = os.path.realpath(link)
    return target.startswith(real_root.rstrip(os.sep) + os.sep)
