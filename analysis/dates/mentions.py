"""The dates that a text mentions, and the days they mean: 28日 in an article of 29 September 2023 is 2023-09-28."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from ..text.fold import fold
from .meanings import Around
from .periods import Period
from .units import BEGINNINGS, UNITS, Level, Unit


class DateMention(NamedTuple):
    """One mention: `text` is `original[start:end]`, offsets in characters of the text as it was given. `period` is None
    where nobody can tell the days (目前, 2月30日), or only who knows the time of publication."""

    text: str
    start: int
    end: int
    period: Period | None


_MAY_BEGIN = re.compile(BEGINNINGS)  # leaves most of a text out in a fraction of the time
_SPACES = (" ", "\xa0")  # within dates: 9 月 28 日
_JOINTS = "至到和与及、~-("
_FUTURE_BEFORE = re.compile("(?<!原)(?:将|[定拟]于|预[计定期料]|计划|延至|必须|最[早快迟晚]|排期)[^,。;]{0,3}$")
_FUTURE_AFTER = re.compile("将|之?前(?![往来去后夕])")
_NEAR = 8  # characters before a date that may speak of the future


class _AnyOf:
    """Several units as one regular expression."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units: dict[int, tuple[Unit, int]] = {}  # by the number of its group, with the number of those inside
        patterns = []
        group = 1
        for unit in units:
            inside = re.compile(unit.pattern).groups
            self._units[group] = unit, inside
            group += 1 + inside
            patterns.append(f"({unit.pattern})")
        self._pattern = re.compile("|".join(patterns))

    def match(self, folded: str, start: int) -> tuple[Unit, tuple[str | None, ...], int] | None:
        """The unit that begins at `start`, its groups, and where it ends."""
        found = self._pattern.match(folded, start)
        if not found:
            return None
        group = found.lastindex or 0  # the group that closed last is the unit's own
        unit, inside = self._units[group]
        return unit, found.groups()[group : group + inside], found.end()


@cache
def _patterns() -> tuple[_AnyOf, _AnyOf]:
    """What a date begins with, and what it goes on with; compiled at first use."""
    return _AnyOf(unit for unit in UNITS if not unit.narrows_only), _AnyOf(UNITS)


def find_dates(text: str, folded: str, published: datetime | None = None) -> list[DateMention]:
    """See `extract_dates`; `folded` is `fold(text)`."""
    found: list[DateMention] = []
    end = 0
    for place in _MAY_BEGIN.finditer(folded):
        if place.start() >= end:
            mention = _mention(text, folded, place.start(), published, found[-1] if found else None)
            if mention:
                found.append(mention)
                end = mention.end
    return found


def extract_dates(text: str, published: datetime | None = None) -> list[DateMention]:
    """Every mention of a date in `text`, in order, none overlapping another. What is told from the day of publication
    (昨天, 上周五, 28日, 周四) is told by the calendar of its own zone.

    >>> from datetime import datetime
    >>> [str(mention.period.first) for mention in extract_dates("去年9月28日和30日", datetime(2024, 1, 2))]
    ['2023-09-28', '2023-09-30']
    """
    return find_dates(text, fold(text), published)


def _mention(
    text: str, folded: str, start: int, published: datetime | None, before: DateMention | None
) -> DateMention | None:
    """The mention that begins at `start`, if one does."""
    units, end = _units(text, folded, start)
    if not units:
        return None
    joined, is_future = _joined(folded, start, before), _is_future(folded, start, end)
    within: Period | None = None
    try:
        for unit, groups in units:
            within = unit.meaning(Around(published, within, joined, is_future), *groups)
    except (ValueError, OverflowError):
        return DateMention(text[start:end], start, end, None)
    return DateMention(text[start:end], start, end, within)


def _units(text: str, folded: str, start: int) -> tuple[list[tuple[Unit, tuple[str | None, ...]]], int]:
    """The units of the date that begins at `start`, each with what its groups hold, and where it ends."""
    begins, goes_on = _patterns()
    units: list[tuple[Unit, tuple[str | None, ...]]] = []
    level, end = Level.WHOLE, start
    found = begins.match(folded, start)
    while found and (found[0].level > level or not units):
        units.append(found[:2])
        level, end = found[0].level, found[2]
        if level == Level.WHOLE:
            break
        found = goes_on.match(folded, end + text.startswith(_SPACES, end))
    return units, end


def _joined(folded: str, start: int, before: DateMention | None) -> date | None:
    """The first day of the mention before if this one is joined to it, as in 28日至30日."""
    if not before or not before.period or before.end != start - 1 or folded[before.end] not in _JOINTS:
        return None
    return before.period.first


def _is_future(folded: str, start: int, end: int) -> bool:
    return bool(_FUTURE_AFTER.match(folded, end) or _FUTURE_BEFORE.search(folded, max(0, start - _NEAR), start))
