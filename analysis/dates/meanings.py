"""Which days the units of a date mean, given as they are written: 去 in 去年, 9 in 9月.

Each function raises ValueError or OverflowError where there are no such days, or nobody can tell them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..text.numbers import numeral
from .periods import Period, days, earliest, latest, months, moved, nearest, week, years

WEEKDAYS = "一二三四五六日天"
AWAY = {"上上": -2, "上": -1, "去": -1, "昨": -1, "前": -2, "大前": -3, "今": 0, "本": 0, "这": 0}
AWAY |= {"下下": 2, "下": 1, "明": 1, "后": 2, "大后": 3}
SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}  # their first months
FEASTS = {"元旦": (1, 1), "新年": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "劳动节": (5, 1), "儿童节": (6, 1)}
FEASTS |= {"国庆": (10, 1), "双十国庆": (10, 10), "双十节": (10, 10), "平安夜": (12, 24), "圣诞": (12, 25)}
_WEEKS = ("周", "星期", "礼拜")
_HALF_A_YEAR = timedelta(days=180)
_REPUBLIC = 1911  # what its years count from


@dataclass(frozen=True, slots=True)
class Around:
    """What a unit is read by: the time of publication, if it is known; the days of the unit before, which it narrows;
    the day that it is joined to (9月28日 of 9月28日至30日); whether the words around speak of the future."""

    published: datetime | None = None
    within: Period | None = None
    joined: date | None = None
    future: bool = False

    @property
    def now(self) -> datetime:
        if self.published is None:
            raise ValueError("nothing to count from")
        return self.published

    @property
    def today(self) -> date:
        """The day of publication, by the publisher's calendar."""
        return self.now.date()

    @property
    def near(self) -> date:
        """The day that a date without its year or month is near to."""
        return self.joined or self.today

    @property
    def year(self) -> int:
        return (self.within.first if self.within else self.today).year

    def meant(self, periods: list[Period]) -> Period:
        """Of rising periods: joined to a day the first from there, where the words speak of the future the first to
        come, else the last that has begun."""
        if self.joined:
            return earliest(periods, self.joined)
        return earliest(periods, self.today) if self.future else latest(periods, self.today)

    def meant_of_year(self, month: int, count: int) -> Period:
        """Some months of the year that is told, else of that of publication; what is more than half a year ahead is
        of the year before, for 12月 is last month in January."""
        if self.within:
            return months(self.within.first.year, month, count)
        periods = [months(self.near.year + away, month, count) for away in (-1, 0, 1)]
        if self.joined or self.future:
            return self.meant(periods)
        return periods[1] if periods[1].first - self.today < _HALF_A_YEAR else periods[0]


def nothing(_: Around) -> Period:
    raise ValueError("not to be told")


def the_same(around: Around) -> Period:
    """A part of a day."""
    if not around.within:
        raise ValueError("of no day")
    return around.within


def full_date(_: Around, year: str, month: str, day: str) -> Period:
    return days(date(int(year), int(month), int(day)))


def year(_: Around, written: str) -> Period:
    return years(_number(written))


def year_of_republic(_: Around, written: str) -> Period:
    return years(_number(written) + _REPUBLIC)


def short_year(around: Around, written: str) -> Period:
    """'98 was, or is next year at the latest."""
    century = around.today.year // 100 * 100
    return latest([years(century + away + int(written)) for away in (-100, 0)], moved(around.today, 12))


def named_year(around: Around, name: str) -> Period:
    return years(around.today.year + AWAY[name])


def decade(around: Around, century: str | None, name: str | None, hundreds: str | None, written: str) -> Period:
    tens = _number(written)
    if hundreds:
        return years(100 * int(hundreds) + tens, 10)
    if century or name:
        return years(_first_of_century(around, century, name) + tens, 10)
    this = around.today.year // 100 * 100
    return latest([years(this + away + tens, 10) for away in (-100, 0)], around.today)


def century(around: Around, number: str | None, name: str | None, part: str | None) -> Period:
    first, count = {"初": (0, 10), "中叶": (40, 20), "末": (90, 10)}.get(part or "", (0, 100))
    return years(_first_of_century(around, number, name) + first, count)


def _first_of_century(around: Around, number: str | None, name: str | None) -> int:
    if number:
        return 100 * (_number(number) - 1)
    return (around.today.year // 100 + AWAY[name or "本"]) * 100


def end_of_year(around: Around, which: str) -> Period:
    return months(around.year, {"初": 1, "首": 1, "中": 6}.get(which, 11), 2)


def half_year(around: Around, which: str) -> Period:
    return around.meant_of_year(1 if which == "上" else 7, 6)


def quarter(around: Around, which: str) -> Period:
    return around.meant_of_year(3 * (1 if which == "首" else _number(which)) - 2, 3)


def season(around: Around, name: str) -> Period:
    return months(the_same(around).first.year, SEASONS[name], 3)


def named_season(around: Around, year: str, name: str) -> Period:
    return months(around.today.year + AWAY[year], SEASONS[name], 3)


def month(around: Around, written: str) -> Period:
    return around.meant_of_year(1 if written == "元" else _number(written), 1)


def named_month(around: Around, name: str) -> Period:
    return months(around.today.year, around.today.month + AWAY[name])


def part_of_month(around: Around, which: str) -> Period:
    """Ten days each, the last to the end."""
    month = around.within or months(around.today.year, around.today.month)
    first = {"初": 1, "上": 1, "中": 11}.get(which, 21)
    return Period(month.first.replace(day=first), month.last if first == 21 else month.last.replace(day=first + 9))


def named_week(around: Around, name: str, weekday: str | None) -> Period:
    return _of_week(around.today + timedelta(weeks=AWAY[name]), weekday)


def weekday(around: Around, written: str) -> Period:
    if around.within:
        return around.within
    return around.meant([_of_week(around.near + timedelta(weeks=away), written) for away in (-1, 0, 1)])


def _of_week(day: date, weekday: str | None) -> Period:
    whole = week(day)
    if weekday == "末":
        return days(whole.first + timedelta(days=5), 2)
    return days(whole.first + timedelta(days=min(WEEKDAYS.index(weekday), 6))) if weekday else whole


def day(around: Around, written: str) -> Period:
    number = _number(written)
    if around.within:
        if around.within.first.month != around.within.last.month:
            raise ValueError("of no month")
        return days(around.within.first.replace(day=number))
    near = (months(around.near.year, around.near.month + away) for away in (-2, -1, 0, 1, 2))
    return around.meant([days(month.first.replace(day=number)) for month in near if number <= month.last.day])


def named_day(around: Around, name: str) -> Period:
    return days(around.today + timedelta(days=AWAY[name]))


def feast(around: Around, name: str) -> Period:
    if around.within:
        return days(date(around.within.first.year, *FEASTS[name]))
    return nearest([days(date(around.today.year + away, *FEASTS[name])) for away in (-1, 0, 1)], around.today)


def away(around: Around, count: str, unit: str, direction: str) -> Period:
    """三天前 means a day, 两周后 a week, 三个月前 a month, 五年前 a year."""
    number = _number(count) if direction == "后" else -_number(count)
    if unit == "小时":
        return days((around.now + timedelta(hours=number)).date())
    if unit == "天":
        return days(around.today + timedelta(days=number))
    if unit in _WEEKS:
        return week(around.today + timedelta(weeks=number))
    if unit == "年":
        return years(around.today.year + number)
    return months(around.today.year, around.today.month + number)


def lately(around: Around, direction: str, count: str, unit: str) -> Period:
    """近两年 ends with the day of publication, 未来两年 begins after it."""
    number = _number(count)
    if direction in ("未来", "今后", "接下来"):
        return Period(around.today + timedelta(days=1), _moved(around.today, number, unit))
    return Period(_moved(around.today, -number, unit) + timedelta(days=1), around.today)


def _moved(day: date, number: int, unit: str) -> date:
    if unit in ("天", "日"):
        return day + timedelta(days=number)
    if unit in _WEEKS:
        return day + timedelta(weeks=number)
    return moved(day, number * (12 if unit == "年" else 1))


def _number(written: str) -> int:
    number = numeral(written)
    if number is None:
        raise ValueError("not a number")
    return number
