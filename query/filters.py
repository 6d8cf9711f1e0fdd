"""Filters that are given beside a query, as arguments."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from typing_extensions import TypedDict

from ..analysis import visible
from ..engines import All, AnyOf, Clause, Days, Keyword, KeywordField, keyword
from .errors import InvalidDate
from .periods import Period, parse_period

Values: TypeAlias = str | Sequence[str]


class Filters(TypedDict, total=False):
    """What `Searcher` takes beside a query. `since` and `until` are days, or years, months and days as text
    (`2023-09`), both included; of several values for one of the others one must match."""

    since: str | date | None
    until: str | date | None
    source: Values
    section: Values
    entity: Values
    person: Values
    place: Values
    organisation: Values


def filtering(
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    source: Values = (),
    section: Values = (),
    entity: Values = (),
    person: Values = (),
    place: Values = (),
    organisation: Values = (),
) -> tuple[Clause, ...]:
    """What all filters together ask for. Raises InvalidDate."""
    given: dict[KeywordField, Values] = {
        "source": source,
        "section": section,
        "entity": entity,
        "person": person,
        "place": place,
        "organisation": organisation,
    }
    one_of_each = (_one_of(field, values) for field, values in given.items() if values)
    return _days(since, until), *one_of_each


def _one_of(field: KeywordField, values: Values) -> Clause:
    """One of the values is a keyword of the field."""
    values = [values] if isinstance(values, str) else values
    return AnyOf(tuple(Keyword(field, keyword(field, visible(value))) for value in values))


def _days(since: str | date | None, until: str | date | None) -> Clause:
    """Published from the first day of `since` to the last of `until`."""
    first, last = _period("since", since), _period("until", until)
    return Days(first.first, last.last) if since is not None or until is not None else All(())


def _period(name: str, given: str | date | None) -> Period:
    if given is None:
        return Period(None, None)
    if isinstance(given, date):
        return Period(given, given)
    period = parse_period(given)
    if period is None:
        raise InvalidDate(name, given)
    return period
