"""Parse dates as records, pages, feeds, mails and file names write them."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import PurePath
from zoneinfo import ZoneInfo

from ...analysis import fold
from ...analysis.text.numbers import DIGIT, parse_numeral
from ..publishers import Publisher

MIN_YEAR = 1500  # of a date; earlier years are counters and defaults of programs
_MAX_LENGTH = 100  # characters of a date with the words around it
_MAX_DEPTH = 4  # objects and lists around a date
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_REPUBLIC_EPOCH = 1911  # year 1 of the Republic of China (民国) is 1912

_Calendar = tuple[int, int, int]
"""Year, month and day."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_NAME = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NUMBER = rf"(?:\d{{1,2}}|[{DIGIT}十]{{1,3}})"
_MONTH_AND_DAY = rf" ?年 ?({_NUMBER}) ?月 ?({_NUMBER})(?!\d)"
_ORDINAL_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"

# Periods of the day that follow noon, by the first hour that they may be written with.
_AFTERNOON = {"下午": 1, "pm": 1, "p.m.": 1, "中午": 1, "傍晚": 4, "晚": 5}
_FORENOON = ("上午", "凌晨", "am", "a.m.")
_TIME = re.compile(
    r"""
    (?:(?P<before>上午|下午|凌晨|中午|傍晚|晚|[ap]m\b)[上间]?\ ?)?
    (?<!\d)(?<!\d\d:\d\d:) (?P<hour>\d{1,2})
    (?: : (?P<minute>\d{2}) (?: : (?P<second>\d{2}) (?:[.,](?P<fraction>\d{1,9}))? )? (?!\d)
      | [时点] (?: (?P<minute_number>\d{1,2}) (?: 分 (?: (?P<second_number>\d{1,2})秒 )? )? (?!\d) )? )
    (?:\ ?(?P<after>[ap]\.?m\b\.?))?
    (?: \ ?\(?(?:utc|gmt)(?P<named_offset>[+-]\d{1,2})(?::?(?P<named_minutes>\d{2}))?(?!\d)
      | \ ?(?P<offset>[+-]\d{2}):?(?P<offset_minutes>\d{2})?(?!\d)
      | [ (]{0,2}(?P<zone>z|utc|gmt|est|edt|pst|pdt|cet|cest|msk|hkt|jst|kst|北京时间)(?![a-z]) )?
    """,
    re.VERBOSE,
)
# CST is not listed: it is the time of Chicago as well as of China.
_ZONES = {"est": -5, "edt": -4, "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "msk": 3, "hkt": 8, "北京时间": 8}
_ZONES |= {"jst": 9, "kst": 9}
_COMPACT_TIME = re.compile(r"[t ]?(\d{2})(\d{2})(\d{2})?(?:\d{3})?(?!\d) ?(z|[+-]\d{2}:?\d{2})?")

_NUMERIC = re.compile(r"(-?)(\d{4,19})(?:\.(\d{1,9}))?")
_DOT_NET = re.compile(r"/?date\((-?\d{1,15})(?:[+-]\d{4})?\)/?")  # as Microsoft's JSON libraries write it
_YEAR_FIRST = re.compile(r"(?<![\d.])(\d{4}) ?([-/._]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?!\d)")
_CHINESE = re.compile(rf"(?<![\d{DIGIT}])(\d{{4}}|[{DIGIT}]{{4}}){_MONTH_AND_DAY}")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?=\d{4}(?:\d{2}(?:\d{3})?)?(?!\d)|(?!\d))")


def _year_month_day(match: re.Match[str]) -> _Calendar:
    return int(match[1]), int(match[3]), int(match[4])


def _chinese_date(match: re.Match[str]) -> _Calendar:
    return _number(match[1]), _number(match[2]), _number(match[3])


def _compact_date(match: re.Match[str]) -> _Calendar:
    return int(match[1]), int(match[2]), int(match[3])


def _republic_date(match: re.Match[str]) -> _Calendar:
    year = 1 if match[1] == "元" else _number(match[1])
    return year + _REPUBLIC_EPOCH, _number(match[2]), _number(match[3])


def _numeric_republic_date(match: re.Match[str]) -> _Calendar:
    year, month, day = _year_month_day(match)
    return year + _REPUBLIC_EPOCH, month, day


def _week_date(match: re.Match[str]) -> _Calendar:
    day = date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1))
    return day.year, day.month, day.day


def _year_last(match: re.Match[str]) -> _Calendar:
    """Return the date if the day and the month are unambiguous. With dots the day is first, by all conventions."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first > 12 or first == second:
        return year, second, first
    if second > 12:
        return year, first, second
    raise ValueError("day and month are ambiguous")


def _day_month_name(match: re.Match[str]) -> _Calendar:
    return int(match[3]), _MONTHS.index(match[2][:3]) + 1, int(match[1])


def _month_name_day(match: re.Match[str]) -> _Calendar:
    return int(match[3]), _MONTHS.index(match[1][:3]) + 1, int(match[2])


def _year_month_name(match: re.Match[str]) -> _Calendar:
    return int(match[1]), _MONTHS.index(match[2][:3]) + 1, int(match[3])


# Forms of a complete date in folded text. Each function may raise ValueError.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Calendar]], ...] = (
    (_YEAR_FIRST, _year_month_day),
    (_CHINESE, _chinese_date),
    (_COMPACT, _compact_date),
    (
        re.compile(rf"(?:民国|(?<!\d)(?=1\d\d ?年)) ?(元|\d{{1,3}}|[{DIGIT}十百]{{1,5}}){_MONTH_AND_DAY}"),
        _republic_date,
    ),
    (re.compile(r"(?<![\w.])(\d{4})-?w(\d{2})(?:-?([1-7]))?(?![\w])"), _week_date),
    (re.compile(r"(?<![\d.])(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4})(?!\d)"), _year_last),
    (re.compile(r"(?<![\d.])(1\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d.])"), _numeric_republic_date),
    (
        re.compile(rf"(?<!\d){_ORDINAL_DAY}[ ./-]{{0,2}}(?:of )?{_MONTH_NAME}[ ,/-]{{0,2}}(\d{{4}})(?!\d)"),
        _day_month_name,
    ),
    (
        re.compile(
            rf"\b{_MONTH_NAME}[ -]{{0,2}}{_ORDINAL_DAY}(?!\d)"
            r"(?: \d{1,2}:\d{2}(?::\d{2})?(?: [a-z]{3,4}| [+-]\d{2}:?\d{2})?)?,? ?(?<!\d)(\d{4})(?![\d:])"
        ),
        _month_name_day,
    ),
    (re.compile(rf"(?<!\d)(\d{{4}})[ ,-]{{0,2}}{_MONTH_NAME}[ -]{{0,2}}(\d{{1,2}})(?!\d)"), _year_month_name),
)
# A year, or a month of a year, counts from its first day.
_MONTH_OR_YEAR = re.compile(rf"(\d{{4}}|[{DIGIT}]{{4}}) ?(?:[-/.年] ?({_NUMBER}) ?月?|年?)")
_NAMED_MONTH = re.compile(rf"{_MONTH_NAME},? (\d{{4}})")
# Keys of objects that stand for a date in the exports of databases and in serialized classes, most specific first.
_DATE_KEYS = ("$date", "$numberlong", "iso", "_seconds", "epochsecond", "time", "seconds", "@value", "value", "date")


def parse_date(value: object, publisher: Publisher) -> datetime | None:
    """Return the date that a value of a record, or a short text, contains; the first one if there are several.

    Chinese, English, ISO 8601 and numeric forms are recognized, numbers also as the time since 1970 in seconds, ms, µs
    or ns. Words around the date do not matter (发布于2023-09-28 10:00 北京). Objects such as `{"$date": …}` are
    unwrapped. A date without a time zone is in the time zone of the publisher.

    Return None for any other value: for words relative to today, for days that do not exist, for years before
    `MIN_YEAR` or after the next year, and for 05/09/2023, which may be a day of May or of September.
    """
    return _parse(value, time_zone(publisher), 0)


def date_in_file_name(path: str, publisher: Publisher) -> datetime | None:
    """Return the day in the name of a file, as in `2023-09-28-题.md`, `20230928-题.txt` and `2023年9月28日.txt`."""
    name = _normalize(PurePath(path).name[:_MAX_LENGTH])
    zone = time_zone(publisher)
    for form, to_calendar in _FORMS[:3]:
        for match in form.finditer(name):
            try:
                return _make_date(to_calendar(match), timedelta(), zone)
            except ValueError:
                continue
    return None


def time_zone(publisher: Publisher) -> tzinfo:
    """Return the time zone of a publisher's dates, by default UTC."""
    return ZoneInfo(publisher.time_zone) if publisher.time_zone else timezone.utc


def date_from_epoch(seconds: float, zone: tzinfo) -> datetime | None:
    """Return the date of a time since 1970, or None if its year is impossible."""
    try:
        moment = (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)
    except (ArithmeticError, ValueError):
        return None
    return moment if _is_possible(moment.year) else None


def _parse(value: object, zone: tzinfo, depth: int) -> datetime | None:
    if isinstance(value, str):
        return _parse_text(value, zone) if len(value) <= _MAX_LENGTH else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _parse_text(str(value), zone) if abs(value) < 10**19 else None
    if isinstance(value, float):
        return _parse_text(f"{value:.6f}", zone) if abs(value) < 10**19 else None
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=zone)
        return moment if _is_possible(moment.year) else None
    if isinstance(value, date):
        return _parse_text(value.isoformat(), zone)
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return _parse_object(value, zone, depth)
    if depth < _MAX_DEPTH and isinstance(value, list) and value:
        if len(value) >= 3 and all(type(part) is int and 0 <= part < 10_000 for part in value[:5]):
            year, month, day, hour, minute = [*value[:5], 0, 0][:5]  # as Java's LocalDateTime is serialized
            return _parse_text(f"{year}-{month}-{day} {hour}:{minute:02}", zone)
        return _parse(value[0], zone, depth + 1)
    return None


def _parse_object(value: Mapping[object, object], zone: tzinfo, depth: int) -> datetime | None:
    values = {str(key).lower(): item for key, item in value.items()}
    for key in _DATE_KEYS:
        if values.get(key) is None:
            continue
        inner = values[key]
        if key == "$date":
            if isinstance(inner, Mapping):
                inner = inner.get("$numberLong")
            milliseconds = _milliseconds(inner)
            if milliseconds is not None:
                return date_from_epoch(milliseconds / 1000, zone)
        return _parse(inner, zone, depth + 1)
    return None


def _milliseconds(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    return value if type(value) is int and abs(value) < 10**15 else None


def _normalize(text: str) -> str:
    """Return the folded text, with single spaces, and with one of several characters for a digit."""
    folded = fold(" ".join(text.split()))
    if folded.isascii():
        return folded
    for variant, replacement in (("○", "〇"), ("廿", "二十"), ("卅", "三十")):
        folded = folded.replace(variant, replacement)
    return folded


def _parse_text(text: str, zone: tzinfo) -> datetime | None:
    text = _normalize(text)
    if match := _NUMERIC.fullmatch(text):
        return _parse_number(match[1], match[2], match[3] or "", zone)
    if match := _DOT_NET.fullmatch(text):
        return date_from_epoch(int(match[1]) / 1000, zone)
    for form, to_calendar in _FORMS:
        if match := form.search(text):
            try:
                calendar = to_calendar(match)
                compact_time = _COMPACT_TIME.match(text, match.end()) if form is _COMPACT else None
                time = _read_compact_time(compact_time, zone) if compact_time else _time_around(text, match, zone)
                return _make_date(calendar, *time)
            except (ValueError, OverflowError):
                return None
    try:
        if match := _MONTH_OR_YEAR.fullmatch(text):
            return _make_date((_number(match[1]), _number(match[2] or "1"), 1), timedelta(), zone)
        if match := _NAMED_MONTH.fullmatch(text):
            return _make_date((int(match[2]), _MONTHS.index(match[1][:3]) + 1, 1), timedelta(), zone)
    except ValueError:
        return None
    return None


def _parse_number(sign: str, digits: str, fraction: str, zone: tzinfo) -> datetime | None:
    """Return the date of a number: 20230928, 20230928103000, 1695978901, 1695978901000."""
    if not sign and not fraction.strip("0"):
        if len(digits) == 4:
            return _try_date((int(digits), 1, 1), timedelta(), zone)
        if len(digits) in (8, 12, 14, 17):
            calendar = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
            hour, minute, second = (int(digits[start : start + 2] or 0) for start in (8, 10, 12))
            moment = timedelta(hours=hour, minutes=minute, seconds=second)
            if hour < 24 and minute < 60 and second < 60 and (moment_date := _try_date(calendar, moment, zone)):
                return moment_date
    length = len(digits)
    unit = {9: 1, 10: 1, 11: 1 if sign else 0, 12: 1e3, 13: 1e3, 14: 1e3 if sign else 0, 16: 1e6, 19: 1e9}.get(length)
    if not unit:
        return None
    return date_from_epoch(float(f"{sign}{digits}.{fraction or 0}") / unit, zone)


def _time_around(text: str, match: re.Match[str], zone: tzinfo) -> tuple[timedelta, tzinfo]:
    """Return the time since midnight that is written after a date, or else in or before it, and its time zone.

    Raises ValueError for an impossible time.
    """
    time = _TIME.search(text, match.end()) or _TIME.search(text, 0, match.end())
    if not time:
        return timedelta(), zone
    hour, minute = int(time["hour"]), int(time["minute"] or time["minute_number"] or 0)
    second = int(time["second"] or time["second_number"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError("there is no such time")
    period = (time["before"] or time["after"] or "").replace(".", "")
    if period in _AFTERNOON and _AFTERNOON[period] <= hour < 12:
        hour += 12
    elif period in _FORENOON and hour == 12:
        hour = 0
    fraction = int((time["fraction"] or "0")[:6].ljust(6, "0"))
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=fraction), _zone(time, zone)


def _zone(time: re.Match[str], zone: tzinfo) -> tzinfo:
    hours = time["named_offset"] or time["offset"]
    if hours:
        minutes = int(time["named_minutes"] or time["offset_minutes"] or 0)
        return _offset(hours[0], int(hours[1:]), minutes)
    if name := time["zone"]:
        return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else timezone.utc
    return zone


def _offset(sign: str, hours: int, minutes: int) -> tzinfo:
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _read_compact_time(time: re.Match[str], zone: tzinfo) -> tuple[timedelta, tzinfo]:
    """Return the time since midnight in 20230928T103000Z, and its time zone. Raises ValueError."""
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("there is no such time")
    if time[4]:
        written = time[4].replace(":", "")
        zone = timezone.utc if written == "z" else _offset(written[0], int(written[1:3]), int(written[3:]))
    return timedelta(hours=hour, minutes=minute, seconds=second), zone


def _try_date(calendar: _Calendar, time: timedelta, zone: tzinfo) -> datetime | None:
    try:
        return _make_date(calendar, time, zone)
    except ValueError:
        return None


def _make_date(calendar: _Calendar, time: timedelta, zone: tzinfo) -> datetime:
    """Return the date. Raises ValueError if there is no such day, or its year is impossible."""
    moment = datetime(*calendar) + time
    if not _is_possible(moment.year):
        raise ValueError("the year is impossible")
    return moment.replace(tzinfo=zone)


def _is_possible(year: int) -> bool:
    """Return whether an article can be of a year. Announcements and periodicals may be dated ahead."""
    return MIN_YEAR <= year <= datetime.now(timezone.utc).year + 1


def _number(numeral: str) -> int:
    number = parse_numeral(numeral)
    if number is None:
        raise ValueError(f"not a number: {numeral}")
    return number
