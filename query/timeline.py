"""Timelines: the number of articles that match a query in each day, month or year."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ..engines import FacetCount
from .results import TimelineStep

MAX_SPAN_DAYS, MAX_SPAN_MONTHS = 31, 60  # of a span that is shown by days or by months, unless `by` says otherwise
MAX_FILLED_PERIODS = 10_000  # days, months or years; a longer span leaves out those without articles
_DATE_LENGTHS: dict[TimelineStep, int] = {"day": 10, "month": 7, "year": 4}  # characters of an ISO date


def group_days(days: Sequence[FacetCount], by: TimelineStep | None) -> tuple[TimelineStep, tuple[FacetCount, ...]]:
    """Group counts of days by day, month or year, in order and without gaps.

    Without `by`, the time span of the days decides.
    """
    if not days:
        return by or "day", ()
    first, last = (date.fromisoformat(end(day.value for day in days)) for end in (min, max))
    if by is None:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        by = "day" if (last - first).days < MAX_SPAN_DAYS else "month" if months <= MAX_SPAN_MONTHS else "year"
    length = _DATE_LENGTHS[by]
    counts: dict[str, int] = {}
    for number, period in enumerate(_periods(first, last, by)):
        if number == MAX_FILLED_PERIODS:
            counts.clear()
            break
        counts[period] = 0
    for day, articles in sorted(days):
        counts[day[:length]] = counts.get(day[:length], 0) + articles
    return by, tuple(FacetCount(*pair) for pair in counts.items())


def _periods(first: date, last: date, by: TimelineStep) -> Iterator[str]:
    """Yield every period of a span."""
    if by == "day":
        yield from ((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
    elif by == "month":
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            yield f"{number // 12:04}-{number % 12 + 1:02}"
    else:
        yield from (f"{year:04}" for year in range(first.year, last.year + 1))
