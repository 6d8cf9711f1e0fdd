"""Parse dates as records and pages write them."""

import re
import warnings
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from dateutil import parser as dates

from ..publishers import Publisher

_EPOCH = re.compile(r"-?\d{9,15}(?:\.\d{1,9})?")
_CHINESE = re.compile(r"\s*(\d{4})年(\d{1,2})月(\d{1,2})[日号號]\s{0,9}(?:(\d{1,2})[:：时時点點](\d{1,2}))?")
_YEAR = re.compile(r"\d{4}")
_MIN_MILLISECONDS = 100_000_000_000  # a number from here on counts milliseconds: in seconds it would be the year 5138
_MAX_LENGTH = 100  # characters of a date


def parse_date(text: str, publisher: Publisher) -> datetime | None:
    """Return a date written as ISO 8601, RFC 2822, 2023年9月28日 10:30 and the like, or as seconds or ms since 1970.

    A date without a time zone is in the time zone of the publisher. Return None for any other text: an article without
    its date is better than no article.
    """
    if len(text) > _MAX_LENGTH:
        return None
    zone = time_zone(publisher)
    try:
        if _EPOCH.fullmatch(text):
            since_1970 = float(text)
            seconds = since_1970 / 1000 if abs(since_1970) >= _MIN_MILLISECONDS else since_1970
            return datetime.fromtimestamp(seconds, zone)
        if match := _CHINESE.match(text):
            year, month, day, hour, minute = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, tzinfo=zone)
        if not _YEAR.search(text):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dates.UnknownTimezoneWarning)
            parsed = dates.parse(text, default=datetime(1970, 1, 1))
        date = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        date.isoformat()  # raises ValueError if the offset is more than a day
    except (ValueError, ArithmeticError, OSError):
        return None
    return date


def time_zone(publisher: Publisher) -> ZoneInfo | timezone:
    """Return the time zone of a publisher's dates, by default UTC."""
    return ZoneInfo(publisher.time_zone) if publisher.time_zone else timezone.utc
