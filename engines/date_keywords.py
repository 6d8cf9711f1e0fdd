"""The keywords of the days that texts mention: 2023-09-28, 2023-09, 2023. An article has those of what it mentions; a
query asks for the fewest that make up its own days."""

from collections.abc import Iterator
from datetime import date, timedelta

from ..analysis import Period
from ..analysis.dates.periods import days, months, years

MAX_YEARS = 100  # that a query reaches over
_MOST_MONTHS = 24  # of a period that is found by its months
_MOST_YEARS_FOUND = 12  # of a period that is found at all: 九十年代 is, 二十世纪 is not


def spelled(period: Period) -> list[str]:
    """What a mention is found by: a day by itself, its month and its year; several days by their months and years;
    many months by their years alone."""
    first, last = period
    if last.year - first.year >= _MOST_YEARS_FOUND:
        return []
    values = [f"{year:04}" for year in range(first.year, last.year + 1)]
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    if len(numbers) <= _MOST_MONTHS:
        values += [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
    return [*values, str(first)] if first == last else values


def keywords_within(first: date, last: date) -> Iterator[str]:
    """The years, months and days that make up the days from `first` to `last`."""
    while first <= last:
        periods = (years(first.year), months(first.year, first.month), days(first))
        period = next(period for period in periods if period.first == first and period.last <= last)
        yield str(period)
        if period.last == date.max:
            break
        first = period.last + timedelta(days=1)
