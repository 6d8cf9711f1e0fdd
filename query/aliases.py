"""Names that stand for each other, from a file that users can edit. They count when a query is read, so a change needs
no new index."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from ..analysis import INTERPUNCT, fold, name_key
from .errors import InvalidAliases

USER_FILE = "aliases.txt"  # in the index folder; adds to the list that comes with souwen
_SEPARATOR = "="


class Aliases:
    """Groups of names; looked up folded. Of a name in several groups, the first group counts more."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._others: dict[str, dict[str, None]] = {}
        self._first: dict[str, str] = {}
        for group in groups:
            keys = list(map(name_key, group))
            first = next((self._first[key] for key in keys if key in self._first), group[0])
            for key in keys:
                self._first.setdefault(key, first)
            for name in group:
                others = self._others.setdefault(fold(name), {})
                # What finds a last name finds the full one with it.
                others.update(dict.fromkeys(other for other in group if not _is_full(other, name)))

    @classmethod
    def of_index(cls, folder: Path) -> "Aliases":
        """The list that comes with souwen and the one in an index folder. Raises InvalidAliases."""
        own = files(__package__).joinpath("aliases.txt").read_text("utf-8")
        try:
            users = (folder / USER_FILE).read_text("utf-8-sig")
        except FileNotFoundError:
            users = ""
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidAliases(folder / USER_FILE, str(error)) from error
        return cls([*_groups(users), *_groups(own)])

    @staticmethod
    def version(folder: Path) -> str:
        """Changes with the list in an index folder."""
        try:
            users = (folder / USER_FILE).stat()
        except OSError:
            return ""
        return f"{users.st_mtime_ns:x}-{users.st_size:x}"

    def first(self, name: str) -> str:
        """The name that stands for `name` and its other names: the first of their group, or the name itself."""
        return self._first.get(name_key(name), name)

    def of(self, name: str) -> list[str]:
        """The other names of `name`, which is folded."""
        return list(self._others.get(name, ()))


def _is_full(other: str, name: str) -> bool:
    """Whether `other` is the same name or has it as its last part."""
    return name_key(other).rpartition(INTERPUNCT)[2] == name_key(name) or fold(other) == fold(name)


def _groups(text: str) -> Iterable[list[str]]:
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            names = [name.strip() for name in line.split(_SEPARATOR)]
            if len(names := [name for name in names if name]) > 1:
                yield names
