"""Workers that die while they read cost only the unit that they were preparing."""

import json
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from souwen.analysis import AnalyzedArticle, Analyzer
from souwen.engines.whoosh import WhooshEngine
from souwen.indexer import ReadError, WorkerPoolFailed, build_index, workers
from souwen.indexer.cleaning import Cleaner
from souwen.indexer.files.read_units import read_units
from souwen.indexer.preparation import ChangedArticle, IndexingConfig
from souwen.indexer.workers import BATCH_UNITS, WorkerPool

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


class Deadly(WhooshEngine):
    """Kills the process that prepares an article titled 致命."""

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[Any]:
        prepared = list(batch)
        if any(analyzed.article.title == "致命" for analyzed, _ in prepared):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().prepare(prepared)


def write_files(folder: Path, count: int, deadly: set[int]) -> list[Path]:
    folder.mkdir()
    for number in range(count):
        title = "致命" if number in deadly else f"第{number}篇"
        (folder / f"{number:05}.json").write_text(json.dumps({"id": str(number), "title": title}), "utf-8")
    return sorted(folder.iterdir())


@pytest.fixture
def config(tmp_path: Path) -> IndexingConfig:
    (tmp_path / "whoosh-1").mkdir()
    engine = Deadly(tmp_path / "whoosh-1")
    engine.create()
    return IndexingConfig(engine, Analyzer(), {})


def test_dead_worker_costs_only_the_file_it_was_preparing(tmp_path: Path, config: IndexingConfig) -> None:
    deadly = {BATCH_UNITS + 3, 3 * BATCH_UNITS}
    files = write_files(tmp_path / "articles", 4 * BATCH_UNITS, deadly)
    with closing(WorkerPool(config, jobs=2)) as pool:
        results = list(pool.prepare(read_units(files), Cleaner({})))
    assert [Path(unit.name) for unit, _ in results] == files
    for number, (_, [outcome]) in enumerate(results):
        if number in deadly:
            assert isinstance(outcome, ReadError)
            assert "died" in str(outcome)
        else:
            assert isinstance(outcome, ChangedArticle)
            assert outcome.article.id == str(number)


def test_workers_that_keep_dying_end_the_run(
    tmp_path: Path, config: IndexingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MAX_RESTARTS", 3)
    files = write_files(tmp_path / "articles", 4, {0, 1, 2, 3})
    with closing(WorkerPool(config, jobs=2)) as pool, pytest.raises(WorkerPoolFailed, match="--jobs 1"):
        list(pool.prepare(read_units(files), Cleaner({})))


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_killed_worker_loses_no_readable_article(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    text = "台湾海峡的局势" * 200
    articles.mkdir()
    for number in range(800):
        (articles / f"{number:05}.json").write_text(
            json.dumps({"id": str(number), "title": "甲", "body": text}), "utf-8"
        )
    killed = []

    def kill_one(done: int, files: int) -> None:
        if not killed and done:
            children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
            worker_pids = [pid for pid in children if b"loky" in Path(f"/proc/{pid}/cmdline").read_bytes()]
            os.kill(int(worker_pids[-1]), signal.SIGKILL)
            killed.append(worker_pids[-1])

    report = build_index(articles, tmp_path / "index", jobs=2, progress=kill_one)
    assert killed
    assert (report.added, report.failed) == (800, ())
