"""Filters that are given beside a query, as arguments."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

from typing_extensions import TypedDict

from ..engines import And, Clause, DateRange, Keyword, KeywordField, Or, keywords_within
from .date_ranges import limit_span, parse_period, parse_range
from .errors import InvalidDate

Values: TypeAlias = str | Sequence[str]


class Filters(TypedDict, total=False):
    """What `Searcher` takes beside a query. `since` and `until` are days, or years, months and days as text
    (`2023-09`), both included; of several values for one of the others one must match. The text must
    mention a day of `about`: days, months, years, or ranges of them (`2023-08..2023-10`)."""

    since: str | date | None
    until: str | date | None
    source: Values
    section: Values
    entity: Values
    person: Values
    place: Values
    organisation: Values
    about: str | date | Sequence[str | date]


def filtering(
    one: Callable[[KeywordField, str], Clause],
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    source: Values = (),
    section: Values = (),
    entity: Values = (),
    person: Values = (),
    place: Values = (),
    organisation: Values = (),
    about: str | date | Sequence[str | date] = (),
) -> tuple[Clause, ...]:
    """What all filters together ask for; `one` tells what is asked for by a value of a field. Raises InvalidDate."""
    given: dict[KeywordField, Values] = {
        "source": source,
        "section": section,
        "entity": entity,
        "person": person,
        "place": place,
        "organisation": organisation,
    }
    listed = {field: [values] if isinstance(values, str) else values for field, values in given.items()}
    alternatives = (Or(tuple(one(field, value) for value in values)) for field, values in listed.items() if values)
    return _days(since, until), _mentioning(about), *alternatives


def _days(since: str | date | None, until: str | date | None) -> Clause:
    """Published from the first day of `since` to the last of `until`."""
    first, last = _period("since", since), _period("until", until)
    return DateRange(first.first, last.last) if since is not None or until is not None else And(())


def _mentioning(given: str | date | Sequence[str | date]) -> Clause:
    """A day of one of these days, months, years or ranges is mentioned; none ask for nothing. Raises InvalidDate."""
    given = [given] if isinstance(given, str | date) else given
    values = dict.fromkeys(
        value for one in given for value in keywords_within(*limit_span(_period("about", one, parse_range)))
    )
    return Or(tuple(Keyword("about", value) for value in values)) if given else And(())


def _period(name: str, given: str | date | None, parse: Callable[[str], DateRange | None] = parse_period) -> DateRange:
    if given is None:
        return DateRange(None, None)
    if isinstance(given, date):
        return DateRange(given, given)
    period = parse(given)
    if period is None:
        raise InvalidDate(name, given)
    return period
