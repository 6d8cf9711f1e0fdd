"""Many clients at once: python -m bench.clients [--articles FOLDER | --index DIR] [--engine NAME] [--clients 50]
[--seconds 60] [--updates 5] [--pause 0]

Starts `souwen serve` on an index of the articles, or on a copy of one there is, and asks it in a process of its own.
Each client asks, waits for the answer, pauses, asks again; meanwhile articles are added to the index, one at a time.
Markdown tables are printed. Linux only.
"""

import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import click
import httpx
import psutil

from .memory import memory_of
from .speed import MB, SHARED, machine, percentiles, table, write_queries
from .speed_peers import SEED, Document, Query, unpacked

COMMAND = [sys.executable, "-c", "from souwen.cli import main; main()"]
PARTS = 10  # of the time, after each of which the server's memory is looked at
# Which requests there are, and how many of each among twenty.
REQUESTS: dict[str, tuple[int, Callable[[Query], str]]] = {
    "search": (10, lambda query: f"/api/search?q={asked(query)}"),
    "search, with facets": (3, lambda query: f"/api/search?q={asked(query)}&facet=source&facet=person&facet=month"),
    "suggest": (3, lambda query: f"/api/suggest?q={quote(query.text[:2])}"),
    "timeline": (2, lambda query: f"/api/timeline?q={asked(query)}"),
    "article": (1, lambda query: f"/api/articles?id={quote(query.url, safe='')}"),
    "related": (1, lambda query: f"/api/related?id={quote(query.url, safe='')}"),
}
NOTES = """
Times are p50 / p95 in ms, from sending a request to having its answer. Memory is what the server's process has of its
own, files mapped into memory not included, after each tenth of the time."""


def asked(query: Query) -> str:
    return quote(f'"{query.text}"' if query.kind == "phrase" else query.text, safe="")


class Report(NamedTuple):
    """Milliseconds of each kind of request, what failed, MB of the server, seconds until each new article was found,
    seconds of CPU time that the server took."""

    times: dict[str, list[float]]
    failures: Counter[str]
    memory: list[float]
    appeared: list[float]
    cpu: float


def souwen(*arguments: str | Path) -> None:
    subprocess.run([*COMMAND, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


@contextmanager
def server(index: Path, options: "Options") -> Iterator[tuple[psutil.Process, str]]:
    """The process of a server, and its address."""
    command = [*COMMAND, "serve", "--index", str(index), "--port", "0", "--rate", "0"]
    command += ["--threads", str(options.threads), "--time-limit", str(options.time_limit)]
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip().rstrip("/")
        finally:
            process.terminate()


def queries_of(index: Path, work: Path) -> list[Query]:
    from souwen.query import Searcher

    with Searcher(index) as searcher:
        articles = list(searcher.articles())
    sample = random.Random(SEED).sample(articles, min(1000, len(articles)))  # noqa: S311
    write_queries([Document(each.path, each.id, each.title, each.body, 0) for each in sample], work)
    return [Query(*query) for query in json.loads((work / "queries.json").read_text("utf-8"))]


async def measured(
    process: psutil.Process, address: str, index: Path, work: Path, queries: Sequence[Query], options: "Options"
) -> Report:
    times: dict[str, list[float]] = defaultdict(list)
    failures: Counter[str] = Counter()
    started, before = time.perf_counter(), sum(process.cpu_times()[:2])
    limits = httpx.Limits(max_connections=options.clients + 1, max_keepalive_connections=options.clients + 1)

    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as http:

        async def ask(kind: str, path: str) -> httpx.Response | None:
            sent = time.perf_counter()
            try:
                answer = await http.get(path)
            except httpx.HTTPError as error:
                failures[type(error).__name__] += 1
                return None
            times[kind].append((time.perf_counter() - sent) * 1000)
            if answer.status_code != 200:
                failures[f"{answer.status_code} {answer.text[:80]}"] += 1
            return answer

        async def client(number: int) -> None:
            rng = random.Random(number)  # noqa: S311
            kinds, weights = list(REQUESTS), [share for share, _ in REQUESTS.values()]
            while time.perf_counter() - started < options.seconds:
                (kind,) = rng.choices(kinds, weights)
                await ask(kind, REQUESTS[kind][1](rng.choice(queries)))
                await asyncio.sleep(options.pause * rng.uniform(0.5, 1.5))

        async def until(share: float) -> None:
            await asyncio.sleep(max(0.0, started + share * options.seconds - time.perf_counter()))

        async def memory() -> list[float]:
            seen = []
            for part in range(1, PARTS + 1):
                await until(part / PARTS)
                seen.append(memory_of(process).anonymous / MB)
            return seen

        async def update(number: int) -> float:
            name = f"bench-new-article-{number}"
            file = work / f"new-{number}.jsonl"
            file.write_text(json.dumps({"id": name, "title": "新文章", "body": f"榫卯飞檐藻井斗拱{number}"}), "utf-8")
            await asyncio.to_thread(souwen, "index", file, "--index", index)
            committed = time.perf_counter()
            while True:
                answer = await ask("new article", f"/api/search?q={quote(f'榫卯飞檐藻井斗拱 {number}')}")
                if answer and name in answer.text:
                    return time.perf_counter() - committed
                await asyncio.sleep(0.1)

        async def updates() -> list[float]:
            appeared = []
            for number in range(1, options.updates + 1):
                await until(number / (options.updates + 1))
                appeared.append(await update(number))
            return appeared

        seen, appeared, *_ = await asyncio.gather(memory(), updates(), *map(client, range(options.clients)))
    return Report(dict(times), failures, seen, appeared, sum(process.cpu_times()[:2]) - before)


class Options(NamedTuple):
    clients: int
    seconds: float
    updates: int
    pause: float
    threads: int
    time_limit: float


def told(report: Report, options: Options) -> None:
    rows = {kind: [str(len(times)), percentiles(times)] for kind, times in report.times.items() if len(times) > 1}
    everything = [each for times in report.times.values() for each in times]
    rows["all"] = [str(len(everything)), percentiles(everything)]
    click.echo(table(f"{options.clients} clients, {options.seconds:g} s", ["requests", "ms"], rows))
    click.echo(f"\nrequests a second: {len(everything) / options.seconds:.1f}")
    click.echo(f"CPU time of the server: {report.cpu / len(everything) * 1000:.1f} ms a request")
    click.echo(f"failures: {sum(report.failures.values())} {dict(report.failures) or ''}")
    click.echo("memory, MB: " + " / ".join(f"{each:.0f}" for each in report.memory))
    for seconds in report.appeared:
        click.echo(f"a new article was found {seconds:.1f} s after its commit")


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path))
@click.option("--index", "existing", type=click.Path(path_type=Path, exists=True), help="An index, which is copied.")
@click.option("--engine", default="tantivy", show_default=True)
@click.option("--clients", default=50, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--updates", default=5, show_default=True, help="Articles that are added meanwhile.")
@click.option("--pause", default=0.0, show_default=True, help="Seconds between an answer and the next request.")
@click.option("--threads", default=4, show_default=True, help="As of `souwen serve`.")
@click.option("--time-limit", default=10.0, show_default=True, help="As of `souwen serve`.")
def main(
    articles: Path,
    existing: Path | None,
    engine: str,
    clients: int,
    seconds: float,
    updates: int,
    pause: float,
    threads: int,
    time_limit: float,
) -> None:
    """Measure a server that many ask at once."""
    options = Options(clients, seconds, updates, pause, threads, time_limit)
    with tempfile.TemporaryDirectory() as temporary:
        work, index = Path(temporary), Path(temporary) / "index"
        if existing:
            shutil.copytree(existing, index)
        else:
            with unpacked(articles) as folder:
                souwen("index", folder, "--index", index, "--engine", engine)
        queries = queries_of(index, work)
        click.echo(machine())
        with server(index, options) as (process, address):
            told(asyncio.run(measured(process, address, index, work, queries, options)), options)
        click.echo(NOTES)


if __name__ == "__main__":
    main()
