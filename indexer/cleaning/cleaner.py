"""Takes out of an article what a reader would not call the article.

Readers clean titles and take the date out of a body; `Cleaner` is the step behind them, the same for all formats.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...analysis import Article, strip_invisible
from ..publishers import Source
from .boilerplate import is_boilerplate
from .repeated_lines import Repeated, form_of

_TITLE_END = re.compile(r"\s*[–—-]\s*(?:法国国际广播电台|法國國際廣播電台)\s*[-–—]\s*RFI\s*$")
_DATE_LINES = 3  # from the top of a body; a byline may stand above the date
_DATE_LINE = re.compile(r"(?P<day>\d{2})/(?P<month>\d{2})/(?P<year>\d{4}) - (?P<hour>\d{2}):(?P<minute>\d{2})")
_ISO_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z")
_RFC_LINE = re.compile(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT")


def clean_title(title: str) -> str:
    """The title on one line, without the name of the site behind it."""
    return _TITLE_END.sub("", " ".join(strip_invisible(title).split()))


def split_date_line(lines: list[str], source: Source) -> tuple[datetime | None, list[str]]:
    """The date that one of the first lines of a body is, if one is, and the other lines. Its clock is the source's,
    unless it names its own."""
    for at, line in enumerate(lines[:_DATE_LINES]):
        if date := _date(line, source):
            return date, lines[:at] + lines[at + 1 :]
    return None, lines


def _date(line: str, source: Source) -> datetime | None:
    try:
        if found := _ISO_LINE.fullmatch(line):
            return datetime.fromisoformat(found[1] + "+00:00")
        if _RFC_LINE.fullmatch(line):
            return parsedate_to_datetime(line)
        if found := _DATE_LINE.fullmatch(line):
            zone = ZoneInfo(source.zone) if source.zone else timezone.utc
            year, month, day, hour, minute = (int(found[part]) for part in ("year", "month", "day", "hour", "minute"))
            return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:  # 31/02
        return None
    return None


def shown_lines(lines: Iterable[str]) -> list[str]:
    """The lines as a reader sees them, without those in which there is nothing to be seen."""
    shown = (strip_invisible(line).strip() for line in lines)
    return [line for line in shown if line]


class _Forms(NamedTuple):
    forms: frozenset[str]
    longest: int  # characters that a line of such a form may have: half of them may be marks and spaces


_NONE = _Forms(frozenset(), -1)


class Cleaner:
    """Drops the lines that the table of rules names and those that `repeated_lines` learnt. Can be pickled."""

    def __init__(self, repeated: Repeated) -> None:
        self._repeated = {
            source: _Forms(frozenset(forms), 2 * max(map(len, forms), default=0)) for source, forms in repeated.items()
        }

    def clean(self, article: Article) -> tuple[Article, list[str]]:
        """The article without such lines in its body and lead, and the lines that went, as they stood. An article of
        which nothing would be left stays as it is."""
        forms, longest = self._repeated.get(article.source, _NONE)
        removed = [
            line
            for line in article.body.split("\n")
            if is_boilerplate(line) or (len(line) <= longest and form_of(line) in forms)
        ]
        if not removed:
            return article, []
        body = _without(article.body, removed)
        if not body and not article.title:
            return article, []
        return replace(article, body=body, lead=_without(article.lead, removed)), removed


def _without(text: str, lines: list[str]) -> str:
    gone = frozenset(lines)
    return "\n".join(line for line in text.split("\n") if line not in gone)
