"""Days and ranges of days as users write them: 2023, 2023-09, 2023/9/28, 2023年9月, 2023-08..2023-10, ..2020, 近7天,
上月."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ..analysis import fold

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})[日号]?|月?)|年?)|(?P<packed>\d{8})"
)
_LAST_DAYS = re.compile(r"(?:最近|近|过去|last )(?P<days>\d{1,5}) ?(?:天|日|days?)")
_BETWEEN = re.compile(r"\.\.+|~|至")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; None leaves that end open."""

    first: date | None
    last: date | None


def parse_period(text: str) -> Period | None:
    """The days of one year, month or day, or of a name such as 昨天, 本月, 近7天 (today and the six days before it);
    None if the text is none of these."""
    written = fold(text).strip()
    found = _PERIOD.fullmatch(written)
    if not found:
        return _relative(written, date.today())
    if found["packed"]:
        year, month, day = found["packed"][:4], found["packed"][4:6], found["packed"][6:]
    else:
        year, month, day = found["year"], found["month"], found["day"]
    try:
        if day:
            first = date(int(year), int(month), int(day))
            return Period(first, first)
        return _month(int(year), int(month)) if month else Period(date(int(year), 1, 1), date(int(year), 12, 31))
    except ValueError:  # there is no such day
        return None


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _relative(written: str, today: date) -> Period | None:
    """A period that is named from today; weeks begin on Monday."""
    if last := _LAST_DAYS.fullmatch(written):
        return Period(today - timedelta(days=max(int(last["days"]), 1) - 1), today)
    monday = today - timedelta(days=today.weekday())
    last_of_month_before = today.replace(day=1) - timedelta(days=1)
    match written:
        case "今天" | "今日" | "today":
            return Period(today, today)
        case "昨天" | "昨日" | "yesterday":
            return Period(today - timedelta(days=1), today - timedelta(days=1))
        case "前天":
            return Period(today - timedelta(days=2), today - timedelta(days=2))
        case "本周" | "这周":
            return Period(monday, monday + timedelta(days=6))
        case "上周":
            return Period(monday - timedelta(days=7), monday - timedelta(days=1))
        case "本月" | "这个月":
            return _month(today.year, today.month)
        case "上月" | "上个月":
            return _month(last_of_month_before.year, last_of_month_before.month)
        case "今年":
            return Period(date(today.year, 1, 1), date(today.year, 12, 31))
        case "去年":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    return None


def parse_range(text: str) -> Period | None:
    """A period, or two joined by `..`, `~` or 至, either of which may be missing."""
    ends = _BETWEEN.split(fold(text), maxsplit=1)
    periods = [parse_period(end) if end.strip() else Period(None, None) for end in ends]
    known = [period for period in periods if period is not None]
    if len(known) < len(periods) or all(period == Period(None, None) for period in known):
        return None
    return Period(known[0].first, known[-1].last)
