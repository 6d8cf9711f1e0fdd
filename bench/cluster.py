# mypy: disable-error-code="import-not-found"
"""Benchmark of an OpenSearch cluster: processor time and disk space for each article and query.

    python -m bench.cluster [--articles FOLDER] [--sizes 5000,20000]

Indexes real articles with the engine `opensearch`, on the servers of SOUWEN_OPENSEARCH_URL, and runs the queries of
bench.speed, with snippets. Prints a Markdown table of the processor time here and on the servers, and of the bytes on
their disks. These depend little on the load of the machines, so they help to size a cluster. The servers should do
nothing else.
"""

import json
import os
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from .memory import parse_numbers
from .speed import SAMPLE_SIZE, SHARED, describe_machine, percentiles, query_report, table, write_queries
from .speed_peers import Query, article_files, copy_files, read_document, shuffled_files, unpack
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
kB are 10³ bytes, on the servers of the primary shards only. Processor time is the sum of all threads and processes, on
the servers as `_nodes/stats/process` counts it. Each shard had one copy."""


def own_processor_seconds() -> float:
    """Return the processor time of this process and of its ended children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def server_processor_seconds() -> float:
    """Return the processor time of all servers since they started."""
    from opensearchpy import OpenSearch

    with OpenSearch(os.environ[SERVERS].split(",")) as client:
        nodes = client.nodes.stats(metric="process")["nodes"].values()
    return float(sum(node["process"]["cpu"]["total_in_millis"] for node in nodes)) / 1000


def measure_row(articles: int, work: Path) -> list[str]:
    """Index the articles in a folder, run the queries, and return the cells of their row."""
    system = souwen("opensearch")
    index = work / "index"
    queries = [Query(*query) for query in json.loads((work / "queries.json").read_text("utf-8"))]
    before = np.array([own_processor_seconds(), server_processor_seconds()])
    system.make(work / "articles", index)
    indexed = np.array([own_processor_seconds(), server_processor_seconds()])
    size = system.size(index)
    query_report(system, index, queries, True)  # fills caches
    warm = np.array([own_processor_seconds(), server_processor_seconds()])
    report = query_report(system, index, queries, True)
    searched = np.array([own_processor_seconds(), server_processor_seconds()])
    text = sum(len(read_document(file).text.encode()) for file in article_files(work / "articles"))
    system.remove(index)
    cells = [f"{text / articles / 1000:.1f}", f"{size / articles / 1000:.1f}"]
    cells += [f"{milliseconds:.2f}" for milliseconds in (indexed - before) / articles * 1000]
    cells += [f"{milliseconds:.0f}" for milliseconds in (searched - warm) / len(queries) * 1000]
    return [*cells, percentiles([milliseconds for times in report["times"].values() for milliseconds in times])]


@click.command()
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--sizes", default="5000,20000", callback=parse_numbers, help="Numbers of articles, separated by commas.")
def main(articles: Path, sizes: Sequence[int]) -> None:
    """Measure the resources that an archive needs on OpenSearch servers."""
    click.echo(describe_machine() + "\n")
    rows: dict[str, list[str]] = {}
    with unpack(articles) as folder:
        files = shuffled_files(folder)
        for size in sizes:
            with tempfile.TemporaryDirectory() as temporary:
                work = Path(temporary)
                copy_files(folder, files[:size], work / "articles")
                write_queries([read_document(file) for file in files[: min(SAMPLE_SIZE, size)]], work)
                rows[f"{size:,}"] = measure_row(size, work)
                click.echo(f"{size}: {rows[f'{size:,}']}", err=True)
    click.echo(table("articles, souwen --engine opensearch", COLUMNS, rows))
    click.echo(NOTES)


if __name__ == "__main__":
    main()
