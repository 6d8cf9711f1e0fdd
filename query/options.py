"""Checks of the options of a search that is called from a program."""

from collections.abc import Iterable, Mapping
from typing import get_args

from ..engines import FILTER_FIELDS, PERIOD_FILTERS
from .errors import InvalidOption, UnknownFilter
from .executor import SortOrder


def check_options(*, limit: int, offset: int, sort: str, max_limit: int) -> None:
    """Raise InvalidOption for a value that is not allowed."""
    if not isinstance(limit, int) or not 0 <= limit <= max_limit:
        raise InvalidOption("limit", limit, f"0 … {max_limit:,}")
    if not isinstance(offset, int) or offset < 0:
        raise InvalidOption("offset", offset, "0 …")
    if sort not in get_args(SortOrder):
        raise InvalidOption("sort", sort, ", ".join(map(repr, get_args(SortOrder))))


def check_filters(filters: Mapping[str, object]) -> None:
    """Raise UnknownFilter for a keyword argument that is no filter."""
    names = (*(field.name for field in FILTER_FIELDS), *PERIOD_FILTERS)
    for name in filters:
        if name not in names:
            raise UnknownFilter(name, names)


def check_names(name: str, values: Iterable[str]) -> None:
    """Raise InvalidOption if one text was given in place of a list of names."""
    if isinstance(values, str):
        raise InvalidOption(name, values, repr([values]))
