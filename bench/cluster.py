# mypy: disable-error-code="import-not-found"
"""What an archive costs on servers: python -m bench.cluster [--articles FOLDER] [--sizes 5000,20000]

Indexes real articles with the engine `opensearch`, on the servers of SOUWEN_OPENSEARCH_URL, and asks the queries of
bench.speed, with snippets. Prints as a Markdown table what it took an article and a query: processor time here and on
the servers, bytes on their disks. These depend little on what else the machines do, so that a cluster can be sized by
them. The servers should do nothing else.
"""

import json
import os
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from .memory import numbers
from .speed import SAMPLE, SHARED, machine, percentiles, query_report, table, write_queries
from .speed_peers import Query, copied, files_of, read_plain, shuffled, unpacked
from .speed_souwen import SERVERS, souwen

COLUMNS = (
    "kB of text an article",
    "kB on the servers",
    "ms of processor to index: here",
    "servers",
    "ms of processor a query: here",
    "servers",
    "ms a query, p50 / p95",
)
NOTES = """
kB are 10³ bytes; those on the servers are of the primary shards. Processor time is of all threads and processes
together, the servers' as `_nodes/stats/process` counts it. One copy of each shard was written."""


def here() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def servers() -> float:
    """Processor seconds of all servers since they started."""
    from opensearchpy import OpenSearch

    with OpenSearch(os.environ[SERVERS].split(",")) as client:
        nodes = client.nodes.stats(metric="process")["nodes"].values()
    return sum(node["process"]["cpu"]["total_in_millis"] for node in nodes) / 1000


def row(articles: int, work: Path) -> list[str]:
    """Indexes the articles in a folder and asks."""
    system = souwen("opensearch")
    index = work / "index"
    queries = [Query(*query) for query in json.loads((work / "queries.json").read_text("utf-8"))]
    start = np.array([here(), servers()])
    system.make(work / "articles", index)
    indexed = np.array([here(), servers()])
    size = system.size(index)
    query_report(system, index, queries, True)  # fills caches
    warm = np.array([here(), servers()])
    report = query_report(system, index, queries, True)
    asked = np.array([here(), servers()])
    text = sum(len(read_plain(file).text.encode()) for file in files_of(work / "articles"))
    system.remove(index)
    cells = [f"{text / articles / 1000:.1f}", f"{size / articles / 1000:.1f}"]
    cells += [f"{each:.2f}" for each in (indexed - start) / articles * 1000]
    cells += [f"{each:.0f}" for each in (asked - warm) / len(queries) * 1000]
    return [*cells, percentiles([each for times in report["times"].values() for each in times])]


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--sizes", default="5000,20000", callback=numbers, help="With commas between.")
def main(articles: Path, sizes: Sequence[int]) -> None:
    """Measure what an archive costs on servers."""
    click.echo(machine() + "\n")
    rows: dict[str, list[str]] = {}
    with unpacked(articles) as folder:
        files = shuffled(folder)
        for size in sizes:
            with tempfile.TemporaryDirectory() as temporary:
                work = Path(temporary)
                copied(folder, files[:size], work / "articles")
                write_queries([read_plain(file) for file in files[: min(SAMPLE, size)]], work)
                rows[f"{size:,}"] = row(size, work)
                click.echo(f"{size}: {rows[f'{size:,}']}", err=True)
    click.echo(table("articles, souwen --engine opensearch", COLUMNS, rows))
    click.echo(NOTES)


if __name__ == "__main__":
    main()
