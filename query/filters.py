"""Filters that are given beside a query, as arguments."""

from collections.abc import Sequence
from datetime import date

from ..analysis import visible
from ..engines import All, AnyOf, Clause, Days, Keyword, KeywordField, covering, keyword
from .errors import InvalidDate
from .periods import Period, bounded, parse_period, parse_range


def one_of(field: KeywordField, values: str | Sequence[str]) -> Clause:
    """One of the values is a keyword of the field; no values ask for nothing."""
    values = [values] if isinstance(values, str) else values
    return AnyOf(tuple(Keyword(field, keyword(field, visible(value))) for value in values)) if values else All(())


def days(since: str | date | None, until: str | date | None) -> Clause:
    """Published from the first day of `since` to the last of `until`. Raises InvalidDate."""
    first, last = _period("since", since), _period("until", until)
    return Days(first.first, last.last) if since is not None or until is not None else All(())


def mentioning(given: str | date | Sequence[str | date]) -> Clause:
    """A day of one of these days, months, years or ranges is mentioned; none ask for nothing. Raises InvalidDate."""
    given = [given] if isinstance(given, str | date) else given
    values = dict.fromkeys(value for one in given for value in covering(*bounded(_range("about", one))))
    return AnyOf(tuple(Keyword("about", value) for value in values)) if given else All(())


def _range(name: str, given: str | date) -> Period:
    if isinstance(given, date):
        return Period(given, given)
    period = parse_range(given)
    if period is None:
        raise InvalidDate(name, given)
    return period


def _period(name: str, given: str | date | None) -> Period:
    if given is None:
        return Period(None, None)
    if isinstance(given, date):
        return Period(given, given)
    period = parse_period(given)
    if period is None:
        raise InvalidDate(name, given)
    return period
