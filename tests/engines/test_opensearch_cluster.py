"""Searching and writing go on while servers die and come back. Takes long, so only `make soak` runs it."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from souwen.engines import IndexDirectory
from souwen.engines.opensearch.connection_settings import server_address
from souwen.engines.opensearch.index_handle import read_handle
from souwen.engines.opensearch.server import Server
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SHARED
from .test_conformance import generated, written

pytestmark = pytest.mark.soak
NODES = 3
PORT = 9280
INITIAL_ARTICLES, ADDED_ARTICLES = 300, 60
SEARCHERS = 2
GREEN_TIMEOUT = 120  # seconds in which every shard must have its replica again
Cluster = Callable[..., str]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a function that runs a command of the tool that starts real nodes, and returns its output."""
    if "SOUWEN_SOAK" not in os.environ:
        pytest.skip("kills servers only in `make soak`")
    tool = Path(os.environ.get("SOUWEN_CLUSTER", SHARED / "cluster" / "cluster"))
    if not tool.exists():
        pytest.skip(f"no cluster to kill nodes of: {tool} is not there")
    home = Path(os.environ.get("SOUWEN_CLUSTER_HOME", Path.home() / ".cache" / "souwen-soak-cluster"))

    def run(*arguments: str) -> str:
        environment = {**os.environ, "SOUWEN_CLUSTER_HOME": str(home)}
        process = subprocess.run([tool, *arguments], env=environment, capture_output=True, text=True, timeout=600)
        assert process.returncode == 0, process.stderr
        return process.stdout

    run("build")
    run("stop")
    urls = run("start", "--nodes", str(NODES), "--port", str(PORT)).splitlines()[-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOUWEN_OPENSEARCH_URL", urls)
        patch.setenv("SOUWEN_OPENSEARCH_SHARDS", str(NODES))
        patch.setenv("SOUWEN_OPENSEARCH_REPLICAS", "1")
        yield run
        logs = [log.read_text("utf-8", "replace") for log in (home / "run").glob("n*.log")]
        run("stop")
    assert len(logs) == NODES
    assert not any("Exception in thread" in log for log in logs)


def archive(count: int) -> list[dict[str, str]]:
    return [{**record, "title": f"第{record['id']}篇：{record['title']}"} for record in generated(1, range(count))]


class BackgroundSearches:
    """Searches until it is stopped, both with a new searcher each time and with one that stays open."""

    def __init__(self, index: Path, articles: int) -> None:
        self._index = index
        self._stopped = threading.Event()
        self.committed = {articles}  # numbers of articles that a search may count
        self.searches = 0
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._search, args=(articles,)) for _ in range(SEARCHERS)]
        for thread in self._threads:
            thread.start()

    def _search(self, articles: int) -> None:
        with Searcher(self._index) as opened:
            whole = len(opened.search("外交", limit=1_000).hits)
            while not self._stopped.is_set():
                try:
                    seen = len(opened.search("外交", limit=1_000).hits), opened.statistics().articles
                    if seen != (whole, articles):
                        self.failures.append(f"an open searcher sees {seen}")
                    with Searcher(self._index) as new:
                        count = new.statistics().articles
                        if count not in self.committed or not new.search("中国 外交").total:
                            self.failures.append(f"a new searcher sees {count}")
                except Exception as error:  # noqa: BLE001 - the test reports every error
                    self.failures.append(f"{type(error).__name__}: {error}")
                self.searches += 1

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()


def wait_until_green(server: Server) -> None:
    """Wait until every shard has its replica."""
    deadline = time.monotonic() + GREEN_TIMEOUT
    while True:
        health = server.request("GET", "/_cluster/health")
        if health["status"] == "green" and health["number_of_nodes"] >= NODES:
            return
        assert time.monotonic() < deadline, health
        time.sleep(0.2)


def test_no_search_fails_and_no_article_is_lost_when_servers_die(cluster: Cluster, tmp_path: Path) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    written(archive(INITIAL_ARTICLES), articles)
    build_index(articles, index, engine="opensearch")
    server = Server(server_address())
    name = read_handle(index / IndexDirectory(index).meta().folder)
    settings = {"index.unassigned.node_left.delayed_timeout": "0"}  # allocate a new replica immediately
    server.request("PUT", f"/{name}/_settings", settings)
    wait_until_green(server)
    searching = BackgroundSearches(index, INITIAL_ARTICLES)
    total = INITIAL_ARTICLES
    try:
        for node in range(1, NODES + 1):
            before = searching.searches
            cluster("kill", str(node))
            searching.committed.add(total + ADDED_ARTICLES)
            written(archive(total + ADDED_ARTICLES), articles)
            report = build_index(articles, index)
            assert (report.added, report.skipped) == (ADDED_ARTICLES, total)
            total += ADDED_ARTICLES
            while searching.searches < before + 4:
                time.sleep(0.05)
            cluster("restart", str(node))
            wait_until_green(server)
    finally:
        searching.stop()
    assert searching.failures == []
    assert searching.searches > 4 * NODES
    expected = tmp_path / "expected"
    build_index(articles, expected)
    with Searcher(index) as searcher, Searcher(expected) as whole:
        assert searcher.statistics().articles == total
        for query in ("外交", "-外交", "布林肯", '"中美关系"'):
            ids = [{hit.id for hit in opened.search(query, limit=1_000)} for opened in (searcher, whole)]
            assert ids[0] == ids[1], query
    server.close()
