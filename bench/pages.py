# mypy: disable-error-code="import-untyped, import-not-found"
"""Benchmark of saved pages: how much of an article each reader gets, and what else.

    python -m bench.pages --gold gold.json PAGES

PAGES is a folder of pages, or a tar archive of them. The gold file, made by hand, is a list of objects with the path of
a `page`, its `title` and `date`, other ones that are right, too (`title_ok`, `date_ok`), strings that its article has
(`must`) and strings of menus, comments and related links that it has not (`must_not`). White space is left out of
comparisons.

A page is *whole* with all strings of the first kind and none of the second, *lost* without four fifths of the first,
*foreign* with any of the second. Readers that are not installed are left out.
"""

import json
import logging
import re
import statistics
import tarfile
import tempfile
import time
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import click

from souwen.analysis import Article
from souwen.indexer.readers import decode, read

from .speed import describe_machine

MAX_MISSING = 0.8  # of the strings of an article; a page without more of them is lost


class Reading(NamedTuple):
    """Title, date and text that a reader finds in a page."""

    title: str
    body: str
    published: date | None


class Reader(NamedTuple):
    """A reader of pages: its name, the distribution that has it, and a function that reads a page."""

    name: str
    distribution: str
    read: Callable[[bytes], Reading]


def read_by_souwen(page: bytes) -> Reading:
    articles = [item for item in read("/page.html", page) if isinstance(item, Article)]
    if not articles:
        return Reading("", "", None)
    article = articles[0]
    return Reading(article.title, article.body, article.published.date() if article.published else None)


def read_by_trafilatura(page: bytes) -> Reading:
    trafilatura = import_module("trafilatura")
    document = trafilatura.bare_extraction(decode(page).text, with_metadata=True, include_comments=False)
    if not document:
        return Reading("", "", None)
    return Reading(document.title or "", document.text or "", parse_day(document.date))


def read_by_readability(page: bytes) -> Reading:
    document = import_module("readability").Document(decode(page).text)
    fragment = import_module("lxml.html").fromstring(document.summary())
    return Reading(document.short_title(), fragment.text_content(), None)


def read_by_newspaper(page: bytes) -> Reading:
    article = import_module("newspaper").Article("http://localhost/", language="zh", fetch_images=False)
    article.download(input_html=decode(page).text)
    article.parse()
    published = article.publish_date
    return Reading(article.title, article.text, published.date() if isinstance(published, datetime) else None)


READERS = (
    Reader("souwen", "souwen", read_by_souwen),
    Reader("trafilatura", "trafilatura", read_by_trafilatura),
    Reader("readability-lxml", "readability-lxml", read_by_readability),
    Reader("newspaper4k", "newspaper4k", read_by_newspaper),
)


class Score:
    """Counts over all pages of a reader."""

    def __init__(self) -> None:
        self.whole = self.titles = self.dates = self.dated = self.lost = self.foreign = 0
        self.seconds: list[float] = []

    def add(self, gold: dict[str, Any], reading: Reading) -> None:
        """Count a page."""
        text = bare(f"{reading.title}\n{reading.body}")
        missing = [string for string in gold["must"] if bare(string) not in text]
        foreign = [string for string in gold["must_not"] if bare(string) in text]
        self.whole += not missing and not foreign
        self.foreign += bool(foreign)
        self.lost += len(missing) > MAX_MISSING * len(gold["must"])
        self.titles += title_key(reading.title) in {title_key(title) for title in (gold["title"], *gold["title_ok"])}
        if gold["date"]:
            self.dated += 1
            self.dates += str(reading.published) in {day[:10] for day in (gold["date"], *gold["date_ok"])}


def bare(text: str) -> str:
    """Return a text without white space."""
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


def title_key(title: str) -> str:
    """Return the form in which titles are compared."""
    return bare(unicodedata.normalize("NFKC", title)).translate({0x201C: '"', 0x201D: '"'}).replace("…", "...")


def parse_day(text: str | None) -> date | None:
    """Return the day that a reader gives as text."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def measure(reader: Reader, gold: list[dict[str, Any]], folder: Path) -> Score:
    """Read all pages. A page on which a reader fails is lost."""
    score = Score()
    for entry in gold:
        page = (folder / entry["page"]).read_bytes()
        started = time.perf_counter()
        try:
            reading = reader.read(page)
        except Exception as error:  # noqa: BLE001 - of any library, on any page
            click.echo(f"{reader.name}: {entry['page']}: {error!r}", err=True)
            reading = Reading("", "", None)
        score.seconds.append(time.perf_counter() - started)
        score.add(entry, reading)
    return score


@contextmanager
def unpacked(pages: Path) -> Iterator[Path]:
    """Give the folder of the pages, unpacked if they are in an archive."""
    if pages.is_dir():
        yield pages
        return
    with tempfile.TemporaryDirectory() as folder, tarfile.open(pages) as archive:
        for member in archive:
            if member.isfile() and ".." not in Path(member.name).parts and (file := archive.extractfile(member)):
                target = Path(folder, member.name.lstrip("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read())
        yield Path(folder)


def installed_readers() -> Iterator[Reader]:
    """Yield the readers that are installed, each after its first, slow import."""
    modules = {"readability-lxml": "readability", "newspaper4k": "newspaper"}
    for reader in READERS:
        try:
            import_module(modules.get(reader.distribution, reader.distribution))
        except ImportError:
            click.echo(f"{reader.name} is not installed: pip install 'souwen[bench]'", err=True)
        else:
            yield reader


@click.command()
@click.argument("pages", type=click.Path(path_type=Path, exists=True))
@click.option("--gold", "gold_file", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(pages: Path, gold_file: Path) -> None:
    """Compare readers of saved pages."""
    logging.disable(logging.CRITICAL)
    gold = json.loads(gold_file.read_text("utf-8"))
    click.echo(f"{describe_machine()}\n\n{len(gold)} pages\n")
    click.echo("| reader | whole | titles | dates | lost | foreign | ms a page |")
    click.echo("|---|---|---|---|---|---|---|")
    with unpacked(pages) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for reader in installed_readers():
            score = measure(reader, gold, folder)
            counts = (score.whole, score.titles, f"{score.dates} of {score.dated}", score.lost, score.foreign)
            label = f"{reader.name} {version(reader.distribution)}"
            milliseconds = 1000 * statistics.median(score.seconds)
            click.echo(f"| {label} | {' | '.join(map(str, counts))} | {milliseconds:.0f} |")


if __name__ == "__main__":
    main()
