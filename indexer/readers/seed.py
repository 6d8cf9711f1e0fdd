"""The dump format of the seeds: `<!--epoch ms-->`, `[title](url)`, `------`, then HTML. A file may hold several such
articles, and front matter or a `<div>` before them."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

from ...analysis import Article
from ...messages import gettext as _
from ..cleaning import clean_title, shown_lines, split_date_line
from ..errors import ReadError
from ..publishers import Source, section_of, source_of
from .dates import zone_of
from .html_text import visible_lines

# Lengths are bounded, so that no line takes more than its length in time.
_HEAD = re.compile(
    r"^[^\S\n]{0,99}<!--(?P<time>-?\d{1,15})-->\s{0,99}\n"
    r"\[(?P<title>.{0,2000})\]\((?P<url>\S{0,4000})\)[^\S\n]{0,99}\n-{3,99}[^\S\n]{0,99}(?:\n|$)",
    re.MULTILINE,
)
# The paragraph in bold that opens an article, behind its date and picture.
_LEAD = re.compile(r"\s*(?:<div>[^<]*</div>\s*)?(?:<img[^>]*>\s*)?<p><strong>(.{1,2000}?)</strong></p>", re.DOTALL)
_BEFORE = re.compile(r"\s*(?:---[^\S\n]*\n(?:.{0,2000}\n){0,200}?---[^\S\n]*\n\s*)?(?:<div[^<>]{0,500}>\s*){0,9}")
_TIME = re.compile(r"<!---?\d+-->")


def recognises(start: str) -> bool:
    before = _BEFORE.match(start)
    return bool(before and _TIME.match(start, before.end()))


def read(path: str, text: str) -> Iterator[Article | ReadError]:
    """The articles of a seed file. Raises ReadError."""
    heads = list(_HEAD.finditer(text))
    if not heads:
        raise ReadError(_("the lines [title](url) and ------ do not follow the time stamp"))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for number, (head, end) in enumerate(zip(heads, ends, strict=True), start=1):
        try:
            yield _article(path, path if len(heads) == 1 else f"{path}:{number}", head, text[head.end() : end])
        except ReadError as error:
            yield (
                error
                if len(heads) == 1
                else ReadError(_("article {number}: {error}").format(number=number, error=error))
            )


def _article(path: str, place: str, head: re.Match[str], html: str) -> Article:
    url = unescape(head["url"])
    source = source_of(url)
    published, lines = split_date_line(visible_lines(html), source)
    body = "\n".join(shown_lines(lines))
    title = clean_title(unescape(head["title"]))
    if not title and not body:
        raise ReadError(_("it has neither title nor text"))
    lead = _LEAD.match(html)
    return Article(
        id=url or place,
        title=title,
        body=body,
        url=url,
        published=published or _crawled(int(head["time"]), source),
        source=source.name,
        section=section_of(url),
        lead="\n".join(shown_lines(visible_lines(lead[1]))) if lead else "",
        path=path,
    )


def _crawled(milliseconds: int, source: Source) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, zone_of(source))
    except (OverflowError, OSError, ValueError):  # beyond the calendar
        return None
