"""Periods of the calendar, and which of several is meant. Weeks begin on Monday.

What lies outside the years 1 to 9999 raises ValueError or OverflowError, as `date` does.
"""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """Its first and its last day."""

    first: date
    last: date

    def __str__(self) -> str:
        """2023-09-28, 2023-09 or 2023, or two of a kind: 2023-07..2023-12."""
        first, last = self
        if first.day != 1 or last.day != _length(last.year, last.month):
            size = 10
        else:
            size = 4 if (first.month, last.month) == (1, 12) else 7
        ends = dict.fromkeys(str(day)[:size] for day in self)
        return "..".join(ends)


def days(first: date, count: int = 1) -> Period:
    """`count` days from `first` on."""
    return Period(first, first + timedelta(days=count - 1))


def week(day: date) -> Period:
    """The week that a day is in."""
    return days(day - timedelta(days=day.weekday()), 7)


def months(year: int, month: int, count: int = 1) -> Period:
    """`count` months from one on, which may be of another year: 0 is December of the year before."""
    ends = [divmod(12 * year + month - 1 + later, 12) for later in (0, count - 1)]
    (first_year, first), (last_year, last) = ends
    first_day = date(first_year, first + 1, 1)
    return Period(first_day, date(last_year, last + 1, _length(last_year, last + 1)))


def years(year: int, count: int = 1) -> Period:
    """`count` years from one on."""
    return Period(date(year, 1, 1), date(year + count - 1, 12, 31))


def moved(day: date, by_months: int) -> date:
    """The same day so many months later, or the last day of that month if it has no such day."""
    month = months(day.year, day.month + by_months)
    return min(month.first + timedelta(days=day.day - 1), month.last)


def latest(periods: Iterable[Period], day: date) -> Period:
    """Of rising periods the last that has begun by `day`."""
    return [period for period in periods if period.first <= day][-1]


def earliest(periods: Iterable[Period], day: date) -> Period:
    """Of rising periods the first that is not over before `day`."""
    return next(period for period in periods if period.last >= day)


def nearest(periods: Iterable[Period], day: date) -> Period:
    """The period that begins nearest to `day`."""
    return min(periods, key=lambda period: abs(period.first - day))


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
