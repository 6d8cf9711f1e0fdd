"""How many articles match a query in each day, month or year."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ..engines import FacetCount
from .results import TimelineStep

MOST_DAYS, MOST_MONTHS = 31, 60  # of a span that is told by days or by months, unless asked otherwise
MOST_FILLED = 10_000  # days, months or years; in a longer span those without articles are left out


def timed(days: Sequence[FacetCount], by: TimelineStep | None) -> tuple[TimelineStep, tuple[FacetCount, ...]]:
    """The counts of days by `by`, or by what suits their span, in order and without gaps."""
    if not days:
        return by or "day", ()
    first, last = (date.fromisoformat(end(day.value for day in days)) for end in (min, max))
    if by is None:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        by = "day" if (last - first).days < MOST_DAYS else "month" if months <= MOST_MONTHS else "year"
    counts: dict[str, int] = {}
    for number, period in enumerate(_periods(first, last, by)):
        if number == MOST_FILLED:
            counts.clear()
            break
        counts[period] = 0
    for day, articles in sorted(days):
        counts[_period(day, by)] = counts.get(_period(day, by), 0) + articles
    return by, tuple(FacetCount(*pair) for pair in counts.items())


def _period(day: str, by: TimelineStep) -> str:
    return day[: {"day": 10, "month": 7, "year": 4}[by]]


def _periods(first: date, last: date, by: TimelineStep) -> Iterator[str]:
    """Every period of a span."""
    if by == "day":
        yield from ((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
    elif by == "month":
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            yield f"{number // 12:04}-{number % 12 + 1:02}"
    else:
        yield from (f"{year:04}" for year in range(first.year, last.year + 1))
