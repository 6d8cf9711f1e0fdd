"""Days and ranges of days as users write them: 2023, 2023-09, 2023/9/28, 2023年9月, 2023-08..2023-10, ..2020, 近7天,
上月."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from ..analysis import extract_dates, fold
from ..analysis.dates.periods import days, months, years
from ..engines import MAX_YEARS

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})[日号]?|月?)|年?)|(?P<packed>\d{8})"
)
_ENGLISH = {"today": "今天", "yesterday": "昨天"}
_LAST_DAYS = re.compile(r"last (\d{1,3}) days?")
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
        return _named(_LAST_DAYS.sub(r"近\1天", _ENGLISH.get(written, written)), datetime.now())
    if found["packed"]:
        year, month, day = found["packed"][:4], found["packed"][4:6], found["packed"][6:]
    else:
        year, month, day = found["year"], found["month"], found["day"]
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:  # there is no such day
        return None
    return Period(*(days(first) if day else months(first.year, first.month) if month else years(first.year)))


def _named(written: str, now: datetime) -> Period | None:
    """A period that is named as articles name it: 上周, 周四, 去年9月."""
    mentions = extract_dates(written, now)
    whole = len(mentions) == 1 and mentions[0].text == written
    return Period(*mentions[0].period) if whole and mentions[0].period else None


def parse_range(text: str) -> Period | None:
    """A period, or two joined by `..`, `~` or 至, either of which may be missing."""
    ends = _BETWEEN.split(fold(text), maxsplit=1)
    periods = [parse_period(end) if end.strip() else Period(None, None) for end in ends]
    known = [period for period in periods if period is not None]
    if len(known) < len(periods) or all(period == Period(None, None) for period in known):
        return None
    return Period(known[0].first, known[-1].last)


def bounded(period: Period) -> tuple[date, date]:
    """The ends of a period that is to be looked for in texts: an open one, or one that is too far, is set to make it
    the longest that can be."""
    first, last = period.first or date.min, period.last or date.max
    if last.year - first.year < MAX_YEARS:
        return first, last
    if period.last is None:
        return first, date(min(first.year + MAX_YEARS - 1, date.max.year), 12, 31)
    return date(last.year - MAX_YEARS + 1, 1, 1), last
