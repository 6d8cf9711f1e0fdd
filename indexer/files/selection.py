"""Choice of the files of a run: globs to include or exclude, and `.souwenignore` files with Git's rules."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import re2
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import InvalidGlob, ReadError

IGNORE_FILE = ".souwenignore"
MAX_IGNORE_FILE_SIZE = 100_000  # bytes


class IgnoreRules(NamedTuple):
    """The rules of one `.souwenignore`, for paths below its folder."""

    folder: str
    spec: GitIgnoreSpec


class Selection:
    """The choice of the files below a root that belong to a run.

    Args:
        include: Globs; if there are any, only files that match one belong to it.
        exclude: Globs of files and folders that do not.

    Globs are patterns of .gitignore, relative to the root: `*.html`, `/2023/`, `drafts/**/*.md`.

    Raises:
        InvalidGlob: A glob is not valid.
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include = _compile(include) if include else None
        self._exclude = _compile(exclude) if exclude else None

    def excludes(self, relative_path: str, *, is_folder: bool, rules: Sequence[IgnoreRules]) -> bool:
        """Return whether a file or folder does not belong to the run.

        Args:
            relative_path: Path below the root, with `/`.
            is_folder: Whether it is a folder.
            rules: Rules of the folders above it, outermost first; folders are relative to the root, too.
        """
        tested = relative_path + "/" if is_folder else relative_path
        if self._exclude is not None and self._exclude.match_file(tested):
            return True
        for folder, spec in reversed(rules):
            below = PurePosixPath(relative_path).relative_to(folder)
            decision = spec.check_file(f"{below}/" if is_folder else str(below)).include
            if decision is not None:
                return decision
        return self._include is not None and not is_folder and not self._include.match_file(tested)


def read_ignore_rules(folder: Path, relative_folder: str) -> IgnoreRules | None:
    """Return the rules of the `.souwenignore` in a folder, None if there is none.

    Raises:
        ReadError: The file cannot be read, or a line of it is no pattern.
    """
    try:
        with (folder / IGNORE_FILE).open("rb") as file:
            content = file.read(MAX_IGNORE_FILE_SIZE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReadError(os_error_reason(error)) from error
    if len(content) > MAX_IGNORE_FILE_SIZE:
        raise ReadError(_("the file is too large"))
    try:
        return IgnoreRules(relative_folder, _compile(content.decode("utf-8-sig").splitlines()))
    except UnicodeDecodeError as error:
        raise ReadError(_("it is not text in UTF-8: save it as UTF-8")) from error
    except InvalidGlob as error:
        raise ReadError(str(error)) from error


def _compile(globs: Sequence[str]) -> GitIgnoreSpec:
    # RE2 takes linear time, also for a hostile glob.
    try:
        return GitIgnoreSpec.from_lines(globs, backend="re2")
    except (GitIgnorePatternError, re.error, re2.error) as error:
        raise InvalidGlob(str(error)) from error
