"""Periods of the calendar, and the choice of one among several. Weeks begin on Monday.

Functions raise ValueError or OverflowError for days outside the years 1 to 9999, as `date` does.
"""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """A range of days: the first and the last."""

    first: date
    last: date

    def __str__(self) -> str:
        """Return 2023-09-28, 2023-09 or 2023, or a range of two such dates: 2023-07..2023-12."""
        first, last = self
        if first.day != 1 or last.day != _days_in_month(last.year, last.month):
            size = 10
        else:
            size = 4 if (first.month, last.month) == (1, 12) else 7
        ends = dict.fromkeys(str(day)[:size] for day in self)
        return "..".join(ends)


def days(first: date, count: int = 1) -> Period:
    """Return a period of `count` days from `first` on."""
    return Period(first, first + timedelta(days=count - 1))


def week(day: date) -> Period:
    """Return the week that contains a day."""
    return days(day - timedelta(days=day.weekday()), 7)


def months(year: int, month: int, count: int = 1) -> Period:
    """Return a period of `count` months. `month` may lie outside 1 to 12: 0 is December of the year before."""
    bounds = [divmod(12 * year + month - 1 + offset, 12) for offset in (0, count - 1)]
    (first_year, first), (last_year, last) = bounds
    first_day = date(first_year, first + 1, 1)
    return Period(first_day, date(last_year, last + 1, _days_in_month(last_year, last + 1)))


def years(year: int, count: int = 1) -> Period:
    """Return a period of `count` years from `year` on."""
    return Period(date(year, 1, 1), date(year + count - 1, 12, 31))


def add_months(day: date, count: int) -> date:
    """Return the same day `count` months later, or the last day of that month if it is shorter."""
    month = months(day.year, day.month + count)
    return min(month.first + timedelta(days=day.day - 1), month.last)


def latest_begun(periods: Iterable[Period], day: date) -> Period:
    """Return the last of some ascending periods that has begun by `day`."""
    return [period for period in periods if period.first <= day][-1]


def earliest_unfinished(periods: Iterable[Period], day: date) -> Period:
    """Return the first of some ascending periods that does not end before `day`."""
    return next(period for period in periods if period.last >= day)


def nearest(periods: Iterable[Period], day: date) -> Period:
    """Return the period that begins nearest to `day`."""
    return min(periods, key=lambda period: abs(period.first - day))


def _days_in_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
