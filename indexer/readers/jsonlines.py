"""JSON lines: one article a line, with the keys `id`, `title`, `text` or `body`, `url`, `date`, `source` and others
of `Article`."""

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from dateutil import parser as dates

from ...analysis import Article
from ..cleaning import clean_lines, clean_title, without_invisible
from ..errors import ReadError
from ..sources import Source, section_of, source_of

_MILLISECONDS_FROM = 100_000_000_000  # a larger number counts milliseconds: in seconds it would be the year 5138


def recognises(start: str) -> bool:
    return start.lstrip().startswith("{")


def read(path: Path, text: str) -> Iterator[Article | ReadError]:
    """The articles of a file, and a ReadError for each line that is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield _article(json.loads(line), path, number)
            except (ValueError, RecursionError) as error:
                yield ReadError(f"line {number} is not JSON: {error}")
            except ReadError as error:
                yield ReadError(f"line {number}: {error}")


def _article(record: object, path: Path, number: int) -> Article:
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
    url = without_invisible(text_at("url")).strip()
    source = source_of(url)
    return Article(
        id=text_at("id") or url or f"{path}:{number}",
        title=title,
        body=body,
        url=url,
        published=_date(text_at("date", "published"), source),
        source=without_invisible(text_at("source")).strip() or source.name,
        section=without_invisible(text_at("section")).strip() or section_of(url),
        author=without_invisible(text_at("author")).strip(),
        lead=without_invisible(text_at("lead")),
        path=f"{path}:{number}",
    )


def _date(written: str, source: Source) -> datetime | None:
    """A date as ISO 8601, RFC 2822 and the like, or as seconds or milliseconds since 1970; None where there is none."""
    zone = ZoneInfo(source.zone) if source.zone else timezone.utc
    if not written:
        return None
    try:
        if written.lstrip("-").isdigit() and len(written) > 8:
            since_1970 = int(written)
            seconds = since_1970 / 1000 if abs(since_1970) >= _MILLISECONDS_FROM else since_1970
            return datetime.fromtimestamp(seconds, zone)
        parsed = dates.parse(written, default=datetime(1970, 1, 1))
    except (ValueError, OverflowError, OSError) as error:
        raise ReadError(f"{written[:40]!r} is not a date") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
