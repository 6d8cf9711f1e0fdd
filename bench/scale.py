# mypy: disable-error-code="import-not-found"
"""How time and memory grow with the archive: python -m bench.scale [--articles FOLDER] [--engine NAME]...
[--sizes 10000,100000,1000000]

Indexes growing archives from nothing, opens each index in a process of its own and asks it the queries of bench.speed,
with snippets, and prints a Markdown table for each engine. Articles beyond the real ones are made of these. Linux only.
"""

import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

import click

from . import memory
from .speed import KINDS, MB, OF_A_KIND, SAMPLE, SHARED, all_times, machine, percentiles, table, watched, write_queries
from .speed_peers import SEED, copied, read_plain, shuffled, unpacked
from .speed_souwen import ENGINES, souwen

CHANGED = 40  # of so many characters of a made article two are others than in the real one
COLUMNS = (
    "articles/s",
    "index, MB",
    "MB, indexing: all",
    "writer without files",
    "ms to open",
    "ms a query, p50 / p95",
)
NOTES = f"""
Each index was made from nothing. All is the most that the writer's process and its workers had resident together, files
mapped into memory included and shared pages counted once for each; without files is what the system cannot take back.
Of OpenSearch the servers' memory is not in the figures. {OF_A_KIND * len(KINDS)} queries, ten hits each with snippets.
Articles beyond the real ones have paragraphs of others, two of every {CHANGED} characters in them drawn anew."""
_PARAGRAPH = re.compile(r"<p\b.*?</p>", re.DOTALL)
_HAN = re.compile("[一-鿿]")


class Grown(NamedTuple):
    """An archive: its folder, and how many articles it has."""

    folder: Path
    articles: int


def made_articles(files: Sequence[Path]) -> Iterator[str]:
    """Articles that are not there, without end: a real one's head and form with the paragraphs of others, and changed
    words in them, so that the vocabulary grows with the archive as that of real ones does."""
    rng = random.Random(SEED)  # noqa: S311
    texts = [file.read_text("utf-8") for file in files]
    pool = [found for text in texts for found in _PARAGRAPH.findall(text)]
    forms = [text for text in texts if len(_PARAGRAPH.findall(text)) > 2]
    characters = _HAN.findall("".join(pool[:10_000]))  # as often as they are used

    def changed(paragraph: str) -> str:
        for _ in range(len(paragraph) // CHANGED):
            at = rng.randrange(len(paragraph) - 1)
            if _HAN.match(paragraph, at) and _HAN.match(paragraph, at + 1):
                paragraph = paragraph[:at] + rng.choice(characters) + rng.choice(characters) + paragraph[at + 2 :]
        return paragraph

    for number in count(1):
        stamp, link, rest = rng.choice(forms).split("\n", 2)
        body = _PARAGRAPH.sub(lambda _: changed(rng.choice(pool)), rest)
        yield f"{stamp}\n{link.rstrip()[:-1]}?{number})\n{body}"


def archives(real: Path, sizes: Sequence[int], target: Path) -> Iterator[Grown]:
    """The folder `target` when it has so many articles, for each of the rising sizes: real ones, then made ones."""
    files = shuffled(real)
    made, done = made_articles(files), 0
    for size in sizes:
        copied(real, files[done:size], target)
        for number in range(max(done, len(files)), size):
            place = target / f"made{number // 1000}" / f"{number}.txt"
            place.parent.mkdir(exist_ok=True)
            place.write_text(next(made), "utf-8")
        done = size
        yield Grown(target, size)


def row(archive: Grown, engine: str, work: Path) -> list[str]:
    """Indexes and asks."""
    index = work / "index"
    seconds, peaks = memory.watched(archive.folder, index, memory.DEFAULT, engine)
    system = souwen(engine)
    asked = watched(system, "snippets", work)
    cells = [f"{archive.articles / seconds:.0f}", f"{system.size(index) / MB:.0f}", f"{peaks.all.resident / MB:.0f}"]
    cells += [f"{peaks.writer.anonymous / MB:.0f}", f"{asked.report['open']:.0f}", percentiles(all_times(asked))]
    system.remove(index)
    return [*cells, f"{asked.peak / MB:.0f}"]


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), default=("whoosh", "tantivy"))
@click.option("--sizes", default="10000,100000,1000000", callback=memory.numbers, help="With commas between.")
@click.option("--work", type=click.Path(path_type=Path, exists=True), help="Where archives and indexes go for now.")
def main(articles: Path, engines: Sequence[str], sizes: Sequence[int], work: Path | None) -> None:
    """Show how indexing and searching grow with the archive."""
    click.echo(machine() + "\n")
    with unpacked(articles) as real, tempfile.TemporaryDirectory(dir=work) as temporary:
        here = Path(temporary)
        write_queries([read_plain(file) for file in shuffled(real)[: min(SAMPLE, *sizes)]], here)
        rows: dict[str, dict[str, list[str]]] = {engine: {} for engine in engines}
        for archive in archives(real, sorted(sizes), here / "articles"):
            for engine in engines:
                rows[engine][f"{archive.articles:,}"] = row(archive, engine, here)
                click.echo(f"{engine} {archive.articles}: {rows[engine][f'{archive.articles:,}']}", err=True)
        for engine, found in rows.items():
            click.echo(table(f"articles, {engine}", [*COLUMNS, "MB, searching"], found))
        click.echo(NOTES)


if __name__ == "__main__":
    main()
