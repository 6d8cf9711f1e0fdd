"""What is wrong use of a search, as opposed to an odd query, which never is."""

from pathlib import Path

from ..analysis import SouwenError


class InvalidAliases(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the list of aliases in {path} cannot be read ({reason}): correct it or remove it")


class InvalidDate(SouwenError):
    def __init__(self, name: str, written: str) -> None:
        super().__init__(
            f"{name} {written!r} is not a date: write a year, month or day such as 2023, 2023-09 or 2023-09-28"
        )
