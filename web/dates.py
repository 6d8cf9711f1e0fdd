"""Days and moments in the form that readers of a language are used to."""

from datetime import datetime

from ..messages import spoken

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def period(written: str) -> str:
    """A day, month or year (2023-09-28, 2023-09, 2023), or a range of them: 2023年9月28日, 28 Sep 2023. What is none
    stays as it is."""
    return "–".join(dict.fromkeys(map(_one, written.split(".."))))


def moment(published: datetime) -> str:
    """A time of publication, by the clock of where it was published: 2023年9月28日 10:45, 28 Sep 2023, 10:45."""
    separator = " " if spoken.get() == "zh" else ", "
    return f"{_one(published.date().isoformat())}{separator}{published:%H:%M}"


def _one(written: str) -> str:
    parts = written.split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return written
    numbers = [int(part) for part in parts]
    if spoken.get() == "zh":
        return "".join(f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False))
    year, *rest = numbers
    if rest and not 1 <= rest[0] <= 12:
        return written
    return " ".join([*map(str, rest[1:]), *(_MONTHS[month - 1] for month in rest[:1]), str(year)])
