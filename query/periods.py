"""Days and ranges of days as users write them: 2023, 2023-09, 2023/9/28, 2023年9月, 2023-08..2023-10, ..2020."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from ..analysis import fold

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})[日号]?|月?)|年?)|(?P<packed>\d{8})"
)
_BETWEEN = re.compile(r"\.\.+|~|至")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; None leaves that end open."""

    first: date | None
    last: date | None


def parse_period(text: str) -> Period | None:
    """The days of one year, month or day; None if the text is none of these."""
    found = _PERIOD.fullmatch(fold(text).strip())
    if not found:
        return None
    if found["packed"]:
        year, month, day = found["packed"][:4], found["packed"][4:6], found["packed"][6:]
    else:
        year, month, day = found["year"], found["month"], found["day"]
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        if day:
            return Period(first, first)
        last_month = int(month or 12)
        return Period(first, date(int(year), last_month, calendar.monthrange(int(year), last_month)[1]))
    except ValueError:  # there is no such day
        return None


def parse_range(text: str) -> Period | None:
    """A period, or two joined by `..`, `~` or 至, either of which may be missing."""
    ends = _BETWEEN.split(fold(text), maxsplit=1)
    periods = [parse_period(end) if end.strip() else Period(None, None) for end in ends]
    known = [period for period in periods if period is not None]
    if len(known) < len(periods) or all(period == Period(None, None) for period in known):
        return None
    return Period(known[0].first, known[-1].last)
