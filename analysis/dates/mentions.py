"""Date mentions in a text, and the days they denote: 28日 in an article of 29 September 2023 is 2023-09-28."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from ..text.fold import fold
from ..text.layout import JoinedText, find_narrow_gaps
from .periods import Period
from .resolvers import DateContext
from .units import CANDIDATES, DATE_UNITS, DateUnit, Grain


class DateMention(NamedTuple):
    """One mention: `text` is `original[start:end]`; offsets are in characters of the text as given.

    `period` is None if the days cannot be determined (目前, 2月30日), or not without the time of publication.
    """

    text: str
    start: int
    end: int
    period: Period | None


_CANDIDATE = re.compile(CANDIDATES)
_SPACES = (" ", "\xa0")  # within dates: 9 月 28 日
_RANGE_JOINTS = "至到和与及、~-("
_FUTURE_BEFORE = re.compile("(?<!原)(?:将|[定拟]于|预[计定期料]|计划|延至|必须|最[早快迟晚]|排期)[^,。;]{0,3}$")
_FUTURE_AFTER = re.compile("将|之?前(?![往来去后夕])")
_FUTURE_WINDOW = 8  # characters before a date that are searched for a word of the future

_UnitMatch = tuple[DateUnit, tuple[str | None, ...]]  # a unit and the text of its groups


class _UnitMatcher:
    """Several units as one regular expression."""

    def __init__(self, units: Iterable[DateUnit]) -> None:
        self._units: dict[int, tuple[DateUnit, int]] = {}  # by the number of its group, with the number of inner groups
        patterns = []
        group = 1
        for unit in units:
            inner_groups = re.compile(unit.pattern).groups
            self._units[group] = unit, inner_groups
            group += 1 + inner_groups
            patterns.append(f"({unit.pattern})")
        self._pattern = re.compile("|".join(patterns))

    def match(self, folded: str, start: int) -> tuple[DateUnit, tuple[str | None, ...], int] | None:
        """Return the unit that begins at `start`, the text of its groups, and its end, or None."""
        match = self._pattern.match(folded, start)
        if not match:
            return None
        group = match.lastindex or 0  # the group that closed last is the unit's own
        unit, inner_groups = self._units[group]
        return unit, match.groups()[group : group + inner_groups], match.end()


@cache
def _matchers() -> tuple[_UnitMatcher, _UnitMatcher]:
    """Return the matchers of a date's first unit and of its further units; compiled at first use."""
    return _UnitMatcher(unit for unit in DATE_UNITS if not unit.follows_only), _UnitMatcher(DATE_UNITS)


def find_dates(text: str, folded: str, published: datetime | None = None) -> list[DateMention]:
    """Return every date mention, as `extract_dates` does; `folded` is `fold(text)`."""
    gaps = find_narrow_gaps(text, folded)
    if not gaps:
        return _find_in_joined(text, folded, published)
    joined = JoinedText(text, gaps)
    ranges = (
        (joined.original(mention.start, mention.end), mention.period)
        for mention in _find_in_joined(joined.text, JoinedText(folded, gaps).text, published)
    )
    return [DateMention(text[start:end], start, end, period) for (start, end), period in ranges]


def _find_in_joined(text: str, folded: str, published: datetime | None) -> list[DateMention]:
    mentions: list[DateMention] = []
    end = 0
    for candidate in _CANDIDATE.finditer(folded):
        if candidate.start() >= end:
            mention = _mention(text, folded, candidate.start(), published, mentions[-1] if mentions else None)
            if mention:
                mentions.append(mention)
                end = mention.end
    return mentions


def extract_dates(text: str, published: datetime | None = None) -> list[DateMention]:
    """Return every date mention in `text`, in order, without overlaps.

    Relative dates (昨天, 上周五, 28日, 周四) are counted from the day of publication, in the time zone of `published`.

    >>> from datetime import datetime
    >>> [str(mention.period.first) for mention in extract_dates("去年9月28日和30日", datetime(2024, 1, 2))]
    ['2023-09-28', '2023-09-30']
    """
    return find_dates(text, fold(text), published)


def _mention(
    text: str, folded: str, start: int, published: datetime | None, before: DateMention | None
) -> DateMention | None:
    """Return the mention that begins at `start`, or None."""
    units, end = _match_units(text, folded, start)
    if not units:
        return None
    range_start, is_future = _range_start(folded, start, before), _is_future(folded, start, end)
    period: Period | None = None
    try:
        for unit, groups in units:
            period = unit.resolve(DateContext(published, period, range_start, is_future), *groups)
    except (ValueError, OverflowError):
        return DateMention(text[start:end], start, end, None)
    return DateMention(text[start:end], start, end, period)


def _match_units(text: str, folded: str, start: int) -> tuple[list[_UnitMatch], int]:
    """Return the units of the date that begins at `start`, and its end."""
    first_matcher, next_matcher = _matchers()
    units: list[_UnitMatch] = []
    grain, end = Grain.COMPLETE, start
    match = first_matcher.match(folded, start)
    while match and (match[0].grain > grain or not units):
        units.append(match[:2])
        grain, end = match[0].grain, match[2]
        if grain == Grain.COMPLETE:
            break
        match = next_matcher.match(folded, end + text.startswith(_SPACES, end))
    return units, end


def _range_start(folded: str, start: int, before: DateMention | None) -> date | None:
    """Return the first day of the mention before if a range joins it to this one, as in 28日至30日."""
    if not before or not before.period or before.end != start - 1 or folded[before.end] not in _RANGE_JOINTS:
        return None
    return before.period.first


def _is_future(folded: str, start: int, end: int) -> bool:
    """Return True if the words around a date refer to the future."""
    return bool(
        _FUTURE_AFTER.match(folded, end) or _FUTURE_BEFORE.search(folded, max(0, start - _FUTURE_WINDOW), start)
    )
