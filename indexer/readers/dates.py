"""Dates as records and pages write them."""

import re
import warnings
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from dateutil import parser as dates

from ..publishers import Source

_EPOCH = re.compile(r"-?\d{9,15}(?:\.\d{1,9})?")
_CHINESE = re.compile(r"\s*(\d{4})年(\d{1,2})月(\d{1,2})[日号號]\s{0,9}(?:(\d{1,2})[:：时時点點](\d{1,2}))?")
_YEAR = re.compile(r"\d{4}")
_MILLISECONDS_FROM = 100_000_000_000  # a larger number counts milliseconds: in seconds it would be the year 5138
_LONGEST = 100  # characters of a date


def date_of(written: str, source: Source) -> datetime | None:
    """A date as ISO 8601, RFC 2822, 2023年9月28日 10:30 and the like, or seconds or milliseconds since 1970. None where
    there is none or it says nothing: an article without its date is better than no article."""
    if len(written) > _LONGEST:
        return None
    zone = zone_of(source)
    try:
        if _EPOCH.fullmatch(written):
            since_1970 = float(written)
            seconds = since_1970 / 1000 if abs(since_1970) >= _MILLISECONDS_FROM else since_1970
            return datetime.fromtimestamp(seconds, zone)
        if chinese := _CHINESE.match(written):
            year, month, day, hour, minute = (int(part or 0) for part in chinese.groups())
            return datetime(year, month, day, hour, minute, tzinfo=zone)
        if not _YEAR.search(written):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dates.UnknownTimezoneWarning)
            parsed = dates.parse(written, default=datetime(1970, 1, 1))
        dated = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        dated.isoformat()  # raises where the offset is more than a day
    except (ValueError, ArithmeticError, OSError):
        return None
    return dated


def zone_of(source: Source) -> ZoneInfo | timezone:
    """The zone of the clock that a source's dates follow."""
    return ZoneInfo(source.zone) if source.zone else timezone.utc
