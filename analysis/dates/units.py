"""The units of written dates, as patterns over folded text.

A date is one unit, or several units, each of which narrows the one before: 去年|9月|28日|上午.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from ..text.numbers import DIGIT, YEAR
from . import resolvers
from .periods import Period


class Grain(IntEnum):
    """The temporal grain of a unit: only a unit of a finer grain narrows another.

    A COMPLETE date neither narrows another unit nor is narrowed by one.
    """

    COMPLETE = 0
    YEAR = 1
    SEASON = 2
    MONTH = 3
    WEEK = 4
    DAY = 5
    WEEKDAY = 6
    TIME = 7


class DateUnit(NamedTuple):
    """A unit of a date. `resolve` takes a `DateContext` and the text of each group of `pattern`."""

    grain: Grain
    pattern: str
    resolve: Callable[..., Period]
    follows_only: bool = False  # occurs only after another unit, never alone


_DIGITS = "一二三四五六七八九"
_NUMBER_START = rf"(?<![\d{DIGIT}十百千万])(?<!\d[.,])"  # not the end of a larger number
_RELATIVE = "(?:(?<![以之此目日基光文])|(?=[今昨去]))"  # excludes 以上, 之前, 日本 and the like
_COUNT = rf"{_NUMBER_START}(?<![两几数多第每])(\d{{1,3}}|[{_DIGITS}两十百]{{1,3}})"
_CENTURY = rf"(?<!前){_NUMBER_START}(\d{{1,2}}|[{_DIGITS}十]{{1,3}})"
_MONTH = rf"(?<![农阴]历){_NUMBER_START}(1[0-2]|0?[1-9]|十[一二]?|[{_DIGITS}元])"
_DAY = rf"(3[01]|[12]\d|0?[1-9]|三十一?|二?十[{_DIGITS}]?|[{_DIGITS}])"
_WEEK_WORDS = "周|星期|礼拜"
_WEEK = f"个?(?:{_WEEK_WORDS})"
_WEEKDAY = "([一二三四五六日天末])"
_HOUR = rf"(?:\d{{1,2}}|[{_DIGITS}十零]{{1,3}})[时点]"
_MINUTE = rf"(?:(?:\d{{1,2}}|[{_DIGITS}十〇零]{{1,3}})分|半)"
_TIME_OF_DAY = "凌晨|清晨|早晨|早上|上午|中午|正午|下午|傍晚|晚上|晚间|深夜|午夜|子夜"
_LUNAR_HOLIDAYS = "春节|除夕|元宵节?|清明节|端午节?|中秋节?|重阳节"
_VAGUE_TIMES = (
    "目前|(?<![体实出呈表再浮显展])现在|当前|眼下|如今|而今|当今|今后|未来|将来|过去|以往|后来|当时|日前|不久前"
    "|最近|近日|近期|近来|近年(?!来)|近些年|古代|近代|现代(?!化)|当代|早年|晚年|生前"
)

_FIRST_CHARACTERS = (
    rf"\d{DIGIT}十百两'第首上下本这今昨明去前后大当同次翌民元年岁月春夏秋冬周星礼过最近未接目现眼如而将以日不古生晚早"
    "凌正傍深午子清中重端除国双平圣情妇劳儿新"
)
# Matches the beginning of every unit, and a few other strings. Scanning for it first skips most of a text in a fraction
# of the time; the lookahead rejects most characters at once.
CANDIDATES = rf"""(?x) (?=[{_FIRST_CHARACTERS}]) (?:
    (?<!\d)\d{{1,4}}(?=[ 年月日世周星礼天小个时点季/.-])
  | [{DIGIT}十百两](?=[{DIGIT}十百两年月日世周星礼天小个时点季]|\ 年)
  | '(?=\d) | 第(?=[一二三四1-4]季) | 首(?=季)
  | [上下本这](?=[上下本个周星礼月年世半旬午])
  | [今昨明去前后大当同次翌](?=[年天日晚夜晨早春夏秋冬前后时今代]) | 民(?=国) | 元(?=月|旦|宵)
  | [年岁月](?=[初首底末终尾]) | [春夏秋冬](?=[天季日节]) | [周星礼](?=[一二三四五六日天末期拜])
  | [过最近未接](?=[去近的来下几些代年日期两半{DIGIT}十百\d])
  | [目现眼如而将以后日不古生晚早](?=[前在下今来往久代年])
  | [凌早正傍晚深午子清中重端除国双平圣情妇劳儿新](?=[晨上午晚间夜明秋阳旬庆十安诞人女动童年夕])
)
"""

# If two units begin alike, the longer one comes first.
DATE_UNITS = (
    DateUnit(Grain.DAY, r"(?<![\d.])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d.])", resolvers.full_date),
    DateUnit(
        Grain.COMPLETE,
        f"(?:{_CENTURY}世纪|(上|本)个?世纪|{_NUMBER_START}(1[0-9]|20)?)([1-9]0|[{_DIGITS}]十)年代",
        resolvers.decade,
    ),
    DateUnit(Grain.COMPLETE, f"(?:{_CENTURY}|(上|本)个?)世纪(初|中叶|末)?", resolvers.century),
    DateUnit(
        Grain.COMPLETE,
        rf"{_COUNT}个?(年|(?<=个)月|{_WEEK_WORDS}|天|小时)[之以]?(前|后)(?![往来去后夕])",
        resolvers.distance,
    ),
    DateUnit(
        Grain.COMPLETE,
        rf"(过去|最近|近|未来|今后|接下来)的?{_COUNT}个?(年|(?<=个)月|{_WEEK_WORDS}|天|日)",
        resolvers.duration,
    ),
    DateUnit(Grain.YEAR, rf"(?=[12一二])(?<!前)({YEAR}) ?年(?!的?历史)", resolvers.year),
    DateUnit(Grain.YEAR, rf"民国 ?{_COUNT} ?年", resolvers.year_of_republic),
    DateUnit(Grain.YEAR, rf"{_NUMBER_START}(1[01]\d) ?年(?= ?\d{{1,2}} ?月)", resolvers.year_of_republic),
    DateUnit(Grain.YEAR, r"(?<![a-z0-9'])'(\d\d)(?!\d)年?", resolvers.short_year),
    DateUnit(Grain.YEAR, f"{_RELATIVE}(今|去|大前|前|明|后|本|上)年(?![度轻纪级代龄均])", resolvers.relative_year),
    DateUnit(Grain.YEAR, "[当同次翌]年", resolvers.unresolvable),
    DateUnit(Grain.SEASON, "(上|下)半年", resolvers.half_year),
    DateUnit(Grain.SEASON, "第?([一二三四1-4首])季(?:度|(?<=第.季)|(?<=首季))", resolvers.quarter),
    DateUnit(Grain.SEASON, "[年岁](初|首|底|末|终|尾)", resolvers.part_of_year),
    DateUnit(Grain.SEASON, "(?<=年)(初|底|末)", resolvers.part_of_year, follows_only=True),
    DateUnit(Grain.SEASON, "([春夏秋冬])[天季日]", resolvers.season),
    DateUnit(Grain.SEASON, "(今|去|明)([春夏秋冬])", resolvers.relative_season),
    DateUnit(Grain.MONTH, f"{_MONTH} ?月份?", resolvers.month),
    DateUnit(Grain.MONTH, f"{_RELATIVE}(上上|上|本|这|下下|下)个?月(?![球亮刊])", resolvers.relative_month),
    DateUnit(Grain.WEEK, "月([初底末])", resolvers.part_of_month),
    DateUnit(Grain.WEEK, "([上中下])旬", resolvers.part_of_month),
    DateUnit(Grain.WEEK, "(?<=[月份])(初|底|末)", resolvers.part_of_month, follows_only=True),
    DateUnit(Grain.DAY, f"{_RELATIVE}(上上|上|本|这|下下|下){_WEEK}{_WEEKDAY}?(?![年岁刊边])", resolvers.relative_week),
    DateUnit(Grain.DAY, f"{_NUMBER_START}(?<![近每第连续前后两几数]){_DAY} ?日(?![内游无间])", resolvers.day),
    DateUnit(Grain.DAY, f"{_DAY} ?[日号]", resolvers.day, follows_only=True),
    DateUnit(Grain.DAY, f"{_RELATIVE}(今|昨|大前|前|明|大后|后)[天日](?![本军元方])", resolvers.relative_day),
    DateUnit(Grain.DAY, "(今|昨|明)[晚夜晨早]", resolvers.relative_day),
    DateUnit(Grain.DAY, "[当次翌][天日晚]", resolvers.unresolvable),
    DateUnit(Grain.DAY, f"(?<![国湾])({'|'.join(resolvers.HOLIDAYS)})[节日]?", resolvers.holiday),
    DateUnit(Grain.DAY, _LUNAR_HOLIDAYS, resolvers.unresolvable),
    DateUnit(Grain.WEEKDAY, f"(?<![{_DIGITS}两每])(?:{_WEEK_WORDS}){_WEEKDAY}(?![年岁期])", resolvers.weekday),
    DateUnit(
        Grain.TIME,
        f"(?:{_TIME_OF_DAY})(?:{_HOUR}{_MINUTE}?)?|{_NUMBER_START}{_HOUR}{_MINUTE}",
        resolvers.enclosing_period,
    ),
    DateUnit(
        Grain.TIME,
        rf"{_HOUR}{_MINUTE}?|[晚晨早夜](?![些会宴报于])|\d{{1,2}}:\d\d",
        resolvers.enclosing_period,
        follows_only=True,
    ),
    DateUnit(Grain.COMPLETE, _VAGUE_TIMES, resolvers.unresolvable),
)
