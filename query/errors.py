"""Errors of wrong arguments and files. A query itself, however odd, never raises."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..messages import SouwenError
from ..messages import gettext as _


class InvalidAliases(SouwenError):
    """The list of aliases in an index folder cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("the list of aliases in {path} cannot be read ({reason}): correct it or remove it").format(
                path=path, reason=reason
            )
        )


class InvalidRecency(SouwenError):
    """A half-life for recency is not a number of days above 0."""

    def __init__(self, days: float) -> None:
        super().__init__(_("recency is {days} days: give a number above 0").format(days=days))


class SearcherClosed(SouwenError):
    """A searcher was used after it was closed."""

    def __init__(self) -> None:
        super().__init__(_("the searcher is closed: open another one"))


class InvalidDate(SouwenError):
    """An argument is not a date."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(
            _("{name} {text!r} is not a date: write a year, month or day such as 2023, 2023-09 or 2023-09-28").format(
                name=name, text=text
            )
        )


class InvalidPeriod(SouwenError):
    """A period ends before it begins."""

    def __init__(self, since: str, until: str) -> None:
        message = _("since {since} is later than until {until}: swap them")
        super().__init__(message.format(since=since, until=until))


class InvalidFacet(SouwenError):
    """A facet does not exist."""

    def __init__(self, name: str, fields: Sequence[str]) -> None:
        super().__init__(
            _("there is no facet {name!r}: choose one of {fields}").format(name=name, fields=", ".join(fields))
        )


class EvaluationUnavailable(SouwenError):
    """The library that computes the measures is not installed."""

    def __init__(self) -> None:
        super().__init__(_("evaluation needs the package ir-measures: install it with `pip install 'souwen[eval]'`"))


class PandasUnavailable(SouwenError):
    """pandas is not installed."""

    def __init__(self) -> None:
        super().__init__(_("results become a DataFrame with pandas: install it with `pip install pandas`"))


class InvalidOption(SouwenError):
    """An argument of a search has a value that is not allowed."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(_("{name} is {value!r}: give {allowed}").format(name=name, value=value, allowed=allowed))


class UnknownFilter(SouwenError, TypeError):
    """An argument of a search is neither an option nor a filter."""

    def __init__(self, name: str, filters: Sequence[str]) -> None:
        message = _("there is no filter {name!r}: choose one of {filters}")
        super().__init__(message.format(name=name, filters=", ".join(filters)))


class InvalidTestFile(SouwenError):
    """A file of queries or judgements cannot be used."""

    def __init__(self, path: str | os.PathLike[str], reason: str, line: int | None = None) -> None:
        location = os.fspath(path) if line is None else _("{path}, line {line}").format(path=os.fspath(path), line=line)
        super().__init__(f"{location}: {reason}")


class RunUnwritable(SouwenError):
    """The file for the rankings of an evaluation cannot be written."""

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        super().__init__(
            _("cannot write the run to {path} ({reason}): name another file with --run").format(
                path=os.fspath(path), reason=reason
            )
        )
