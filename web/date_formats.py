"""Days and moments in the form that readers of a language are used to."""

from datetime import date, datetime

from ..messages import current_language

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def period(written: str) -> str:
    """A day, month or year (2023-09-28, 2023-09, 2023), or a range of them: 2023年9月28日, 28 Sep 2023. What is none
    stays as it is."""
    first, _, last = written.partition("..")
    if not last or first == last:
        return _one(first)
    same = _same(first, last)
    if current_language.get() == "zh":  # 2023年8月1日–3日
        return f"{_one(first)}–{_one(last, left_out=same)}"
    return f"{_one(first, left_out=same)}–{_one(last)}"  # 1–3 Aug 2023


def day(given: date) -> str:
    """One day."""
    return _one(given.isoformat())


def moment(published: datetime) -> str:
    """A time of publication, by the clock of where it was published: 2023年9月28日 10:45, 28 Sep 2023, 10:45."""
    separator = " " if current_language.get() == "zh" else ", "
    return f"{day(published.date())}{separator}{published:%H:%M}"


def _same(first: str, last: str) -> int:
    """How many parts two dates share, years first; a part of each is always told."""
    parts = list(zip(first.split("-"), last.split("-"), strict=False))
    different = (place for place, (one, other) in enumerate(parts) if one != other)
    return next(different, len(parts) - 1)


def _one(written: str, left_out: int = 0) -> str:
    """A date, without the first parts of it."""
    parts = written.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return written
    numbers = list(map(int, parts))
    if current_language.get() == "zh":
        shown = [f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False)]
        return "".join(shown[left_out:])
    if len(numbers) > 1 and not 1 <= numbers[1] <= len(_MONTHS):
        return written
    shown = [_MONTHS[number - 1] if place == 1 else str(number) for place, number in enumerate(numbers)]
    return " ".join(reversed(shown[left_out:]))
