# mypy: disable-error-code="import-untyped, import-not-found"
"""Speed and size against named peers: python -m bench.speed [--articles FOLDER] [--limit N] [--system NAME]...

Every system reads, parses and indexes the same files in a process of its own, opens its index in another and is asked
the same queries, taken from the articles; Markdown tables are printed. bench.scale shows how souwen grows.
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

from .speed_peers import SEED, Document, Query, System, copied, peers, read_plain, shuffled, unpacked
from .speed_souwen import engines

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("SOUWEN_SHARED", ROOT.parent / "shared"))
OF_A_KIND = 60  # queries
SAMPLE = 1000  # articles that the queries come from
PAUSE = 0.05  # seconds from one look at the memory to the next
MB = 1e6
NOTES = """
Indexing includes reading and parsing the files; souwen uses a process for each core, tantivy threads, the others one
process. Peak memory is what is resident of a process and its children, files mapped into memory included. The first
answer is opening and one query, which loads dictionaries. Queries ask for ten articles; times are p50 / p95.
All words of a query must match, but any of them for bm25s, and souwen lists partial matches behind full ones. bm25s has
no phrases and is asked their words. The trigram index is asked for words of fewer than three characters with LIKE,
unranked. souwen always makes snippets, bm25s never. Phrases and long queries begin and end anywhere, also within a
word; jieba's analyzer for Whoosh numbers words by characters, so that Whoosh finds hardly any phrase.
"""


class Run(NamedTuple):
    """What one process reported, and the most memory that it and its children had."""

    report: dict[str, Any]
    peak: int


class Result(NamedTuple):
    """How one system did: its index, and its answers without and with snippets."""

    indexed: Run
    asked: Mapping[bool, Run]


def _words(document: Document, rng: random.Random, number: int) -> str:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    words = sorted({word for word in jieba.cut(document.text) if re.fullmatch(r"[一-鿿]{2,4}", word)})
    return " ".join(rng.sample(words, number)) if len(words) >= number else ""


def _stretch(document: Document, rng: random.Random, characters: str, least: int, most: int) -> str:
    runs = re.findall(f"[{characters}]{{{least},}}", document.text)
    if not runs:
        return ""
    run = rng.choice(runs)
    length = rng.randint(least, min(most, len(run)))
    start = rng.randint(0, len(run) - length)
    return str(run[start : start + length])


KINDS: dict[str, Callable[[Document, random.Random], str]] = {
    "one word": lambda document, rng: _words(document, rng, 1),
    "two words": lambda document, rng: _words(document, rng, 2),
    "phrase": lambda document, rng: _stretch(document, rng, "一-鿿", 4, 8),
    "headline": lambda document, _: document.title,
    "long": lambda document, rng: _stretch(document, rng, "一-鿿，、", 12, 20),
}


def write_queries(documents: Sequence[Document], work: Path) -> None:
    """Draws queries of all kinds in turn. The first round is for warming up."""
    rng = random.Random(SEED)  # noqa: S311
    queries: dict[str, Query] = {}
    for _ in range(1 + OF_A_KIND):
        for kind, draw in KINDS.items():
            for document in rng.sample(documents, len(documents)):
                text = draw(document, rng)
                if text and text not in queries:
                    queries[text] = Query(kind, text, document.url)
                    break
    (work / "queries.json").write_text(json.dumps(list(queries.values())), "utf-8")


def query_report(system: System, index: Path, queries: Sequence[Query], with_snippets: bool) -> dict[str, Any]:
    """Milliseconds of each kind of query, and how many found the article that they were taken from."""
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
        answers = search(query, with_snippets)
        report["times"][query.kind].append((time.perf_counter() - started) * 1000)
        report["found"][query.kind] += query.url in {answer.url for answer in answers}
    return report


def run_here(system: System, task: str, work: Path) -> None:
    """What the process of one system does with the articles, the index and the queries in a folder."""
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
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):  # one may end at any time
                total += each.memory_info().rss
    return total


def watched(system: System, task: str, work: Path) -> Run:
    """Runs one task of a system in a process of its own."""
    click.echo(f"{system.name}: {task} …", err=True)
    command = [sys.executable, "-W", "ignore", "-m", "bench.speed", "--one", system.name, "--task", task]
    command += ["--articles", str(work)]
    with tempfile.TemporaryFile("w+") as output:
        process = psutil.Popen(command, stdout=output, cwd=ROOT)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process))
            time.sleep(PAUSE)
        if process.returncode:
            raise click.ClickException(f"{system.name} failed")
        output.seek(0)
        return Run(json.loads(output.read().splitlines()[-1]), peak)


def result_of(system: System, work: Path) -> Result:
    """Indexes the articles of a folder and asks the queries there."""
    index = work / "index"
    index.mkdir()
    indexed = watched(system, "index", work)
    indexed.report["bytes"] = system.size(index)
    tasks = {True: "snippets", False: "queries"}
    asked = {way: watched(system, tasks[way], work) for way in system.snippets}
    system.remove(index)
    return Result(indexed, asked)


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    heading = f"\n| {title} | {' | '.join(columns)} |\n" + "|---" * (len(columns) + 1) + "|"
    return "\n".join([heading, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())])


def percentiles(times: Sequence[float]) -> str:
    p95 = quantiles(times, n=20, method="inclusive")[-1]
    return " / ".join(f"{each:.1f}" if each < 100 else f"{each:.0f}" for each in (median(times), p95))


def all_times(run: Run) -> list[float]:
    return [each for times in run.report["times"].values() for each in times]


def query_cells(run: Run | None) -> list[str]:
    if not run:
        return ["—"] * (len(KINDS) + 1)
    return [percentiles(times) for times in (*run.report["times"].values(), all_times(run))]


def found_cells(result: Result) -> list[str]:
    run = next(iter(result.asked.values()))
    return [f"{run.report['found'][kind] / len(run.report['times'][kind]):.0%}" for kind in KINDS]


def index_cells(result: Result, articles: int, text: int) -> list[str]:
    indexed, asked = result.indexed, next(iter(result.asked.values()))
    seconds = indexed.report["seconds"]
    cells = [f"{articles / seconds:.0f}", f"{text / MB / seconds:.2f}", f"{indexed.report['bytes'] / text:.2f}"]
    cells += [f"{indexed.peak / MB:.0f}", f"{asked.report['open']:.0f}", f"{asked.report['first']:.0f}"]
    return [*cells, f"{max(run.peak for run in result.asked.values()) / MB:.0f}"]


def machine() -> str:
    model = None
    with suppress(OSError):
        model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    cpus = f"{os.cpu_count()} CPUs ({model[1] if model else platform.processor()})"
    return f"{platform.platform()}, {cpus}, Python {platform.python_version()}"


def compared(files: Sequence[Path], work: Path, chosen: Sequence[System]) -> None:
    """Prints the tables of souwen and its peers."""
    documents, text = [], 0
    for number, file in enumerate(files):
        document = read_plain(file)
        text += len(f"{document.title}{document.text}".encode())
        documents += [document] if number < SAMPLE else []
    write_queries(documents, work)
    click.echo(f"{len(files)} articles, {text / MB:.1f} MB of text; {OF_A_KIND} queries of each kind")
    results = {system.name: result_of(system, work) for system in chosen}
    columns = ["articles/s", "MB of text/s", "index bytes a byte of text", "peak MB, indexing", "ms to open"]
    columns += ["ms to first answer", "peak MB, searching"]
    rows = {name: index_cells(result, len(files), text) for name, result in results.items()}
    click.echo(table("index", columns, rows))
    for way, title in ((False, "ms a query, without snippets"), (True, "ms a query, with snippets")):
        rows = {name: query_cells(result.asked.get(way)) for name, result in results.items()}
        click.echo(table(title, [*KINDS, "all"], rows))
    rows = {name: found_cells(result) for name, result in results.items()}
    click.echo(table("queries whose article is among the ten", list(KINDS), rows) + "\n" + NOTES)


def systems() -> dict[str, System]:
    """souwen and its peers by their names."""
    return {system.name: system for system in (*engines(), *peers())}


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--limit", type=click.IntRange(min=1), help="Only so many articles.")
@click.option("--system", "names", multiple=True, help="Only those with this in their names; repeatable.")
@click.option("--one", hidden=True, help="Do the task for this system, here; `articles` is the folder of the work.")
@click.option("--task", type=click.Choice(("index", "queries", "snippets")), hidden=True)
def main(articles: Path, limit: int | None, names: tuple[str, ...], one: str, task: str) -> None:
    """Compare the speed and size of souwen with its peers'."""
    if one:
        run_here(systems()[one], task, articles)
        return
    with unpacked(articles) as folder, tempfile.TemporaryDirectory() as work:
        files = shuffled(folder)[:limit]
        chosen = [system for name, system in systems().items() if not names or any(part in name for part in names)]
        if not chosen:
            raise click.UsageError(f"no such system: there are {', '.join(systems())}")
        click.echo(machine() + "\n")
        copied(folder, files, Path(work) / "articles")
        compared(files, Path(work), chosen)


if __name__ == "__main__":
    main()
