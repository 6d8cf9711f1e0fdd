"""Keywords for the days that texts mention: 2023-09-28, 2023-09, 2023.

An article gets keywords for every period it mentions. A query uses the smallest set that covers its own days.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from ..analysis import Period
from ..analysis.dates.periods import days, months, years

MAX_YEARS = 100  # that a query may cover
_MAX_MENTIONED_MONTHS = 24  # a longer period gets no keywords for its months
_MAX_MENTIONED_YEARS = 12  # a longer period gets no keywords: 九十年代 gets some, 二十世纪 none


def date_keywords(period: Period) -> list[str]:
    """Return the keywords under which a mentioned period is indexed.

    A single day has itself, its month and its year; a few days have their months and years; many months have only
    their years.
    """
    first, last = period
    if last.year - first.year >= _MAX_MENTIONED_YEARS:
        return []
    keywords = [f"{year:04}" for year in range(first.year, last.year + 1)]
    month_numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    if len(month_numbers) <= _MAX_MENTIONED_MONTHS:
        keywords += [f"{number // 12:04}-{number % 12 + 1:02}" for number in month_numbers]
    return [*keywords, str(first)] if first == last else keywords


def keywords_within(first: date, last: date) -> Iterator[str]:
    """Yield the years, months and days that together make up the days from `first` to `last`."""
    while first <= last:
        periods = (years(first.year), months(first.year, first.month), days(first))
        longest = next(period for period in periods if period.first == first and period.last <= last)
        yield str(longest)
        if longest.last == date.max:
            break
        first = longest.last + timedelta(days=1)
