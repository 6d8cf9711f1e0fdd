"""Resolvers: functions that turn the units of a date into the days that they denote.

A unit is, for example, 去年 or 9月. Each function takes the context of the unit and the text of the groups of its
pattern. Each raises ValueError or OverflowError if the days do not exist or cannot be determined.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..text.numbers import parse_numeral
from .periods import Period, add_months, days, earliest_unfinished, latest_begun, months, nearest, week, years

WEEKDAYS = "一二三四五六日天"
OFFSETS = {"上上": -2, "上": -1, "去": -1, "昨": -1, "前": -2, "大前": -3, "今": 0, "本": 0, "这": 0}
OFFSETS |= {"下下": 2, "下": 1, "明": 1, "后": 2, "大后": 3}
SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}  # the first month of each
HOLIDAYS = {"元旦": (1, 1), "新年": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "劳动节": (5, 1), "儿童节": (6, 1)}
HOLIDAYS |= {"国庆": (10, 1), "双十国庆": (10, 10), "双十节": (10, 10), "平安夜": (12, 24), "圣诞": (12, 25)}
_WEEK_WORDS = ("周", "星期", "礼拜")
_HALF_YEAR = timedelta(days=180)
_REPUBLIC_EPOCH = 1911  # year 1 of the Republic of China (民国) is 1912


@dataclass(frozen=True, slots=True)
class DateContext:
    """The context that a unit of a date is resolved in.

    `published` is the time of publication, if known. `enclosing` are the days of the unit before, which this unit
    narrows. `range_start` is the first day of the date that this one follows in a range (9月28日 for 30日 in
    9月28日至30日). `is_future` is True if the words around the date refer to the future.
    """

    published: datetime | None = None
    enclosing: Period | None = None
    range_start: date | None = None
    is_future: bool = False

    @property
    def now(self) -> datetime:
        """The time of publication.

        Raises:
            ValueError: The time of publication is unknown.
        """
        if self.published is None:
            raise ValueError("the time of publication is unknown")
        return self.published

    @property
    def today(self) -> date:
        """The day of publication, by the publisher's calendar."""
        return self.now.date()

    @property
    def anchor(self) -> date:
        """The day that an incomplete date, without year or month, is close to."""
        return self.range_start or self.today

    @property
    def year(self) -> int:
        """The year of the enclosing unit, else of publication."""
        return (self.enclosing.first if self.enclosing else self.today).year

    def choose(self, periods: list[Period]) -> Period:
        """Return the period that an ambiguous date denotes; `periods` are the candidates, in ascending order.

        In a range it is the first one from the start of the range on. Otherwise it is the next one if the words around
        refer to the future, else the last one that has begun.
        """
        if self.range_start:
            return earliest_unfinished(periods, self.range_start)
        return earliest_unfinished(periods, self.today) if self.is_future else latest_begun(periods, self.today)

    def choose_months(self, month: int, count: int) -> Period:
        """Return `count` months of the enclosing year, else of the year of publication.

        Months more than half a year ahead belong to the year before: in January, 12月 is last month.
        """
        if self.enclosing:
            return months(self.enclosing.first.year, month, count)
        candidates = [months(self.anchor.year + offset, month, count) for offset in (-1, 0, 1)]
        if self.range_start or self.is_future:
            return self.choose(candidates)
        return candidates[1] if candidates[1].first - self.today < _HALF_YEAR else candidates[0]


def unresolvable(_: DateContext) -> Period:
    """Raise ValueError: the days of this unit cannot be determined."""
    raise ValueError("the days cannot be determined")


def enclosing_period(context: DateContext) -> Period:
    """Resolve a part of a day, or a season, to the enclosing unit."""
    if not context.enclosing:
        raise ValueError("the unit stands alone")
    return context.enclosing


def full_date(_: DateContext, year: str, month: str, day: str) -> Period:
    """Resolve 2023-09-28."""
    return days(date(int(year), int(month), int(day)))


def year(_: DateContext, number: str) -> Period:
    """Resolve 2023年."""
    return years(_parse(number))


def year_of_republic(_: DateContext, number: str) -> Period:
    """Resolve 民国112年."""
    return years(_parse(number) + _REPUBLIC_EPOCH)


def short_year(context: DateContext, digits: str) -> Period:
    """Resolve '98: the latest such year up to the one after publication."""
    century = context.today.year // 100 * 100
    candidates = [years(century + offset + int(digits)) for offset in (-100, 0)]
    return latest_begun(candidates, add_months(context.today, 12))


def relative_year(context: DateContext, prefix: str) -> Period:
    """Resolve 去年."""
    return years(context.today.year + OFFSETS[prefix])


def decade(context: DateContext, century: str | None, prefix: str | None, hundreds: str | None, tens: str) -> Period:
    """Resolve 二十世纪九十年代, 上世纪九十年代, 1990年代 and 90年代."""
    offset = _parse(tens)
    if hundreds:
        return years(100 * int(hundreds) + offset, 10)
    if century or prefix:
        return years(_first_year_of_century(context, century, prefix) + offset, 10)
    this_century = context.today.year // 100 * 100
    candidates = [years(this_century + century_offset + offset, 10) for century_offset in (-100, 0)]
    return latest_begun(candidates, context.today)


def century(context: DateContext, number: str | None, prefix: str | None, part: str | None) -> Period:
    """Resolve 二十世纪, 本世纪初."""
    offset, count = {"初": (0, 10), "中叶": (40, 20), "末": (90, 10)}.get(part or "", (0, 100))
    return years(_first_year_of_century(context, number, prefix) + offset, count)


def _first_year_of_century(context: DateContext, number: str | None, prefix: str | None) -> int:
    if number:
        return 100 * (_parse(number) - 1)
    return (context.today.year // 100 + OFFSETS[prefix or "本"]) * 100


def part_of_year(context: DateContext, part: str) -> Period:
    """Resolve 年初, 年底."""
    return months(context.year, {"初": 1, "首": 1, "中": 6}.get(part, 11), 2)


def half_year(context: DateContext, half: str) -> Period:
    """Resolve 上半年."""
    return context.choose_months(1 if half == "上" else 7, 6)


def quarter(context: DateContext, number: str) -> Period:
    """Resolve 第三季度, 首季."""
    return context.choose_months(3 * (1 if number == "首" else _parse(number)) - 2, 3)


def season(context: DateContext, name: str) -> Period:
    """Resolve 夏天 of the enclosing year."""
    return months(enclosing_period(context).first.year, SEASONS[name], 3)


def relative_season(context: DateContext, prefix: str, name: str) -> Period:
    """Resolve 今夏."""
    return months(context.today.year + OFFSETS[prefix], SEASONS[name], 3)


def month(context: DateContext, number: str) -> Period:
    """Resolve 9月."""
    return context.choose_months(1 if number == "元" else _parse(number), 1)


def relative_month(context: DateContext, prefix: str) -> Period:
    """Resolve 上个月."""
    return months(context.today.year, context.today.month + OFFSETS[prefix])


def part_of_month(context: DateContext, part: str) -> Period:
    """Resolve 月初, 中旬, 月底: ten days each, the last up to the end of the month."""
    month = context.enclosing or months(context.today.year, context.today.month)
    first = {"初": 1, "上": 1, "中": 11}.get(part, 21)
    return Period(month.first.replace(day=first), month.last if first == 21 else month.last.replace(day=first + 9))


def relative_week(context: DateContext, prefix: str, weekday: str | None) -> Period:
    """Resolve 上周, 上周五."""
    return _week_or_weekday(context.today + timedelta(weeks=OFFSETS[prefix]), weekday)


def weekday(context: DateContext, name: str) -> Period:
    """Resolve 周五."""
    if context.enclosing:
        return context.enclosing
    return context.choose([_week_or_weekday(context.anchor + timedelta(weeks=offset), name) for offset in (-1, 0, 1)])


def _week_or_weekday(day: date, weekday: str | None) -> Period:
    """Return the week that contains a day, or one weekday or the weekend of it."""
    whole_week = week(day)
    if weekday == "末":
        return days(whole_week.first + timedelta(days=5), 2)
    return days(whole_week.first + timedelta(days=min(WEEKDAYS.index(weekday), 6))) if weekday else whole_week


def day(context: DateContext, number: str) -> Period:
    """Resolve 28日."""
    day_number = _parse(number)
    if context.enclosing:
        if context.enclosing.first.month != context.enclosing.last.month:
            raise ValueError("the enclosing unit is longer than a month")
        return days(context.enclosing.first.replace(day=day_number))
    candidates = (months(context.anchor.year, context.anchor.month + offset) for offset in (-2, -1, 0, 1, 2))
    return context.choose(
        [days(month.first.replace(day=day_number)) for month in candidates if day_number <= month.last.day]
    )


def relative_day(context: DateContext, prefix: str) -> Period:
    """Resolve 昨天."""
    return days(context.today + timedelta(days=OFFSETS[prefix]))


def holiday(context: DateContext, name: str) -> Period:
    """Resolve 国庆 of the enclosing year, else the one nearest to publication."""
    if context.enclosing:
        return days(date(context.enclosing.first.year, *HOLIDAYS[name]))
    candidates = [days(date(context.today.year + offset, *HOLIDAYS[name])) for offset in (-1, 0, 1)]
    return nearest(candidates, context.today)


def distance(context: DateContext, count: str, unit: str, direction: str) -> Period:
    """Resolve 三天前 to a day, 两周后 to a week, 三个月前 to a month, 五年前 to a year."""
    number = _parse(count) if direction == "后" else -_parse(count)
    if unit == "小时":
        return days((context.now + timedelta(hours=number)).date())
    if unit == "天":
        return days(context.today + timedelta(days=number))
    if unit in _WEEK_WORDS:
        return week(context.today + timedelta(weeks=number))
    if unit == "年":
        return years(context.today.year + number)
    return months(context.today.year, context.today.month + number)


def duration(context: DateContext, direction: str, count: str, unit: str) -> Period:
    """Resolve 近两年, which ends with the day of publication, and 未来两年, which begins on the day after."""
    number = _parse(count)
    if direction in ("未来", "今后", "接下来"):
        return Period(context.today + timedelta(days=1), _add(context.today, number, unit))
    return Period(_add(context.today, -number, unit) + timedelta(days=1), context.today)


def _add(day: date, number: int, unit: str) -> date:
    if unit in ("天", "日"):
        return day + timedelta(days=number)
    if unit in _WEEK_WORDS:
        return day + timedelta(weeks=number)
    return add_months(day, number * (12 if unit == "年" else 1))


def _parse(numeral: str) -> int:
    number = parse_numeral(numeral)
    if number is None:
        raise ValueError(f"not a number: {numeral}")
    return number
