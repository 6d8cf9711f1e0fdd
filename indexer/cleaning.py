"""Takes out of an article what a reader would not call the article.

Each rule is a line of a table. Rules name whole lines, or the end of a title, so that a sentence that merely mentions
“分享” is never touched.
"""

import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from ..analysis import visible
from .sources import Source

_LINES = re.compile(
    "|".join(
        (
            r"分享 ?[:：]?",  # heading of a row of share links
            r"获取更多RSS[:：]?",  # feed footers
            r"https?://(?:feedx\.(?:net|xyz)|rfi\.my)\S*",
            r"© ?\d{4} AFP",  # agency copyright
            r"(?:RFI Studio)?\s*© ?RFI\b.{0,40}",  # a picture's
            r"(?:之前)?相关报道[\s:：-].{0,80}",  # pointers to other articles
            r"广告|廣告|继续浏览后续|繼續瀏覽後續",  # advertisement frames
            r"Array",  # what a broken template printed
        )
    )
)
_TITLE_END = re.compile(r"\s*[–—-]\s*(?:法国国际广播电台|法國國際廣播電台)\s*[-–—]\s*RFI\s*$")
_DATE_LINE = re.compile(r"(?P<day>\d{2})/(?P<month>\d{2})/(?P<year>\d{4}) - (?P<hour>\d{2}):(?P<minute>\d{2})")


def clean_title(title: str) -> str:
    """The title on one line, without the name of the site behind it."""
    return _TITLE_END.sub("", " ".join(visible(title).split()))


def split_date_line(lines: list[str], source: Source) -> tuple[datetime | None, list[str]]:
    """The date that the first line of a body is, if it is one, and the other lines. Its clock is the source's."""
    found = _DATE_LINE.fullmatch(lines[0]) if lines else None
    if not found:
        return None, lines
    zone = ZoneInfo(source.zone) if source.zone else timezone.utc
    year, month, day, hour, minute = (int(found[part]) for part in ("year", "month", "day", "hour", "minute"))
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone), lines[1:]
    except ValueError:  # 31/02
        return None, lines


def clean_lines(lines: list[str]) -> list[str]:
    """The lines that belong to the article."""
    shown = (visible(line).strip() for line in lines)
    return [line for line in shown if line and not _LINES.fullmatch(line)]
