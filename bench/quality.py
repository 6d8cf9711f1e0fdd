"""Benchmark of ranking quality against named peers.

    python -m bench.quality [--data FOLDER] [--collection NAME]...

Indexes each collection of the folder with every system, runs all of its queries, and prints Markdown tables.
"""

import json
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click

from souwen.query.evaluation import Judgements, Queries, compute_measures, read_qrels, read_queries, trec_id

from .peers import Document, System, silent, systems

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("SOUWEN_SHARED", ROOT.parent / "shared"))


class Collection(NamedTuple):
    """A test collection: articles, queries and relevance judgements. `file` has the articles as JSON lines."""

    name: str
    file: Path
    documents: list[Document]
    queries: Queries
    qrels: Judgements


class Result(NamedTuple):
    """The measures of one system on one collection."""

    measures: dict[str, float]
    indexing_s: float
    median_ms: float


def read_collection(folder: Path) -> Collection:
    """Read the collection in a folder: corpus.jsonl, queries.jsonl, qrels.trec."""
    file = folder / "corpus.jsonl"
    records = map(json.loads, file.read_text("utf-8").splitlines())
    documents = [Document(record["id"], record["title"], record["text"]) for record in records]
    queries, qrels = read_queries(folder / "queries.jsonl"), read_qrels(folder / "qrels.trec")
    return Collection(
        folder.name, file, documents, {query: queries[query] for query in queries if query in qrels}, qrels
    )


def run_system(system: System, collection: Collection, depth: int) -> Result:
    """Index the collection, and run all of its queries for `depth` articles."""
    with tempfile.TemporaryDirectory() as folder, silent():
        started = time.perf_counter()
        search = system.make(collection.documents, collection.file, Path(folder))
        indexing = time.perf_counter() - started
        times: list[float] = []
        rankings: dict[str, list[str]] = {}
        for query, text in collection.queries.items():
            started = time.perf_counter()
            ids = search(text, depth)
            times.append((time.perf_counter() - started) * 1000)
            rankings[query] = [trec_id(article_id) for article_id in ids]
    qrels = {query: collection.qrels[query] for query in collection.queries}
    return Result(compute_measures(qrels, rankings), indexing, median(times))


def table(title: str, collections: Sequence[Collection], rows: dict[str, list[str]]) -> str:
    """Return a Markdown table with a row for each system and a column for each collection."""
    lines = [f"| {title} | " + " | ".join(collection.name for collection in collections) + " |"]
    lines.append("|---" * (len(collections) + 1) + "|")
    lines += [f"| {system} | " + " | ".join(cells) + " |" for system, cells in rows.items()]
    return "\n" + "\n".join(lines)


@click.command()
@click.option("--data", default=SHARED / "eval", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--collection", "names", multiple=True, help="Run only this collection (repeatable).")
@click.option("--depth", default=10, show_default=True, help="Number of hits for each query; recall@100 needs 100.")
def main(data: Path, names: tuple[str, ...], depth: int) -> None:
    """Compare the ranking quality of souwen and its peers."""
    folders = sorted(file.parent for file in data.glob("*/corpus.jsonl"))
    collections = [read_collection(folder) for folder in folders if not names or folder.name in names]
    if not collections:
        raise click.UsageError(f"no such collection in {data}: it has {', '.join(folder.name for folder in folders)}")
    click.echo(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}\n")
    click.echo(
        "; ".join(
            f"{collection.name}: {len(collection.documents)} articles, {len(collection.queries)} queries"
            for collection in collections
        )
    )
    results: dict[str, list[Result]] = {}
    for system in systems():
        for collection in collections:
            click.echo(f"{system.name}: {collection.name} …", err=True)
            results.setdefault(system.name, []).append(run_system(system, collection, depth))
    for measure in ("MRR@10", "nDCG@10", "recall@10", *(("recall@100",) if depth >= 100 else ())):
        rows = {system: [f"{result.measures[measure]:.3f}" for result in row] for system, row in results.items()}
        click.echo(table(measure, collections, rows))
    rows = {system: [f"{result.median_ms:.1f}" for result in row] for system, row in results.items()}
    click.echo(table(f"ms a query (median, {depth} articles)", collections, rows))
    rows = {system: [f"{result.indexing_s:.1f}" for result in row] for system, row in results.items()}
    click.echo(table("s to index", collections, rows))


if __name__ == "__main__":
    main()
