"""The dump format of the seeds: `<!--epoch ms-->`, `[title](url)`, `------`, then HTML."""

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from html import unescape
from zoneinfo import ZoneInfo

from ...analysis import Article
from ..cleaning import clean_lines, clean_title, split_date_line
from ..errors import ReadError
from ..markup import visible_lines
from ..sources import Source, section_of, source_of

# Lengths are bounded, so that no line takes more than its length in time.
_HEAD = re.compile(
    r"\s*<!--(?P<time>-?\d{1,15})-->\s*\n\[(?P<title>.{0,2000})\]\((?P<url>\S{0,4000})\)[^\S\n]*\n-{3,99}[^\S\n]*(?:\n|$)"
)
# The paragraph in bold that opens an article, behind its date and picture.
_LEAD = re.compile(r"\s*(?:<div>[^<]*</div>\s*)?(?:<img[^>]*>\s*)?<p><strong>(.{1,2000}?)</strong></p>", re.DOTALL)


def recognises(start: str) -> bool:
    return re.match(r"\s*<!---?\d+-->", start) is not None


def read(path: str, text: str) -> Iterator[Article]:
    """The one article of a seed file. Raises ReadError."""
    head = _HEAD.match(text)
    if not head:
        raise ReadError("the lines [title](url) and ------ do not follow the time stamp")
    html = text[head.end() :]
    url = unescape(head["url"])
    source = source_of(url)
    published, lines = split_date_line(visible_lines(html), source)
    body = "\n".join(clean_lines(lines))
    title = clean_title(unescape(head["title"]))
    if not title and not body:
        raise ReadError("it has neither title nor text")
    lead = _LEAD.match(html)
    yield Article(
        id=url or path,
        title=title,
        body=body,
        url=url,
        published=published or _crawled(int(head["time"]), source),
        source=source.name,
        section=section_of(url),
        lead="\n".join(clean_lines(visible_lines(lead[1]))) if lead else "",
        path=path,
    )


def _crawled(milliseconds: int, source: Source) -> datetime | None:
    zone = ZoneInfo(source.zone) if source.zone else timezone.utc
    try:
        return datetime.fromtimestamp(milliseconds / 1000, zone)
    except (OverflowError, OSError, ValueError):  # beyond the calendar
        return None
