"""Filters that a search takes besides its query, as keyword arguments."""

import datetime
from collections.abc import Callable, Sequence
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
from .errors import InvalidDate, InvalidPeriod
from .options import check_filters

Values: TypeAlias = str | Sequence[str]


class Filters(TypedDict, total=False):
    """The filters of a search: a row of `engines.fields.FIELDS` each, and `since` and `until`.

    `since` and `until` are days, months or years (`2023-09`), both included. Of several values of one filter, one must
    match. `about` takes days, months, years or ranges of them (`2023-08..2023-10`): the text must mention such a day.
    """

    since: str | datetime.date | None
    until: str | datetime.date | None
    source: Values
    section: Values
    author: Values
    entity: Values
    person: Values
    place: Values
    organisation: Values
    date: str | datetime.date | Sequence[str | datetime.date]
    about: str | datetime.date | Sequence[str | datetime.date]


def filter_clauses(clause_of: Callable[[KeywordField, str], Clause], **filters: Unpack[Filters]) -> tuple[Clause, ...]:
    """Return the clauses that an article must match to pass all filters.

    `clause_of` returns the clause for one value of a field.

    Raises:
        InvalidDate: `since`, `until`, `date` or `about` is no date.
        InvalidPeriod: `since` is later than `until`.
        UnknownFilter: There is no such filter.
    """
    check_filters(filters)
    clauses = [_published(filters.get("since"), filters.get("until"))]
    clauses += [_published_in(filters.get("date", ())), _mentioning(filters.get("about", ()))]
    for field in FILTER_FIELDS:
        values = cast(Values, filters.get(field.name, ()))
        if values and field.kind != "date":
            listed = [values] if isinstance(values, str) else values
            clauses.append(Or(tuple(clause_of(cast(KeywordField, field.name), value) for value in listed)))
    return tuple(clauses)


def _published(since: str | datetime.date | None, until: str | datetime.date | None) -> Clause:
    if since is None and until is None:
        return MATCH_ALL
    first, last = _period("since", since).first, _period("until", until).last
    if first and last and first > last:
        raise InvalidPeriod(str(since), str(until))
    return DateRange(first, last)


def _published_in(dates: str | datetime.date | Sequence[str | datetime.date]) -> Clause:
    """Match articles that were published in any of the periods; all articles if there are none."""
    listed = [dates] if isinstance(dates, str | datetime.date) else dates
    return Or(tuple(_period("date", written, parse_range) for written in listed)) if listed else MATCH_ALL


def _mentioning(dates: str | datetime.date | Sequence[str | datetime.date]) -> Clause:
    """Match articles that mention a day of any of the dates; all articles if there are none."""
    listed = [dates] if isinstance(dates, str | datetime.date) else dates
    periods = [limit_span(_period("about", written, parse_range)) for written in listed]
    keywords = dict.fromkeys(keyword for period in periods for keyword in keywords_within(*period))
    return Or(tuple(Keyword("about", keyword) for keyword in keywords)) if listed else MATCH_ALL


def _period(
    name: str, written: str | datetime.date | None, parse: Callable[[str], DateRange | None] = parse_period
) -> DateRange:
    if written is None:
        return DateRange(None, None)
    if isinstance(written, datetime.date):
        return DateRange(written, written)
    period = parse(written)
    if period is None:
        raise InvalidDate(name, written)
    return period
