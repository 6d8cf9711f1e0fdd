"""Clean titles, dates and lines of articles.

Readers call the functions while they make an article. `Cleaner` is a later step, the same for all formats.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...analysis import Article, strip_invisible
from ..publishers import Publisher
from .boilerplate import is_boilerplate
from .repeated_lines import RepeatedLines, line_form

_SITE_NAME = re.compile(r"\s*[–—-]\s*(?:法国国际广播电台|法國國際廣播電台)\s*[-–—]\s*RFI\s*$")
_MAX_DATE_LINE = 3  # lines from the top of a body; a byline may stand above the date
_DATE_LINE = re.compile(r"(?P<day>\d{2})/(?P<month>\d{2})/(?P<year>\d{4}) - (?P<hour>\d{2}):(?P<minute>\d{2})")
_ISO_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z")
_RFC_LINE = re.compile(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT")


def clean_title(title: str) -> str:
    """Return the title on one line, without the name of the site at its end."""
    return _SITE_NAME.sub("", " ".join(strip_invisible(title).split()))


def split_date_line(lines: list[str], publisher: Publisher) -> tuple[datetime | None, list[str]]:
    """Return the date if one of the first lines of a body is one, and the other lines.

    A date without a time zone is in the time zone of the publisher.
    """
    for index, line in enumerate(lines[:_MAX_DATE_LINE]):
        if date := _parse_date_line(line, publisher):
            return date, lines[:index] + lines[index + 1 :]
    return None, lines


def _parse_date_line(line: str, publisher: Publisher) -> datetime | None:
    try:
        if match := _ISO_LINE.fullmatch(line):
            return datetime.fromisoformat(match[1] + "+00:00")
        if _RFC_LINE.fullmatch(line):
            return parsedate_to_datetime(line)
        if match := _DATE_LINE.fullmatch(line):
            zone = ZoneInfo(publisher.time_zone) if publisher.time_zone else timezone.utc
            year, month, day, hour, minute = (int(match[part]) for part in ("year", "month", "day", "hour", "minute"))
            return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:  # 31/02
        return None
    return None


def clean_lines(lines: Iterable[str]) -> list[str]:
    """Strip white space and invisible characters from the lines, and drop those that are then empty."""
    stripped = (strip_invisible(line).strip() for line in lines)
    return [line for line in stripped if line]


class _SourceForms(NamedTuple):
    """Forms of the lines that a source repeats.

    `max_line_length` is in characters. It allows half of a line to be punctuation and spaces, which forms lack.
    """

    forms: frozenset[str]
    max_line_length: int


_NO_FORMS = _SourceForms(frozenset(), -1)


class Cleaner:
    """Removes boilerplate and the repeated lines of each source from articles. Can be pickled.

    With `repeated` None, it removes nothing.
    """

    def __init__(self, repeated: RepeatedLines | None) -> None:
        self._removes = repeated is not None
        self._repeated = {
            source: _SourceForms(frozenset(forms), 2 * max(map(len, forms), default=0))
            for source, forms in (repeated or {}).items()
        }

    def clean(self, article: Article) -> tuple[Article, list[str]]:
        """Return the article with cleaned body and lead, and the lines that were removed.

        An article that cleaning would leave empty is returned unchanged.
        """
        if not self._removes:
            return article, []
        forms, max_line_length = self._repeated.get(article.source, _NO_FORMS)
        removed = [
            line
            for line in article.body.split("\n")
            if is_boilerplate(line) or (len(line) <= max_line_length and line_form(line) in forms)
        ]
        if not removed:
            return article, []
        body = _remove_lines(article.body, removed)
        if not body and not article.title:
            return article, []
        return replace(article, body=body, lead=_remove_lines(article.lead, removed)), removed


def _remove_lines(text: str, lines: list[str]) -> str:
    removed = frozenset(lines)
    return "\n".join(line for line in text.split("\n") if line not in removed)
