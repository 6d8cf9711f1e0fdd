"""What is wrong use of a search, as opposed to an odd query, which never is."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..analysis import SouwenError


class InvalidAliases(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the list of aliases in {path} cannot be read ({reason}): correct it or remove it")


class InvalidRecency(SouwenError):
    def __init__(self, days: float) -> None:
        super().__init__(f"recency is {days} days: give a number above 0")


class SearcherClosed(SouwenError):
    def __init__(self) -> None:
        super().__init__("the searcher is closed: open another one")


class InvalidDate(SouwenError):
    def __init__(self, name: str, written: str) -> None:
        super().__init__(
            f"{name} {written!r} is not a date: write a year, month or day such as 2023, 2023-09 or 2023-09-28"
        )


class InvalidFacet(SouwenError):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no facet {name!r}: choose of {', '.join(known)}")


class EvaluationUnavailable(SouwenError):
    def __init__(self) -> None:
        super().__init__("measuring needs the package ir-measures: install it with `pip install 'souwen[eval]'`")


class InvalidTestFile(SouwenError):
    """A file of queries or judgements that cannot be used."""

    def __init__(self, path: str | os.PathLike[str], reason: str, line: int | None = None) -> None:
        super().__init__(f"{os.fspath(path)}{'' if line is None else f', line {line}'}: {reason}")


class RunUnwritable(SouwenError):
    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        super().__init__(f"cannot write the run to {os.fspath(path)} ({reason}): name another file with --run")
