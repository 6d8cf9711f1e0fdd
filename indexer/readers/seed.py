"""The dump format of the seeds: `<!--epoch ms-->`, `[title](url)`, `------`, then HTML.

A file may hold several such articles. Front matter or a `<div>` may come before the first.
"""

import re
from collections.abc import Iterator
from html import unescape

from ...analysis import Article
from ...messages import gettext as _
from ..cleaning import clean_lines, clean_title, split_date_line
from ..errors import ReadError
from ..publishers import find_publisher, find_section
from .dates import date_from_epoch, time_zone
from .html_text import html_to_lines
from .records import no_text_error

# Lengths are bounded, so that matching takes linear time.
_HEADER = re.compile(
    r"^[^\S\n]{0,99}<!--(?P<time>-?\d{1,15})-->\s{0,99}\n"
    r"\[(?P<title>.{0,2000})\]\((?P<url>\S{0,4000})\)[^\S\n]{0,99}\n-{3,99}[^\S\n]{0,99}(?:\n|$)",
    re.MULTILINE,
)
# The paragraph in bold that opens an article, after its date and picture.
_LEAD = re.compile(r"\s*(?:<div>[^<]*</div>\s*)?(?:<img[^>]*>\s*)?<p><strong>(.{1,2000}?)</strong></p>", re.DOTALL)
_PREAMBLE = re.compile(r"\s*(?:---[^\S\n]*\n(?:.{0,2000}\n){0,200}?---[^\S\n]*\n\s*)?(?:<div[^<>]{0,500}>\s*){0,9}")
_TIME_STAMP = re.compile(r"<!---?\d+-->")


def recognizes(start: str) -> bool:
    """Return whether the text begins with a time stamp, after front matter or a division at most."""
    preamble = _PREAMBLE.match(start)
    return bool(preamble and _TIME_STAMP.match(start, preamble.end()))


def read(path: str, text: str) -> Iterator[Article | ReadError]:
    """Yield the articles of a seed file. Raises ReadError."""
    headers = list(_HEADER.finditer(text))
    if not headers:
        raise ReadError(_("the lines [title](url) and ------ do not follow the time stamp"))
    is_only_one = len(headers) == 1
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for number, (header, end) in enumerate(zip(headers, ends, strict=True), start=1):
        default_id = path if is_only_one else f"{path}:{number}"
        try:
            yield _make_article(path, default_id, header, text[header.end() : end])
        except ReadError as error:
            yield error if is_only_one else ReadError(_("article {number}: {error}").format(number=number, error=error))


def _make_article(path: str, default_id: str, header: re.Match[str], html: str) -> Article:
    url = unescape(header["url"])
    publisher = find_publisher(url)
    published, lines = split_date_line(html_to_lines(html), publisher)
    body = "\n".join(clean_lines(lines))
    title = clean_title(unescape(header["title"]))
    if not title and not body:
        raise no_text_error()
    lead = _LEAD.match(html)
    crawled = date_from_epoch(int(header["time"]) / 1000, time_zone(publisher))
    return Article(
        id=url or default_id,
        title=title,
        body=body,
        url=url,
        published=published or crawled,
        source=publisher.name,
        section=find_section(url),
        lead="\n".join(clean_lines(html_to_lines(lead[1]))) if lead else "",
        path=path,
        crawled=crawled,
    )
