"""Histogram of articles over time, with bars for days, weeks, months or years, depending on the span."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from ..analysis import Period
from ..engines import FacetCount

MAX_BARS = 80  # a longer span gets weeks, then months, then years, then several years a bar
MAX_DAILY_BARS = 45
MIN_BAR_HEIGHT = 3  # percent, so that a bar of few articles is visible
OUTLIER_SHARE = 0.01  # of all articles, at either end
MAX_LABELS = 4
_MAX_MONTH_DAYS = 31


class HistogramBar(NamedTuple):
    """A bar: its period, its number of articles, and its height in percent of the chart.

    `label` is the first day or month of the bar, for the axis; most bars have "".
    """

    period: Period
    articles: int
    height: int
    label: str


def histogram(days: Sequence[FacetCount]) -> list[HistogramBar]:
    """Return the bars for articles per day, without gaps, or no bars if one would hold all articles."""
    if len(days) < 2:
        return []
    counts = Counter({date.fromisoformat(day): articles for day, articles in days if articles})
    first, last = _main_span(counts)
    periods = list(_periods(first, last))
    if min(counts) < periods[0].first:
        periods.insert(0, Period(min(counts), periods[0].first - timedelta(days=1)))
    if max(counts) > periods[-1].last:
        periods.append(Period(periods[-1].last + timedelta(days=1), max(counts)))
    if len(periods) < 2:
        return []
    totals = _totals(counts, periods)
    labels = _labels(periods, (last - first).days)
    return [
        HistogramBar(period, articles, _bar_height(articles, max(totals)), labels.get(index, ""))
        for index, (period, articles) in enumerate(zip(periods, totals, strict=True))
    ]


def _totals(counts: Counter[date], periods: Sequence[Period]) -> list[int]:
    """Return the number of articles in each period."""
    totals = [0] * len(periods)
    index = 0
    for day in sorted(counts):
        while periods[index].last < day:
            index += 1
        totals[index] += counts[day]
    return totals


def _labels(periods: Sequence[Period], span: int) -> dict[int, str]:
    """Return labels by the index of their bar, evenly spaced: days, months or years, for a span in days."""
    length = 10 if span < MAX_DAILY_BARS else 7 if span < MAX_BARS * _MAX_MONTH_DAYS else 4  # of 2023-09-28
    indexes = (round(number * (len(periods) - 1) / (MAX_LABELS - 1)) for number in range(MAX_LABELS))
    unique = {str(periods[index].first)[:length]: index for index in indexes}  # the last bar of equal labels
    return {index: label for label, index in unique.items()}


def _main_span(counts: Counter[date]) -> tuple[date, date]:
    """Return the first and last day of the span that bars of equal length cover.

    Outliers, such as articles dated long ago or in the future, would leave one bar for all the others. If they stretch
    the chart to more than double its length, the span excludes them, and one bar before and one after it hold them.
    """
    days = sorted(counts)
    threshold = counts.total() * OUTLIER_SHARE
    first, last = (_first_beyond(threshold, counts, ordered) for ordered in (days, days[::-1]))
    return (first, last) if (last - first) * 2 < days[-1] - days[0] else (days[0], days[-1])


def _first_beyond(threshold: float, counts: Counter[date], days: Sequence[date]) -> date:
    """Return the first day on which the running total of articles exceeds a threshold."""
    totals = accumulate(counts[day] for day in days)
    return next(day for day, articles in zip(days, totals, strict=True) if articles > threshold)


def _bar_height(articles: int, max_articles: int) -> int:
    return max(MIN_BAR_HEIGHT, round(100 * articles / max_articles)) if articles else 0


def _periods(first: date, last: date) -> Iterator[Period]:
    """Yield the periods from `first` to `last`, without gaps: days, weeks, months or years."""
    span = (last - first).days
    if span < MAX_DAILY_BARS:
        yield from (Period(day, day) for day in (first + timedelta(days=number) for number in range(span + 1)))
    elif span < MAX_BARS * 7:
        monday = first - timedelta(days=first.weekday())
        for number in range((last - monday).days // 7 + 1):
            week = monday + timedelta(weeks=number)
            yield Period(max(first, week), min(last, week + timedelta(days=6)))
    elif span < MAX_BARS * _MAX_MONTH_DAYS:
        yield from _months(first.year * 12 + first.month - 1, last.year * 12 + last.month, 1)
    else:
        years_per_bar = -(-(last.year - first.year + 1) // MAX_BARS)
        yield from _months(first.year * 12, last.year * 12 + 12, 12 * years_per_bar)


def _months(start: int, end: int, months_per_bar: int) -> Iterator[Period]:
    """Yield periods of whole months; months are counted from year 0, and `end` is exclusive."""
    for month in range(start, end, months_per_bar):
        next_month = min(month + months_per_bar, 9999 * 12 + 12)
        if next_month // 12 > 9999:  # beyond the last year that Python's dates have
            last = date(9999, 12, 31)
        else:
            last = date(next_month // 12, next_month % 12 + 1, 1) - timedelta(days=1)
        yield Period(date(month // 12, month % 12 + 1, 1), last)
