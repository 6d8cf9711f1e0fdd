"""The files that a run indexes: those at or below the given paths."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .errors import ExcludedFile, OutsideLink
from .files import Selection, find_files
from .readers import is_other_file
from .sync import ReadFailure


class Inputs(NamedTuple):
    """The files at or below `roots`, the paths to index."""

    roots: list[str]
    files: list[str]
    empty_roots: list[str]  # without any file
    failed: list[ReadFailure]  # folders that cannot be read, and links that are not followed
    unreadable: list[str]  # these folders
    others: int = 0  # files that are not articles by their names
    excluded: int = 0  # files and folders that the user excluded


NO_INPUTS = Inputs([], [], [], [], [])


def find_inputs(paths: Iterable[str | os.PathLike[str]], selection: Selection) -> Inputs:
    """Return absolute paths, so that a file is the same from any working directory. Raises PathNotFound."""
    roots = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - symbolic links stay unresolved
    inputs = Inputs(roots, [], [], [], [])
    others = excluded = 0
    for root in inputs.roots:
        files_before = len(inputs.files)
        for entry in find_files(Path(root), selection):
            if isinstance(entry, Path):
                if is_other_file(entry.name) and str(entry) != root:
                    others += 1
                else:
                    inputs.files.append(str(entry))
            else:
                path, error = entry
                if isinstance(error, ExcludedFile):
                    excluded += 1
                    continue
                inputs.failed.append(ReadFailure(str(path), str(error)))
                if not isinstance(error, OutsideLink):
                    inputs.unreadable.append(str(path))
        if len(inputs.files) == files_before:
            inputs.empty_roots.append(root)
    return inputs._replace(others=others, excluded=excluded)
