"""JSON lines: one article a line, with the keys `id`, `title`, `text` or `body`, `url`, `date`, `source` and others
of `Article`."""

import json
import re
import warnings
from collections.abc import Iterator
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from dateutil import parser as dates

from ...analysis import Article, visible
from ..cleaning import clean_lines, clean_title
from ..errors import ReadError
from ..sources import Source, section_of, source_of

_EPOCH = re.compile(r"-?\d{9,15}(?:\.\d{1,9})?")
_CHINESE = re.compile(r"\s*(\d{4})年(\d{1,2})月(\d{1,2})[日号]")
_YEAR = re.compile(r"\d{4}")
_MILLISECONDS_FROM = 100_000_000_000  # a larger number counts milliseconds: in seconds it would be the year 5138


def recognises(start: str) -> bool:
    return start.lstrip().startswith("{")


def read(path: str, text: str) -> Iterator[Article | ReadError]:
    """The articles of a file, and a ReadError for each line that is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield _article(json.loads(line), path, number)
            except (ValueError, RecursionError) as error:
                yield ReadError(f"line {number} is not JSON: {error}")
            except ReadError as error:
                yield ReadError(f"line {number}: {error}")


def _article(record: object, path: str, number: int) -> Article:
    if not isinstance(record, dict):
        raise ReadError("it is not an object with keys and values")

    def text_at(*keys: str) -> str:
        for key in keys:
            value = record.get(key)
            if isinstance(value, (str, int, float)):
                return str(value)
            if value is not None:
                raise ReadError(f"{key!r} is not a text")
        return ""

    title = clean_title(text_at("title"))
    body = "\n".join(clean_lines(text_at("body", "text").splitlines()))
    if not title and not body:
        raise ReadError("it has neither title nor text")
    url = visible(text_at("url")).strip()
    source = source_of(url)
    return Article(
        id=visible(text_at("id")) or url or f"{path}:{number}",
        title=title,
        body=body,
        url=url,
        published=_date(text_at("date", "published"), source),
        source=visible(text_at("source")).strip() or source.name,
        section=visible(text_at("section")).strip() or section_of(url),
        author=visible(text_at("author")).strip(),
        lead=visible(text_at("lead")),
        path=f"{path}:{number}",
    )


def _date(written: str, source: Source) -> datetime | None:
    """A date as ISO 8601, RFC 2822, 2023年9月28日 and the like, or seconds or milliseconds since 1970. None where there
    is none or it says nothing: an article without its date is better than no article."""
    zone = ZoneInfo(source.zone) if source.zone else timezone.utc
    try:
        if _EPOCH.fullmatch(written):
            since_1970 = float(written)
            seconds = since_1970 / 1000 if abs(since_1970) >= _MILLISECONDS_FROM else since_1970
            return datetime.fromtimestamp(seconds, zone)
        if chinese := _CHINESE.match(written):
            return datetime(int(chinese[1]), int(chinese[2]), int(chinese[3]), tzinfo=zone)
        if not _YEAR.search(written):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dates.UnknownTimezoneWarning)
            parsed = dates.parse(written, default=datetime(1970, 1, 1))
        dated = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        dated.isoformat()  # raises where the offset is more than a day
    except (ValueError, OverflowError, OSError):
        return None
    return dated
