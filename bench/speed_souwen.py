"""souwen with each of its engines, as systems of the speed benchmark. OpenSearch needs SOUWEN_OPENSEARCH_URL."""

import json
import os
import shutil
from functools import partial
from importlib.metadata import version
from pathlib import Path

from .speed_peers import PeerHit, Query, Search, System, folder_size

ENGINES = ("whoosh", "tantivy", "opensearch")
SERVERS = "SOUWEN_OPENSEARCH_URL"


def _make(engine: str, entities: bool, folder: Path, index: Path) -> None:
    from souwen.indexer import build_index

    report = build_index([folder], index, engine=engine, entities=entities)
    if report.failed:
        raise ValueError(f"{len(report.failed)} files were not indexed: {report.failed[0]}")


def _open(index: Path) -> Search:
    from souwen.query import Searcher

    searcher = Searcher(index)

    def search(query: Query, _: bool) -> list[PeerHit]:
        text = f'"{query.text}"' if query.kind == "phrase" else query.text
        hits = searcher.search(text, limit=10)
        return [PeerHit(hit.url, hit.title, "…".join(snippet.html() for snippet in hit.snippets)) for hit in hits]

    return search


def _size_with_servers(index: Path) -> int:
    from souwen.query import Searcher

    with Searcher(index) as searcher:
        return folder_size(index) + searcher.statistics().size_bytes


def _remove_from_servers(index: Path) -> None:
    """Delete the index at once; souwen itself keeps a replaced index for its readers for a while."""
    from opensearchpy import OpenSearch

    with OpenSearch(os.environ[SERVERS].split(",")) as servers:
        for handle in index.glob("*/index.json"):
            servers.indices.delete(index=json.loads(handle.read_text("utf-8"))["index"])
    shutil.rmtree(index)


def souwen(engine: str, *, entities: bool = True) -> System:
    """Return souwen with an engine; its name leaves out the default engine."""
    name = f"souwen {version('souwen')}" + ("" if engine == "whoosh" else f" --engine {engine}")
    name += "" if entities else " --no-entities"
    system = System(name, ("souwen.indexer", "souwen.query"), partial(_make, engine, entities), _open, (True,))
    return system._replace(size=_size_with_servers, remove=_remove_from_servers) if engine == "opensearch" else system


def engines() -> list[System]:
    """Return souwen with every available engine, with and without named entities."""
    engines = [engine for engine in ENGINES if engine != "opensearch" or SERVERS in os.environ]
    return [souwen(engine, entities=entities) for engine in engines for entities in (True, False)]
