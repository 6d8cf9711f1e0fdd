"""What is wrong use of a search, as opposed to an odd query, which never is."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..messages import SouwenError
from ..messages import gettext as _


class InvalidAliases(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("the list of aliases in {path} cannot be read ({reason}): correct it or remove it").format(
                path=path, reason=reason
            )
        )


class InvalidRecency(SouwenError):
    def __init__(self, days: float) -> None:
        super().__init__(_("recency is {days} days: give a number above 0").format(days=days))


class SearcherClosed(SouwenError):
    def __init__(self) -> None:
        super().__init__(_("the searcher is closed: open another one"))


class InvalidDate(SouwenError):
    def __init__(self, name: str, written: str) -> None:
        super().__init__(
            _(
                "{name} {written!r} is not a date: write a year, month or day such as 2023, 2023-09 or 2023-09-28"
            ).format(name=name, written=written)
        )


class InvalidFacet(SouwenError):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(_("there is no facet {name!r}: choose of {known}").format(name=name, known=", ".join(known)))


class EvaluationUnavailable(SouwenError):
    def __init__(self) -> None:
        super().__init__(_("measuring needs the package ir-measures: install it with `pip install 'souwen[eval]'`"))


class InvalidTestFile(SouwenError):
    """A file of queries or judgements that cannot be used."""

    def __init__(self, path: str | os.PathLike[str], reason: str, line: int | None = None) -> None:
        place = os.fspath(path) if line is None else _("{path}, line {line}").format(path=os.fspath(path), line=line)
        super().__init__(f"{place}: {reason}")


class RunUnwritable(SouwenError):
    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        super().__init__(
            _("cannot write the run to {path} ({reason}): name another file with --run").format(
                path=os.fspath(path), reason=reason
            )
        )
