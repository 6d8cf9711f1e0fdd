"""Whatever another process publishes meanwhile, an index can be opened, copied and named."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from souwen.engines import IndexLocked
from souwen.indexer import build_index, check_index, copy_index
from souwen.query import Searcher, index_version

from ..conftest import tries
from .generated_archive import write_articles

SIZES = (3, 4)  # articles of the two states between which the index changes


def publish_repeatedly(work: Path, rebuild: bool) -> None:
    """Publish one commit or one rebuilt index after the other until there is a file "stop"."""
    while not (work / "stop").exists():
        for size in SIZES:
            archive = work / f"archive-{size}"
            if not rebuild:  # articles that change, in turn
                write_articles(archive, range(3), time.ctime(), 100)
            build_index(archive, work / "index", rebuild=rebuild, jobs=1)
            (work / "publishing").touch()
            time.sleep(0.1)  # longer than others wait between two tries to get the lock, which they would seldom get


@pytest.fixture(params=[True, False], ids=["rebuilds", "commits"])
def work(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with an index that another process changes all the time."""
    for size in SIZES:
        write_articles(tmp_path / f"archive-{size}", range(size), length=100)
    build_index(tmp_path / "archive-4", tmp_path / "index")
    return tmp_path


@pytest.fixture
def publisher(work: Path, request: pytest.FixtureRequest) -> Iterator[BaseProcess]:
    context = multiprocessing.get_context("forkserver")
    is_rebuilding = "rebuilds" in request.node.name
    process = context.Process(target=publish_repeatedly, args=(work, is_rebuilding), daemon=True)
    before = index_version(work / "index")
    process.start()
    while not (work / "publishing").exists():  # it has to import a lot
        assert process.is_alive()
        time.sleep(0.1)
    yield process
    (work / "stop").touch()
    process.join(60)
    assert index_version(work / "index") != before


def try_for(seconds: float, action: Callable[[], Any]) -> tuple[list[Any], list[str]]:
    """Call a function again and again, and return its results and the errors."""
    results, errors = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            results.append(action())
        except Exception as error:  # noqa: BLE001 - reported to the test
            errors.append(repr(error))
    return results, errors


@pytest.mark.soak
def test_index_opens_while_another_process_publishes(work: Path, publisher: BaseProcess) -> None:
    versions = set()

    def open_index() -> int:
        versions.add(index_version(work / "index"))
        with Searcher(work / "index") as searcher:
            assert len(list(searcher.articles())) == searcher.statistics().articles
            return searcher.statistics().articles

    results, errors = try_for(tries(10, 120), open_index)
    assert publisher.is_alive()
    assert (errors[:3], len(errors)) == ([], 0), len(results)
    assert set(results) <= set(SIZES)
    assert len(versions) > 5


@pytest.mark.soak
def test_index_is_copied_while_another_process_publishes(work: Path, publisher: BaseProcess, tmp_path: Path) -> None:
    copies = 0

    def copy() -> None:
        nonlocal copies
        target = tmp_path / f"copy{copies}"
        try:
            assert copy_index(work / "index", target, jobs=1, lock_timeout=30) in SIZES
        except IndexLocked:
            return
        copies += 1
        assert check_index(target).problems == ()
        with Searcher(target) as searcher:
            assert searcher.statistics().articles in SIZES

    _, errors = try_for(tries(10, 60), copy)
    assert publisher.is_alive()
    assert errors == []
    assert copies
