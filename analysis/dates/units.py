"""The units that dates are written in, in folded text. A date is one of them, or several of which each narrows the one
before: 去年|9月|28日|上午.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from ..text.numbers import DIGIT, YEAR
from . import meanings as means
from .periods import Period


class Level(IntEnum):
    """How fine a unit is: only a finer one narrows another. A whole date narrows none and is narrowed by none."""

    WHOLE = 0
    YEAR = 1
    SEASON = 2
    MONTH = 3
    WEEK = 4
    DAY = 5
    WEEKDAY = 6
    TIME = 7


class Unit(NamedTuple):
    """`meaning` is called with what surrounds the unit, and with the groups of `pattern`."""

    level: Level
    pattern: str
    meaning: Callable[..., Period]
    narrows_only: bool = False  # stands behind another unit, never alone


_NINE = "一二三四五六七八九"
_ALONE = rf"(?<![\d{DIGIT}十百千万])(?<!\d[.,])"  # no larger number
_NAMING = "(?:(?<![以之此目日基光文])|(?=[今昨去]))"  # of 以上, 之前, 日本 and their like
_COUNT = rf"{_ALONE}(?<![两几数多第每])(\d{{1,3}}|[{_NINE}两十百]{{1,3}})"
_CENTURY = rf"(?<!前){_ALONE}(\d{{1,2}}|[{_NINE}十]{{1,3}})"
_MONTH = rf"(?<![农阴]历){_ALONE}(1[0-2]|0?[1-9]|十[一二]?|[{_NINE}元])"
_DAY = rf"(3[01]|[12]\d|0?[1-9]|三十一?|二?十[{_NINE}]?|[{_NINE}])"
_WEEKS = "周|星期|礼拜"
_WEEK = f"个?(?:{_WEEKS})"
_WEEKDAY = "([一二三四五六日天末])"
_HOUR = rf"(?:\d{{1,2}}|[{_NINE}十零]{{1,3}})[时点]"
_MINUTE = rf"(?:(?:\d{{1,2}}|[{_NINE}十〇零]{{1,3}})分|半)"
_DAYTIME = "凌晨|清晨|早晨|早上|上午|中午|正午|下午|傍晚|晚上|晚间|深夜|午夜|子夜"
_MOON_FEASTS = "春节|除夕|元宵节?|清明节|端午节?|中秋节?|重阳节"
_VAGUE = (
    "目前|(?<![体实出呈表再浮显展])现在|当前|眼下|如今|而今|当今|今后|未来|将来|过去|以往|后来|当时|日前|不久前"
    "|最近|近日|近期|近来|近年(?!来)|近些年|古代|近代|现代(?!化)|当代|早年|晚年|生前"
)

_FIRST = (
    rf"\d{DIGIT}十百两'第首上下本这今昨明去前后大当同次翌民元年岁月春夏秋冬周星礼过最近未接目现眼如而将以日不古生晚早"
    "凌正傍深午子清中重端除国双平圣情妇劳儿新"
)
# What every unit begins with, and a few other things: most of a text is passed over in a fraction of the time, and of
# this most for its first character.
BEGINNINGS = rf"""(?x) (?=[{_FIRST}]) (?:
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

# Of units that begin alike the longer comes first.
UNITS = (
    Unit(Level.DAY, r"(?<![\d.])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d.])", means.full_date),
    Unit(Level.WHOLE, f"(?:{_CENTURY}世纪|(上|本)个?世纪|{_ALONE}(1[0-9]|20)?)([1-9]0|[{_NINE}]十)年代", means.decade),
    Unit(Level.WHOLE, f"(?:{_CENTURY}|(上|本)个?)世纪(初|中叶|末)?", means.century),
    Unit(Level.WHOLE, rf"{_COUNT}个?(年|(?<=个)月|{_WEEKS}|天|小时)[之以]?(前|后)(?![往来去后夕])", means.away),
    Unit(Level.WHOLE, rf"(过去|最近|近|未来|今后|接下来)的?{_COUNT}个?(年|(?<=个)月|{_WEEKS}|天|日)", means.lately),
    Unit(Level.YEAR, rf"(?=[12一二])(?<!前)({YEAR}) ?年(?!的?历史)", means.year),
    Unit(Level.YEAR, rf"民国 ?{_COUNT} ?年", means.year_of_republic),
    Unit(Level.YEAR, rf"{_ALONE}(1[01]\d) ?年(?= ?\d{{1,2}} ?月)", means.year_of_republic),
    Unit(Level.YEAR, r"(?<![a-z0-9'])'(\d\d)(?!\d)年?", means.short_year),
    Unit(Level.YEAR, f"{_NAMING}(今|去|大前|前|明|后|本|上)年(?![度轻纪级代龄均])", means.named_year),
    Unit(Level.YEAR, "[当同次翌]年", means.nothing),
    Unit(Level.SEASON, "(上|下)半年", means.half_year),
    Unit(Level.SEASON, "第?([一二三四1-4首])季(?:度|(?<=第.季)|(?<=首季))", means.quarter),
    Unit(Level.SEASON, "[年岁](初|首|底|末|终|尾)", means.end_of_year),
    Unit(Level.SEASON, "(?<=年)(初|底|末)", means.end_of_year, narrows_only=True),
    Unit(Level.SEASON, "([春夏秋冬])[天季日]", means.season),
    Unit(Level.SEASON, "(今|去|明)([春夏秋冬])", means.named_season),
    Unit(Level.MONTH, f"{_MONTH} ?月份?", means.month),
    Unit(Level.MONTH, f"{_NAMING}(上上|上|本|这|下下|下)个?月(?![球亮刊])", means.named_month),
    Unit(Level.WEEK, "月([初底末])", means.part_of_month),
    Unit(Level.WEEK, "([上中下])旬", means.part_of_month),
    Unit(Level.WEEK, "(?<=[月份])(初|底|末)", means.part_of_month, narrows_only=True),
    Unit(Level.DAY, f"{_NAMING}(上上|上|本|这|下下|下){_WEEK}{_WEEKDAY}?(?![年岁刊边])", means.named_week),
    Unit(Level.DAY, f"{_ALONE}(?<![近每第连续前后两几数]){_DAY} ?日(?![内游无间])", means.day),
    Unit(Level.DAY, f"{_DAY} ?[日号]", means.day, narrows_only=True),
    Unit(Level.DAY, f"{_NAMING}(今|昨|大前|前|明|大后|后)[天日](?![本军元方])", means.named_day),
    Unit(Level.DAY, "(今|昨|明)[晚夜晨早]", means.named_day),
    Unit(Level.DAY, "[当次翌][天日晚]", means.nothing),
    Unit(Level.DAY, f"(?<![国湾])({'|'.join(means.FEASTS)})[节日]?", means.feast),
    Unit(Level.DAY, _MOON_FEASTS, means.nothing),
    Unit(Level.WEEKDAY, f"(?<![{_NINE}两每])(?:{_WEEKS}){_WEEKDAY}(?![年岁期])", means.weekday),
    Unit(Level.TIME, f"(?:{_DAYTIME})(?:{_HOUR}{_MINUTE}?)?|{_ALONE}{_HOUR}{_MINUTE}", means.the_same),
    Unit(
        Level.TIME, rf"{_HOUR}{_MINUTE}?|[晚晨早夜](?![些会宴报于])|\d{{1,2}}:\d\d", means.the_same, narrows_only=True
    ),
    Unit(Level.WHOLE, _VAGUE, means.nothing),
)
