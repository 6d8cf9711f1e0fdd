"""Servers die and come back; who searches and who writes does not notice. Longer than a test: part of `make soak`."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from souwen.engines import IndexDirectory
from souwen.engines.opensearch import handle
from souwen.engines.opensearch.connection_settings import address
from souwen.engines.opensearch.server import Server
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SHARED
from .test_conformance import generated, written

pytestmark = pytest.mark.soak
NODES = 3
PORT = 9280
FIRST, MORE = 300, 60  # articles
SEARCHERS = 2
GREEN = 120  # seconds that shards may take to be whole again
Cluster = Callable[..., str]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Runs a command of the tool that starts real nodes; what it prints."""
    if "SOUWEN_SOAK" not in os.environ:
        pytest.skip("kills servers only in `make soak`")
    tool = Path(os.environ.get("SOUWEN_CLUSTER", SHARED / "cluster" / "cluster"))
    if not tool.exists():
        pytest.skip(f"no cluster to kill nodes of: {tool} is not there")
    home = Path(os.environ.get("SOUWEN_CLUSTER_HOME", Path.home() / ".cache" / "souwen-soak-cluster"))

    def run(*arguments: str) -> str:
        environment = {**os.environ, "SOUWEN_CLUSTER_HOME": str(home)}
        done = subprocess.run([tool, *arguments], env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return done.stdout

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


class Searching:
    """Searches until it is stopped: with a searcher of its own each time, and with one that stays open."""

    def __init__(self, index: Path, articles: int) -> None:
        self._index = index
        self._done = threading.Event()
        self.committed = {articles}  # numbers of articles that a search may see
        self.searches = 0
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._search, args=(articles,)) for _ in range(SEARCHERS)]
        for thread in self._threads:
            thread.start()

    def _search(self, articles: int) -> None:
        with Searcher(self._index) as opened:
            whole = len(opened.search("外交", limit=1_000).hits)
            while not self._done.is_set():
                try:
                    seen = len(opened.search("外交", limit=1_000).hits), opened.statistics().articles
                    if seen != (whole, articles):
                        self.failures.append(f"an open searcher sees {seen}")
                    with Searcher(self._index) as anew:
                        count = anew.statistics().articles
                        if count not in self.committed or not anew.search("中国 外交").total:
                            self.failures.append(f"a new searcher sees {count}")
                except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test looks for
                    self.failures.append(f"{type(error).__name__}: {error}")
                self.searches += 1

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


def waits_until_whole(server: Server) -> None:
    """Until every shard has its replica."""
    ends = time.monotonic() + GREEN
    while (health := server.ask("GET", "/_cluster/health"))["status"] != "green" or health["number_of_nodes"] < NODES:
        assert time.monotonic() < ends, health
        time.sleep(0.2)


def test_no_search_fails_and_no_article_is_lost(cluster: Cluster, tmp_path: Path) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    written(archive(FIRST), articles)
    build_index(articles, index, engine="opensearch")
    server = Server(address())
    name = handle.read(index / IndexDirectory(index).meta().folder)
    settings = {"index.unassigned.node_left.delayed_timeout": "0"}  # a replica is made anew at once
    server.ask("PUT", f"/{name}/_settings", settings)
    waits_until_whole(server)
    searching = Searching(index, FIRST)
    total = FIRST
    try:
        for node in range(1, NODES + 1):
            before = searching.searches
            cluster("kill", str(node))
            searching.committed.add(total + MORE)
            written(archive(total + MORE), articles)
            report = build_index(articles, index)
            assert (report.added, report.skipped) == (MORE, total)
            total += MORE
            while searching.searches < before + 4:
                time.sleep(0.05)
            cluster("restart", str(node))
            waits_until_whole(server)
    finally:
        searching.stop()
    assert searching.failures == []
    assert searching.searches > 4 * NODES
    expected = tmp_path / "expected"
    build_index(articles, expected)
    with Searcher(index) as searcher, Searcher(expected) as whole:
        assert searcher.statistics().articles == total
        for query in ("外交", "-外交", "布林肯", '"中美关系"'):
            ids = [{hit.id for hit in each.search(query, limit=1_000)} for each in (searcher, whole)]
            assert ids[0] == ids[1], query
    server.close()
