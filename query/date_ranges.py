"""Dates and ranges of dates as users write them.

Examples: 2023, 2023-09, 2023/9/28, 2023年9月, 2023-08..2023-10, ..2020, 近7天, 上月.
"""

import re
from datetime import date, datetime

from ..analysis import extract_dates, fold
from ..analysis.dates.periods import days, months, years
from ..engines import MAX_YEARS, DateRange

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})[日号]?|月?)|年?)|(?P<packed>\d{8})"
)
_ENGLISH = {"today": "今天", "yesterday": "昨天"}
_LAST_DAYS = re.compile(r"last (\d{1,3}) days?")
_RANGE_SEPARATOR = re.compile(r"\.\.+|~|至")
_ANY_DATE = DateRange(None, None)


def parse_period(text: str) -> DateRange | None:
    """Return the days of one year, month, day or named period, None for another text.

    Named periods are 昨天, 本月, 近7天 (today and the six days before it) and the like.
    """
    folded = fold(text).strip()
    match = _PERIOD.fullmatch(folded)
    if not match:
        return _parse_named_period(_LAST_DAYS.sub(r"近\1天", _ENGLISH.get(folded, folded)), datetime.now())
    if match["packed"]:
        year, month, day = match["packed"][:4], match["packed"][4:6], match["packed"][6:]
    else:
        year, month, day = match["year"], match["month"], match["day"]
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:  # the calendar has no such day
        return None
    return DateRange(*(days(first) if day else months(first.year, first.month) if month else years(first.year)))


def _parse_named_period(folded: str, now: datetime) -> DateRange | None:
    """Return the days of a period written as articles write it (上周, 周四, 去年9月), None for another text."""
    mentions = extract_dates(folded, now)
    is_whole_text = len(mentions) == 1 and mentions[0].text == folded
    return DateRange(*mentions[0].period) if is_whole_text and mentions[0].period else None


def parse_range(text: str) -> DateRange | None:
    """Return the days of a period or of a range of two, None for another text.

    The periods of a range are joined by `..`, `~` or 至; one of them may be missing.
    """
    ends = _RANGE_SEPARATOR.split(fold(text), maxsplit=1)
    parsed = [parse_period(end) if end.strip() else _ANY_DATE for end in ends]
    periods = [period for period in parsed if period is not None]
    if len(periods) < len(parsed) or all(period == _ANY_DATE for period in periods):
        return None
    return DateRange(periods[0].first, periods[-1].last)


def limit_span(dates: DateRange) -> tuple[date, date]:
    """Return the first and last day of dates to look for in texts, at most `MAX_YEARS` years apart.

    An open end becomes the farthest day allowed. A range that is too long loses its earliest years.
    """
    first, last = dates.first or date.min, dates.last or date.max
    if last.year - first.year < MAX_YEARS:
        return first, last
    if dates.last is None:
        return first, date(min(first.year + MAX_YEARS - 1, date.max.year), 12, 31)
    return date(last.year - MAX_YEARS + 1, 1, 1), last
