"""Aliases: groups of names that stand for each other, from a file that users can edit.

Aliases apply when a query is read, so a changed file needs no new index.
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from ..analysis import INTERPUNCT, fold, name_key
from ..engines import ALIASES_FILE
from .errors import InvalidAliases

_SEPARATOR = "="


class Aliases:
    """Groups of names, looked up folded. If a name is in several groups, the first group prevails.

    `custom_groups` is the number of groups in the index folder.
    """

    def __init__(self, groups: Iterable[Sequence[str]], custom_groups: int = 0) -> None:
        self.custom_groups = custom_groups
        self._aliases: dict[str, dict[str, None]] = {}
        self._first: dict[str, str] = {}
        for group in groups:
            keys = list(map(name_key, group))
            first = next((self._first[key] for key in keys if key in self._first), group[0])
            for key in keys:
                self._first.setdefault(key, first)
            for name in group:
                aliases = self._aliases.setdefault(fold(name), {})
                # A query for a last name already finds the full name.
                aliases.update(dict.fromkeys(alias for alias in group if not _has_last_name(alias, name)))

    @classmethod
    def of_index(cls, folder: Path) -> "Aliases":
        """Return the aliases that souwen ships and those in an index folder.

        Raises:
            InvalidAliases: The file in the index folder cannot be read.
        """
        shipped = files(__package__).joinpath("aliases.txt").read_text("utf-8")
        try:
            custom = (folder / ALIASES_FILE).read_text("utf-8-sig")
        except FileNotFoundError:
            custom = ""
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidAliases(folder / ALIASES_FILE, str(error)) from error
        custom_groups = list(_read_groups(custom))  # they add to those that souwen ships
        return cls([*custom_groups, *_read_groups(shipped)], len(custom_groups))

    @staticmethod
    def version(folder: Path) -> str:
        """Return a string that changes with the file in an index folder, "" without one."""
        try:
            status = (folder / ALIASES_FILE).stat()
        except OSError:
            return ""
        return f"{status.st_mtime_ns:x}-{status.st_size:x}"

    def first(self, name: str) -> str:
        """Return the name that `name` is shown as: the first of its group, or the name itself."""
        return self._first.get(name_key(name), name)

    def of(self, name: str) -> list[str]:
        """Return the aliases of `name`, which is folded."""
        return list(self._aliases.get(name, ()))


def _has_last_name(alias: str, name: str) -> bool:
    """Return whether `alias` is `name` or has it as its last part."""
    return name_key(alias).rpartition(INTERPUNCT)[2] == name_key(name) or fold(alias) == fold(name)


def _read_groups(text: str) -> Iterable[list[str]]:
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            names = [name for name in map(str.strip, line.split(_SEPARATOR)) if name]
            if len(names) > 1:
                yield names
