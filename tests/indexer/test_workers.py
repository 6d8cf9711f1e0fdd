"""A unit that kills its worker, or takes too much time or memory, costs only itself."""

import faulthandler
import json
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from souwen.analysis import AnalyzedArticle, Analyzer
from souwen.engines.whoosh import WhooshEngine
from souwen.indexer import ReadError, WorkerPoolFailed, build_index, worker_process
from souwen.indexer.cleaning import Cleaner
from souwen.indexer.files.read_units import read_units
from souwen.indexer.limits import Limits
from souwen.indexer.preparation import ChangedArticle, IndexingConfig
from souwen.indexer.worker_process import StepInterrupted, WorkerProcess
from souwen.indexer.workers import BATCH_UNITS, WorkerPool

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


class Deadly(WhooshEngine):
    """Misbehaves in the process that prepares an article titled 致命, 崩溃, 无尽, 巨大 or 警告."""

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[Any]:
        prepared = list(batch)
        titles = {analyzed.article.title for analyzed, _ in prepared}
        if "致命" in titles:
            os.kill(os.getpid(), signal.SIGKILL)
        if "崩溃" in titles:
            faulthandler.enable()  # reports the end of the process as C code does
            os.abort()
        if "警告" in titles:
            os.write(2, "这里有一个警告\n".encode())
        if "无尽" in titles:
            sum(number for number in iter(int, 1))  # forever
        if "巨大" in titles:
            bytearray(2_000_000_000)
        return super().prepare(prepared)


def write_files(folder: Path, count: int, deadly: set[int], bad_title: str = "致命") -> list[Path]:
    folder.mkdir()
    for number in range(count):
        title = bad_title if number in deadly else f"第{number}篇"
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


def test_dying_worker_writes_nothing(tmp_path: Path, config: IndexingConfig, capfd: pytest.CaptureFixture[str]) -> None:
    files = write_files(tmp_path / "articles", 6, {3}, "崩溃")
    with closing(WorkerPool(config, jobs=2)) as pool:
        results = list(pool.prepare(read_units(files), Cleaner({})))
    assert [isinstance(outcome, ReadError) for _, [outcome] in results] == [number == 3 for number in range(6)]
    assert capfd.readouterr() == ("", "")


def test_output_of_a_living_worker_reaches_the_user_once(
    tmp_path: Path, config: IndexingConfig, capfd: pytest.CaptureFixture[str]
) -> None:
    files = write_files(tmp_path / "articles", 3, {1}, "警告")
    with closing(WorkerPool(config, jobs=1)) as pool:
        for _ in range(2):
            list(pool.prepare(read_units(files), Cleaner({})))
            assert capfd.readouterr().err == "这里有一个警告\n"


def test_workers_that_keep_dying_end_the_run(
    tmp_path: Path, config: IndexingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "MAX_FAILURES_IN_ROW", 3)
    files = write_files(tmp_path / "articles", 4, {0, 1, 2, 3})
    with closing(WorkerPool(config, jobs=2)) as pool, pytest.raises(WorkerPoolFailed, match="free some memory"):
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


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("无尽", "longer than 10 seconds"),
        pytest.param(
            "巨大",
            "more than 400 MB",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="bounds memory on Linux"),
        ),
    ],
)
def test_limits_cost_only_the_file_that_exceeds_them(
    title: str, reason: str, tmp_path: Path, config: IndexingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "LIMITS", Limits(read_seconds=10))
    files = write_files(tmp_path / "articles", 12, {5}, title)
    with closing(WorkerPool(config, jobs=2)) as pool:
        results = list(pool.prepare(read_units(files), Cleaner({})))
    for number, (_, [outcome]) in enumerate(results):
        assert isinstance(outcome, ReadError if number == 5 else ChangedArticle)
        assert number != 5 or reason in str(outcome)


def test_one_slow_page_is_reported_whatever_the_number_of_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is read in time here, in the sample or later. Text is read in this process."""
    articles = tmp_path / "articles"
    write_files(articles, 30, set())
    (articles / "slow.html").write_text("<html><body><p>" + "台湾海峡的局势" * 100, "utf-8")
    monkeypatch.setattr(worker_process, "LIMITS", Limits(read_seconds=0, read_seconds_per_mb=0))
    report = build_index(articles, tmp_path / "index", jobs=1)
    assert report.added == 30
    [failure] = report.failed
    assert Path(failure.path).name == "slow.html"
    monkeypatch.undo()
    report = build_index(articles, tmp_path / "index", jobs=1)  # the cause may have been the machine
    assert (report.added, report.failed) == (1, ())


def test_error_in_a_worker_is_raised(tmp_path: Path) -> None:
    with closing(WorkerProcess(make_failing_task)) as process, pytest.raises(ZeroDivisionError):
        process.call(0)


def test_broken_connection_of_a_task_is_not_taken_for_a_dead_worker() -> None:
    with closing(WorkerProcess(make_disconnected_task)) as process:
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                process.call()


def make_disconnected_task() -> Any:
    def task(begin_step: Any) -> None:
        raise ConnectionRefusedError

    return task


def test_worker_that_dies_while_it_answers_is_restarted(tmp_path: Path) -> None:
    with closing(WorkerProcess(make_half_answer_task, tmp_path / "has_died")) as process:
        with pytest.raises(StepInterrupted, match="died"):
            process.call()
        assert process.call() == "再次"


def make_half_answer_task(has_died: Path) -> Any:
    def send_half(connection: Any, message: bytes) -> None:
        os.write(connection.fileno(), message[: len(message) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    def task(begin_step: Any) -> str:
        if not has_died.exists():
            has_died.touch()
            Connection._send = send_half  # type: ignore[attr-defined]
        return "再次"

    return task


def make_failing_task() -> Any:
    return lambda number, begin_step: 1 // number


def test_closed_process_does_not_start_again() -> None:
    process = WorkerProcess(make_failing_task)
    process.close()
    with pytest.raises((StepInterrupted, WorkerPoolFailed)):
        process.call(1)
    with pytest.raises(WorkerPoolFailed):
        process.call(1)
