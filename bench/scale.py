# mypy: disable-error-code="import-not-found"
"""Benchmark of time and memory for growing archives.

    python -m bench.scale [--articles FOLDER] [--engine NAME]... [--sizes 10000,100000,1000000]

Indexes archives of growing size, opens each index in a separate process, and runs the queries of bench.speed with
snippets. Prints a Markdown table for each engine. When the real articles run out, new ones are generated from them.
Linux only.
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
from .speed import (
    KINDS,
    MB,
    QUERIES_PER_KIND,
    SAMPLE_SIZE,
    SHARED,
    describe_machine,
    flat_times,
    percentiles,
    run_process,
    table,
    write_queries,
)
from .speed_peers import SEED, copy_files, read_document, shuffled_files, unpack
from .speed_souwen import ENGINES, souwen

CHANGE_INTERVAL = 40  # characters of a generated article, of which two are replaced
COLUMNS = (
    "articles/s",
    "index, MB",
    "MB, indexing: all",
    "writer without files",
    "ms to open",
    "ms a query, p50 / p95",
)
NOTES = f"""
Each index was built from scratch. All is the peak resident memory of the writer's process and its workers, with files
mapped into memory and with shared pages counted once for each process; memory without files is what the system cannot
reclaim. The figures for OpenSearch do not include the servers' memory.
{QUERIES_PER_KIND * len(KINDS)} queries, ten hits each with snippets. Generated articles have
paragraphs of real ones, with two of every {CHANGE_INTERVAL} characters replaced."""
_PARAGRAPH = re.compile(r"<p\b.*?</p>", re.DOTALL)
_HAN = re.compile("[一-鿿]")


class GeneratedArchive(NamedTuple):
    """A folder of articles, and their number."""

    folder: Path
    articles: int


def generate_articles(files: Sequence[Path]) -> Iterator[str]:
    """Yield new articles without end: the header and form of a real one with paragraphs of others.

    Some of their words are changed, so that the vocabulary grows with the archive as in a real one.
    """
    rng = random.Random(SEED)  # noqa: S311
    texts = [file.read_text("utf-8") for file in files]
    pool = [paragraph for text in texts for paragraph in _PARAGRAPH.findall(text)]
    forms = [text for text in texts if len(_PARAGRAPH.findall(text)) > 2]
    characters = _HAN.findall("".join(pool[:10_000]))  # with their frequencies

    def change_words(paragraph: str) -> str:
        for _ in range(len(paragraph) // CHANGE_INTERVAL):
            start = rng.randrange(len(paragraph) - 1)
            if _HAN.match(paragraph, start) and _HAN.match(paragraph, start + 1):
                word = rng.choice(characters) + rng.choice(characters)
                paragraph = paragraph[:start] + word + paragraph[start + 2 :]
        return paragraph

    for number in count(1):
        stamp, link, rest = rng.choice(forms).split("\n", 2)
        body = _PARAGRAPH.sub(lambda _: change_words(rng.choice(pool)), rest)
        yield f"{stamp}\n{link.rstrip()[:-1]}?{number})\n{body}"


def growing_archives(real: Path, sizes: Sequence[int], target: Path) -> Iterator[GeneratedArchive]:
    """Fill the folder `target` to each of the rising sizes: with real articles, then with generated ones."""
    files = shuffled_files(real)
    generated, done = generate_articles(files), 0
    for size in sizes:
        copy_files(real, files[done:size], target)
        for number in range(max(done, len(files)), size):
            file = target / f"generated{number // 1000}" / f"{number}.txt"
            file.parent.mkdir(exist_ok=True)
            file.write_text(next(generated), "utf-8")
        done = size
        yield GeneratedArchive(target, size)


def measure_row(archive: GeneratedArchive, engine: str, work: Path) -> list[str]:
    """Index an archive, run the queries, and return the cells of the row."""
    index = work / "index"
    seconds, peaks = memory.measure_indexing(archive.folder, index, memory.DEFAULT, engine)
    system = souwen(engine)
    searching = run_process(system, "snippets", work)
    cells = [f"{archive.articles / seconds:.0f}", f"{system.size(index) / MB:.0f}", f"{peaks.all.resident / MB:.0f}"]
    cells += [
        f"{peaks.writer.anonymous / MB:.0f}",
        f"{searching.report['open']:.0f}",
        percentiles(flat_times(searching)),
    ]
    system.remove(index)
    return [*cells, f"{searching.peak / MB:.0f}"]


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), default=("whoosh", "tantivy"))
@click.option(
    "--sizes",
    default="10000,100000,1000000",
    callback=memory.parse_numbers,
    help="Numbers of articles, like 5000,20000.",
)
@click.option("--work", type=click.Path(path_type=Path, exists=True), help="Folder for temporary archives and indexes.")
def main(articles: Path, engines: Sequence[str], sizes: Sequence[int], work: Path | None) -> None:
    """Measure how indexing and searching scale with the size of the archive."""
    click.echo(describe_machine() + "\n")
    with unpack(articles) as real, tempfile.TemporaryDirectory(dir=work) as temporary:
        folder = Path(temporary)
        write_queries([read_document(file) for file in shuffled_files(real)[: min(SAMPLE_SIZE, *sizes)]], folder)
        rows: dict[str, dict[str, list[str]]] = {engine: {} for engine in engines}
        for archive in growing_archives(real, sorted(sizes), folder / "articles"):
            for engine in engines:
                rows[engine][f"{archive.articles:,}"] = measure_row(archive, engine, folder)
                click.echo(f"{engine} {archive.articles}: {rows[engine][f'{archive.articles:,}']}", err=True)
        for engine, engine_rows in rows.items():
            click.echo(table(f"articles, {engine}", [*COLUMNS, "MB, searching"], engine_rows))
        click.echo(NOTES)


if __name__ == "__main__":
    main()
