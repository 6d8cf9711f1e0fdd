"""A timeline as bars: by the day, week, month or year, whatever makes a chart that one can read and choose from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from ..analysis import Period
from ..engines import FacetCount

MOST_BARS = 80
MOST_DAYS = 45  # of a chart by the day; up to MOST_BARS weeks or months, and beyond them years, several if need be
FEW = 0.01  # of the articles
LABELLED = 4  # of the bars have their dates below them
_DAYS_OF_MONTH = 31


class Bar(NamedTuple):
    """`articles` that came in a `period`. `height` in percent of the chart. `label` is the day or month that is told
    below, "" for most."""

    period: Period
    articles: int
    height: int
    label: str


def bars(days: Sequence[FacetCount]) -> list[Bar]:
    """The chart of what came on these days, empty if there is but one bar."""
    if len(days) < 2:
        return []
    counts = Counter({date.fromisoformat(day): articles for day, articles in days if articles})
    first, last = _core(counts)
    buckets = list(_buckets(first, last))
    if min(counts) < buckets[0].first:
        buckets.insert(0, Period(min(counts), buckets[0].first - timedelta(days=1)))
    if max(counts) > buckets[-1].last:
        buckets.append(Period(buckets[-1].last + timedelta(days=1), max(counts)))
    totals = [0] * len(buckets)
    place = 0
    for day in sorted(counts):
        while buckets[place].last < day:
            place += 1
        totals[place] += counts[day]
    if len(buckets) < 2:
        return []
    size = 10 if (last - first).days < MOST_DAYS else 7 if (last - first).days < MOST_BARS * _DAYS_OF_MONTH else 4
    places = (round(number * (len(buckets) - 1) / (LABELLED - 1)) for number in range(LABELLED))
    labels = {str(buckets[place].first)[:size]: place for place in places}  # of two that are the same the last
    told = {place: label for label, place in labels.items()}
    return [
        Bar(period, articles, _height(articles, max(totals)), told.get(place, ""))
        for place, (period, articles) in enumerate(zip(buckets, totals, strict=True))
    ]


def _core(counts: Counter[date]) -> tuple[date, date]:
    """The first and the last day that bars of one length are for. Stray articles, of long ago or dated in the future,
    would leave one bar for all the others: if they stretch a chart to more than double its length, there is one bar for
    those before and one for those after."""
    days = sorted(counts)
    few = counts.total() * FEW
    first, last = (_beyond(few, counts, ordered) for ordered in (days, days[::-1]))
    return (first, last) if (last - first) * 2 < days[-1] - days[0] else (days[0], days[-1])


def _beyond(few: float, counts: Counter[date], days: Sequence[date]) -> date:
    """The first day on which there were more articles than a few so far."""
    sums = accumulate(counts[day] for day in days)
    return next(day for day, articles in zip(days, sums, strict=True) if articles > few)


def _height(articles: int, most: int) -> int:
    return max(3, round(100 * articles / most)) if articles else 0  # few are still seen


def _buckets(first: date, last: date) -> Iterator[Period]:
    """The periods of a chart, without gaps."""
    span = (last - first).days
    if span < MOST_DAYS:
        yield from (Period(day, day) for day in (first + timedelta(days=number) for number in range(span + 1)))
    elif span < MOST_BARS * 7:
        monday = first - timedelta(days=first.weekday())
        for number in range((last - monday).days // 7 + 1):
            week = monday + timedelta(weeks=number)
            yield Period(max(first, week), min(last, week + timedelta(days=6)))
    elif span < MOST_BARS * _DAYS_OF_MONTH:
        yield from _months(first.year * 12 + first.month - 1, last.year * 12 + last.month, 1)
    else:
        years = -(-(last.year - first.year + 1) // MOST_BARS)
        yield from _months(first.year * 12, last.year * 12 + 12, 12 * years)


def _months(start: int, end: int, together: int) -> Iterator[Period]:
    for month in range(start, end, together):
        after = min(month + together, 9999 * 12 + 12)
        last = date(9999, 12, 31) if after // 12 > 9999 else date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
        yield Period(date(month // 12, month % 12 + 1, 1), last)
