"""Benchmark of many concurrent clients.

    python -m bench.clients [--articles FOLDER | --index DIR] [--engine NAME] [--clients 50] [--seconds 60]
        [--updates 5] [--pause 0]

Starts `souwen serve` on an index of the articles, or on a copy of an index, and sends requests from another process.
Each client sends a request, waits for the response, pauses, and sends the next; meanwhile articles are added to the
index, one at a time. Prints Markdown tables. Linux only.
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

from .memory import process_memory
from .speed import MB, SHARED, describe_machine, percentiles, table, write_queries
from .speed_peers import SEED, Document, Query, unpack

COMMAND = [sys.executable, "-c", "from souwen.cli import main; main()"]
MEMORY_SAMPLES = 10  # times that the server's memory is measured
# The kinds of requests, and the number of each among twenty.
REQUESTS: dict[str, tuple[int, Callable[[Query], str]]] = {
    "search": (10, lambda query: f"/api/search?q={query_parameter(query)}"),
    "search, with facets": (
        3,
        lambda query: f"/api/search?q={query_parameter(query)}&facet=source&facet=person&facet=month",
    ),
    "suggest": (3, lambda query: f"/api/suggest?q={quote(query.text[:2])}"),
    "timeline": (2, lambda query: f"/api/timeline?q={query_parameter(query)}"),
    "article": (1, lambda query: f"/api/articles?id={quote(query.url, safe='')}"),
    "related": (1, lambda query: f"/api/related?id={quote(query.url, safe='')}"),
}
NOTES = """
Times are p50 / p95 in ms, from sending a request to having its response. Memory is the anonymous memory of the server's
process, without the files mapped into it, after each tenth of the time."""


def query_parameter(query: Query) -> str:
    """Return the value of the parameter `q` for a query."""
    return quote(f'"{query.text}"' if query.kind == "phrase" else query.text, safe="")


class Report(NamedTuple):
    """The measurements of one benchmark."""

    times: dict[str, list[float]]  # milliseconds of each kind of request
    failures: Counter[str]  # by status or exception
    memory: list[float]  # MB of the server
    delays: list[float]  # seconds from the commit of each new article until a search found it
    cpu: float  # seconds of processor time of the server


def run_souwen(*arguments: str | Path) -> None:
    """Run a command of souwen."""
    subprocess.run([*COMMAND, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


@contextmanager
def run_server(index: Path, options: "Options") -> Iterator[tuple[psutil.Process, str]]:
    """Run a server, and yield its process and its address."""
    command = [*COMMAND, "serve", "--index", str(index), "--port", "0", "--rate", "0"]
    command += ["--threads", str(options.threads), "--time-limit", str(options.time_limit)]
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip().rstrip("/")
        finally:
            process.terminate()


def draw_queries(index: Path, work: Path) -> list[Query]:
    """Draw queries from the articles of an index."""
    from souwen.query import Searcher

    with Searcher(index) as searcher:
        articles = list(searcher.articles())
    sample = random.Random(SEED).sample(articles, min(1000, len(articles)))  # noqa: S311
    write_queries([Document(article.path, article.id, article.title, article.body, 0) for article in sample], work)
    return [Query(*query) for query in json.loads((work / "queries.json").read_text("utf-8"))]


async def measure(
    process: psutil.Process, address: str, index: Path, work: Path, queries: Sequence[Query], options: "Options"
) -> Report:
    """Send requests from all clients for the given time, while articles are added."""
    times: dict[str, list[float]] = defaultdict(list)
    failures: Counter[str] = Counter()
    started, cpu_before = time.perf_counter(), sum(process.cpu_times()[:2])
    limits = httpx.Limits(max_connections=options.clients + 1, max_keepalive_connections=options.clients + 1)

    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as http:

        async def send(kind: str, path: str) -> httpx.Response | None:
            sent = time.perf_counter()
            try:
                response = await http.get(path)
            except httpx.HTTPError as error:
                failures[type(error).__name__] += 1
                return None
            times[kind].append((time.perf_counter() - sent) * 1000)
            if response.status_code != 200:
                failures[f"{response.status_code} {response.text[:80]}"] += 1
            return response

        async def client(number: int) -> None:
            rng = random.Random(number)  # noqa: S311
            kinds, weights = list(REQUESTS), [share for share, _ in REQUESTS.values()]
            while time.perf_counter() - started < options.seconds:
                (kind,) = rng.choices(kinds, weights)
                await send(kind, REQUESTS[kind][1](rng.choice(queries)))
                await asyncio.sleep(options.pause * rng.uniform(0.5, 1.5))

        async def wait_until(share: float) -> None:
            await asyncio.sleep(max(0.0, started + share * options.seconds - time.perf_counter()))

        async def measure_memory() -> list[float]:
            megabytes = []
            for part in range(1, MEMORY_SAMPLES + 1):
                await wait_until(part / MEMORY_SAMPLES)
                megabytes.append(process_memory(process).anonymous / MB)
            return megabytes

        async def add_article(number: int) -> float:
            name = f"bench-new-article-{number}"
            file = work / f"new-{number}.jsonl"
            file.write_text(json.dumps({"id": name, "title": "新文章", "body": f"榫卯飞檐藻井斗拱{number}"}), "utf-8")
            await asyncio.to_thread(run_souwen, "index", file, "--index", index)
            committed = time.perf_counter()
            while True:
                response = await send("new article", f"/api/search?q={quote(f'榫卯飞檐藻井斗拱 {number}')}")
                if response and name in response.text:
                    return time.perf_counter() - committed
                await asyncio.sleep(0.1)

        async def add_articles() -> list[float]:
            delays = []
            for number in range(1, options.updates + 1):
                await wait_until(number / (options.updates + 1))
                delays.append(await add_article(number))
            return delays

        clients = asyncio.gather(*map(client, range(options.clients)))
        memory, delays, _ = await asyncio.gather(measure_memory(), add_articles(), clients)
    return Report(dict(times), failures, memory, delays, sum(process.cpu_times()[:2]) - cpu_before)


class Options(NamedTuple):
    """The options of the command."""

    clients: int
    seconds: float
    updates: int
    pause: float
    threads: int
    time_limit: float


def print_report(report: Report, options: Options) -> None:
    """Print the measurements."""
    rows = {kind: [str(len(times)), percentiles(times)] for kind, times in report.times.items() if len(times) > 1}
    all_times = [milliseconds for times in report.times.values() for milliseconds in times]
    rows["all"] = [str(len(all_times)), percentiles(all_times)]
    click.echo(table(f"{options.clients} clients, {options.seconds:g} s", ["requests", "ms"], rows))
    click.echo(f"\nrequests a second: {len(all_times) / options.seconds:.1f}")
    click.echo(f"CPU time of the server: {report.cpu / len(all_times) * 1000:.1f} ms a request")
    click.echo(f"failures: {sum(report.failures.values())} {dict(report.failures) or ''}")
    click.echo("memory, MB: " + " / ".join(f"{megabytes:.0f}" for megabytes in report.memory))
    for seconds in report.delays:
        click.echo(f"a new article was found {seconds:.1f} s after its commit")


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path))
@click.option(
    "--index", "existing", type=click.Path(path_type=Path, exists=True), help="Benchmark a copy of this index."
)
@click.option("--engine", default="tantivy", show_default=True)
@click.option("--clients", default=50, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--updates", default=5, show_default=True, help="Number of articles added meanwhile.")
@click.option("--pause", default=0.0, show_default=True, help="Seconds between a response and the next request.")
@click.option("--threads", default=4, show_default=True, help="Passed to `souwen serve`.")
@click.option("--time-limit", default=10.0, show_default=True, help="Passed to `souwen serve`.")
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
    """Measure a server under the requests of many clients."""
    options = Options(clients, seconds, updates, pause, threads, time_limit)
    with tempfile.TemporaryDirectory() as temporary:
        work, index = Path(temporary), Path(temporary) / "index"
        if existing:
            shutil.copytree(existing, index)
        else:
            with unpack(articles) as folder:
                run_souwen("index", folder, "--index", index, "--engine", engine)
        queries = draw_queries(index, work)
        click.echo(describe_machine())
        with run_server(index, options) as (process, address):
            print_report(asyncio.run(measure(process, address, index, work, queries, options)), options)
        click.echo(NOTES)


if __name__ == "__main__":
    main()
