# mypy: disable-error-code="import-untyped, import-not-found"
"""Benchmark of speed and index size against named peers.

    python -m bench.speed [--articles FOLDER] [--limit N] [--system NAME]...

Each system reads, parses and indexes the same files in a separate process, and in another one opens its index and runs
the same queries, which are taken from the articles. Prints Markdown tables. bench.scale shows how souwen scales.
"""

import importlib
import json
import logging
import os
import platform
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import click
import psutil

from .speed_peers import SEED, Document, Query, System, copy_files, peers, read_document, shuffled_files, unpack
from .speed_souwen import engines

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("SOUWEN_SHARED", ROOT.parent / "shared"))
QUERIES_PER_KIND = 60
SAMPLE_SIZE = 1000  # articles that the queries are taken from
SAMPLING_INTERVAL = 0.05  # seconds between two measurements of memory
MB = 1e6
NOTES = """
Indexing includes reading and parsing the files; souwen uses a process for each core, tantivy threads, the others one
process. Peak memory is the resident memory of a process and its children, with files mapped into memory. The time to
the first answer is that of opening the index and running one query, which loads dictionaries. Each query returns ten
articles; times are p50 / p95. All words of a query must match, except that bm25s matches any of them and souwen lists
partial matches after full ones. bm25s has no phrase queries and searches their words. The trigram index finds words of
fewer than three characters with LIKE, unranked. souwen always makes snippets, bm25s never. Phrases and long queries
start and end anywhere, even within a word; jieba's analyzer for Whoosh numbers words by characters, so Whoosh finds
hardly any phrase.
"""


class Run(NamedTuple):
    """The report of one process, and the peak memory of it and its children, in bytes."""

    report: dict[str, Any]
    peak: int


class Result(NamedTuple):
    """The runs of one system: indexing, and searching without and with snippets."""

    indexing: Run
    searching: Mapping[bool, Run]


def _words(document: Document, rng: random.Random, number: int) -> str:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    words = sorted({word for word in jieba.cut(document.text) if re.fullmatch(r"[一-鿿]{2,4}", word)})
    return " ".join(rng.sample(words, number)) if len(words) >= number else ""


def _excerpt(document: Document, rng: random.Random, characters: str, min_length: int, max_length: int) -> str:
    runs = re.findall(f"[{characters}]{{{min_length},}}", document.text)
    if not runs:
        return ""
    run = rng.choice(runs)
    length = rng.randint(min_length, min(max_length, len(run)))
    start = rng.randint(0, len(run) - length)
    return str(run[start : start + length])


KINDS: dict[str, Callable[[Document, random.Random], str]] = {
    "one word": lambda document, rng: _words(document, rng, 1),
    "two words": lambda document, rng: _words(document, rng, 2),
    "phrase": lambda document, rng: _excerpt(document, rng, "一-鿿", 4, 8),
    "headline": lambda document, _: document.title,
    "long": lambda document, rng: _excerpt(document, rng, "一-鿿，、", 12, 20),
}


def write_queries(documents: Sequence[Document], work: Path) -> None:
    """Draw queries of all kinds in turn. The first round is the warm-up."""
    rng = random.Random(SEED)  # noqa: S311
    queries: dict[str, Query] = {}
    for _ in range(1 + QUERIES_PER_KIND):
        for kind, draw in KINDS.items():
            for document in rng.sample(documents, len(documents)):
                text = draw(document, rng)
                if text and text not in queries:
                    queries[text] = Query(kind, text, document.url)
                    break
    (work / "queries.json").write_text(json.dumps(list(queries.values())), "utf-8")


def query_report(system: System, index: Path, queries: Sequence[Query], with_snippets: bool) -> dict[str, Any]:
    """Return the times of each kind of query in ms, and how many found the article that they were taken from."""
    started = time.perf_counter()
    search = system.open(index)
    opened = time.perf_counter() - started
    search(queries[0], with_snippets)
    report: dict[str, Any] = {"open": opened * 1000, "first": (time.perf_counter() - started) * 1000}
    for query in queries[1 : len(KINDS)]:
        search(query, with_snippets)
    report["times"] = {kind: [] for kind in KINDS}
    report["found"] = dict.fromkeys(KINDS, 0)
    for query in queries[len(KINDS) :]:
        started = time.perf_counter()
        hits = search(query, with_snippets)
        report["times"][query.kind].append((time.perf_counter() - started) * 1000)
        report["found"][query.kind] += query.url in {hit.url for hit in hits}
    return report


def run_task(system: System, task: str, work: Path) -> None:
    """Run a task of one system, in this process, on the articles, the index and the queries in a folder."""
    for module in system.modules:
        importlib.import_module(module)
    logging.getLogger("jieba").setLevel(logging.WARNING)
    if task == "index":
        started = time.perf_counter()
        system.make(work / "articles", work / "index")
        report: dict[str, Any] = {"seconds": time.perf_counter() - started}
    else:
        queries = [Query(*query) for query in json.loads((work / "queries.json").read_text("utf-8"))]
        report = query_report(system, work / "index", queries, task == "snippets")
    click.echo("\n" + json.dumps(report))


def _resident(process: psutil.Process) -> int:
    total = 0
    with suppress(psutil.Error):
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):  # it may have ended
                total += member.memory_info().rss
    return total


def run_process(system: System, task: str, work: Path) -> Run:
    """Run one task of a system in a separate process."""
    click.echo(f"{system.name}: {task} …", err=True)
    command = [sys.executable, "-W", "ignore", "-m", "bench.speed", "--one", system.name, "--task", task]
    command += ["--articles", str(work)]
    with tempfile.TemporaryFile("w+") as output:
        process = psutil.Popen(command, stdout=output, cwd=ROOT)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process))
            time.sleep(SAMPLING_INTERVAL)
        if process.returncode:
            raise click.ClickException(f"{system.name} failed")
        output.seek(0)
        return Run(json.loads(output.read().splitlines()[-1]), peak)


def measure_system(system: System, work: Path) -> Result:
    """Index the articles of a folder, and run the queries."""
    index = work / "index"
    index.mkdir()
    indexing = run_process(system, "index", work)
    indexing.report["bytes"] = system.size(index)
    tasks = {True: "snippets", False: "queries"}
    searching = {snippets: run_process(system, tasks[snippets], work) for snippets in system.snippets}
    system.remove(index)
    return Result(indexing, searching)


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    """Return a Markdown table."""
    heading = f"\n| {title} | {' | '.join(columns)} |\n" + "|---" * (len(columns) + 1) + "|"
    return "\n".join([heading, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())])


def percentiles(times: Sequence[float]) -> str:
    """Return the 50th and the 95th percentile."""
    p95 = quantiles(times, n=20, method="inclusive")[-1]
    return " / ".join(f"{value:.1f}" if value < 100 else f"{value:.0f}" for value in (median(times), p95))


def flat_times(run: Run) -> list[float]:
    """Return the times of all queries, in ms."""
    return [milliseconds for times in run.report["times"].values() for milliseconds in times]


def query_cells(run: Run | None) -> list[str]:
    """Return the times of each kind of query, and of all."""
    if not run:
        return ["—"] * (len(KINDS) + 1)
    return [percentiles(times) for times in (*run.report["times"].values(), flat_times(run))]


def found_cells(result: Result) -> list[str]:
    """Return the share of queries of each kind that found their article."""
    run = next(iter(result.searching.values()))
    return [f"{run.report['found'][kind] / len(run.report['times'][kind]):.0%}" for kind in KINDS]


def index_cells(result: Result, articles: int, text: int) -> list[str]:
    """Return the figures of indexing `articles` with `text` bytes of text, and of opening the index."""
    indexing, searching = result.indexing, next(iter(result.searching.values()))
    seconds = indexing.report["seconds"]
    cells = [f"{articles / seconds:.0f}", f"{text / MB / seconds:.2f}", f"{indexing.report['bytes'] / text:.2f}"]
    cells += [f"{indexing.peak / MB:.0f}", f"{searching.report['open']:.0f}", f"{searching.report['first']:.0f}"]
    return [*cells, f"{max(run.peak for run in result.searching.values()) / MB:.0f}"]


def describe_machine() -> str:
    """Return the operating system, the processors and the version of Python."""
    model = None
    with suppress(OSError):
        model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    cpus = f"{os.cpu_count()} CPUs ({model[1] if model else platform.processor()})"
    return f"{platform.platform()}, {cpus}, Python {platform.python_version()}"


def compare(files: Sequence[Path], work: Path, systems: Sequence[System]) -> None:
    """Run all systems, and print the tables."""
    documents, text = [], 0
    for number, file in enumerate(files):
        document = read_document(file)
        text += len(f"{document.title}{document.text}".encode())
        documents += [document] if number < SAMPLE_SIZE else []
    write_queries(documents, work)
    click.echo(f"{len(files)} articles, {text / MB:.1f} MB of text; {QUERIES_PER_KIND} queries of each kind")
    results = {system.name: measure_system(system, work) for system in systems}
    columns = ["articles/s", "MB of text/s", "index bytes a byte of text", "peak MB, indexing", "ms to open"]
    columns += ["ms to first answer", "peak MB, searching"]
    rows = {name: index_cells(result, len(files), text) for name, result in results.items()}
    click.echo(table("index", columns, rows))
    for snippets, title in ((False, "ms a query, without snippets"), (True, "ms a query, with snippets")):
        rows = {name: query_cells(result.searching.get(snippets)) for name, result in results.items()}
        click.echo(table(title, [*KINDS, "all"], rows))
    rows = {name: found_cells(result) for name, result in results.items()}
    click.echo(table("queries whose article is among the ten", list(KINDS), rows) + "\n" + NOTES)


def systems() -> dict[str, System]:
    """Return souwen and its peers by their names."""
    return {system.name: system for system in (*engines(), *peers())}


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--limit", type=click.IntRange(min=1), help="Use only N articles.")
@click.option("--system", "names", multiple=True, help="Run only systems with this in their names (repeatable).")
@click.option("--one", hidden=True, help="Run the task of this system in this process, in the folder --articles.")
@click.option("--task", type=click.Choice(("index", "queries", "snippets")), hidden=True)
def main(articles: Path, limit: int | None, names: tuple[str, ...], one: str, task: str) -> None:
    """Compare the speed and the index size of souwen and its peers."""
    if one:
        run_task(systems()[one], task, articles)
        return
    with unpack(articles) as folder, tempfile.TemporaryDirectory() as work:
        files = shuffled_files(folder)[:limit]
        chosen = [system for name, system in systems().items() if not names or any(part in name for part in names)]
        if not chosen:
            raise click.UsageError(f"no such system: there are {', '.join(systems())}")
        click.echo(describe_machine() + "\n")
        copy_files(folder, files, Path(work) / "articles")
        compare(files, Path(work), chosen)


if __name__ == "__main__":
    main()
