"""Dates and times in the usual form of the reader's language."""

from datetime import date, datetime

from ..messages import current_language

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def format_period(period: str) -> str:
    """Return a day, month, year, or range of them for readers: 2023年9月28日, 28 Sep 2023, 1–3 Aug 2023.

    `period` is in ISO form: 2023-09-28, 2023-09, 2023, 2023-08-01..2023-08-03. Other text is returned as it is.
    """
    first, _, last = period.partition("..")
    if not last or first == last:
        return _format_date(first)
    shared = _count_shared_parts(first, last)
    if current_language.get() == "zh":  # 2023年8月1日–3日
        return f"{_format_date(first)}–{_format_date(last, skip=shared)}"
    return f"{_format_date(first, skip=shared)}–{_format_date(last)}"  # 1–3 Aug 2023


def format_day(day: date) -> str:
    """Return a day for readers: 2023年9月28日, 28 Sep 2023."""
    return _format_date(day.isoformat())


def format_moment(moment: datetime) -> str:
    """Return a time of publication for readers, in its own time zone: 2023年9月28日 10:45, 28 Sep 2023, 10:45."""
    separator = " " if current_language.get() == "zh" else ", "
    return f"{format_day(moment.date())}{separator}{moment:%H:%M}"


def _count_shared_parts(first: str, last: str) -> int:
    """Return how many leading parts (year, month) two ISO dates share, leaving at least one part of each."""
    pairs = list(zip(first.split("-"), last.split("-"), strict=False))
    differing = (index for index, (left, right) in enumerate(pairs) if left != right)
    return next(differing, len(pairs) - 1)


def _format_date(iso_date: str, skip: int = 0) -> str:
    """Return an ISO date for readers, without its first `skip` parts (year, month)."""
    parts = iso_date.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return iso_date
    numbers = list(map(int, parts))
    if current_language.get() == "zh":
        formatted = [f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False)]
        return "".join(formatted[skip:])
    if len(numbers) > 1 and not 1 <= numbers[1] <= len(_MONTHS):
        return iso_date
    formatted = [_MONTHS[number - 1] if index == 1 else str(number) for index, number in enumerate(numbers)]
    return " ".join(reversed(formatted[skip:]))
