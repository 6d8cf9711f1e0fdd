"""Filters that a search takes besides its query, as keyword arguments."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias, cast

from typing_extensions import TypedDict, Unpack

from ..engines import (
    FILTER_FIELDS,
    MATCH_ALL,
    Clause,
    DateRange,
    Keyword,
    KeywordField,
    Or,
    keywords_within,
)
from .date_ranges import limit_span, parse_period, parse_range
from .errors import InvalidDate

Values: TypeAlias = str | Sequence[str]


class Filters(TypedDict, total=False):
    """The filters of a search: a row of `engines.fields.FIELDS` each, and `since` and `until`.

    `since` and `until` are days, months or years (`2023-09`), both included. Of several values of one filter, one must
    match. `about` takes days, months, years or ranges of them (`2023-08..2023-10`): the text must mention such a day.
    """

    since: str | date | None
    until: str | date | None
    source: Values
    section: Values
    entity: Values
    person: Values
    place: Values
    organisation: Values
    about: str | date | Sequence[str | date]


def filter_clauses(clause_of: Callable[[KeywordField, str], Clause], **filters: Unpack[Filters]) -> tuple[Clause, ...]:
    """Return the clauses that an article must match to pass all filters.

    `clause_of` returns the clause for one value of a field.

    Raises:
        InvalidDate: `since`, `until` or `about` is no date.
    """
    clauses = [_published(filters.get("since"), filters.get("until"))]
    clauses.append(_mentioning(filters.get("about", ())))
    for field in FILTER_FIELDS:
        values = cast(Values, filters.get(field.name, ()))
        if values and field.name != "about":
            listed = [values] if isinstance(values, str) else values
            clauses.append(Or(tuple(clause_of(cast(KeywordField, field.name), value) for value in listed)))
    return tuple(clauses)


def _published(since: str | date | None, until: str | date | None) -> Clause:
    if since is None and until is None:
        return MATCH_ALL
    return DateRange(_period("since", since).first, _period("until", until).last)


def _mentioning(dates: str | date | Sequence[str | date]) -> Clause:
    """Match articles that mention a day of any of the dates; all articles if there are none."""
    listed = [dates] if isinstance(dates, str | date) else dates
    periods = [limit_span(_period("about", written, parse_range)) for written in listed]
    keywords = dict.fromkeys(keyword for period in periods for keyword in keywords_within(*period))
    return Or(tuple(Keyword("about", keyword) for keyword in keywords)) if listed else MATCH_ALL


def _period(
    name: str, written: str | date | None, parse: Callable[[str], DateRange | None] = parse_period
) -> DateRange:
    if written is None:
        return DateRange(None, None)
    if isinstance(written, date):
        return DateRange(written, written)
    period = parse(written)
    if period is None:
        raise InvalidDate(name, written)
    return period
