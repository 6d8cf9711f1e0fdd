"""`souwen index --watch` follows its paths, whatever happens to them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from souwen.engines import IndexDirectory

TIMEOUT = 60.0  # seconds


class Watch:
    """A process that watches `archive`, and the lines that it prints."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "souwen", "index", "archive", "--watch", "--delete-missing", "--no-entities"]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        self._lines: Queue[str] = Queue()
        self._thread = Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + TIMEOUT
        lines = []
        while time.monotonic() < end:
            try:
                lines.append(self._lines.get(timeout=1))
            except Empty:
                assert self.process.poll() is None, lines
                continue
            if text in lines[-1]:
                return
        pytest.fail(f"{text} is not in {lines}")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.txt").write_text("第一篇文章\n\n正文。", "utf-8")
    watch = Watch(tmp_path)
    try:
        watch.wait_for("1 added")
        yield watch
    finally:
        watch.stop()


def test_folder_replaced_by_a_rename_is_watched(watch: Watch, tmp_path: Path) -> None:
    for number in (1, 2):
        new = tmp_path / "new"
        new.mkdir()
        (tmp_path / "archive").rename(tmp_path / f"old{number}")
        new.rename(tmp_path / "archive")
        (tmp_path / "archive" / f"{number}.txt").write_text(f"换过文件夹{number}\n\n正文。", "utf-8")
        watch.wait_for("1 added")
        (tmp_path / "archive" / f"{number}b.txt").write_text(f"换过之后{number}\n\n正文。", "utf-8")
        watch.wait_for("1 added")


def test_watch_goes_on_when_a_missing_folder_is_back(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "archive").rename(tmp_path / "away")
    time.sleep(3)
    (tmp_path / "away" / "b.txt").write_text("第二篇文章\n\n正文。", "utf-8")
    (tmp_path / "away").rename(tmp_path / "archive")
    watch.wait_for("1 added")


def test_watch_waits_for_another_writer(watch: Watch, tmp_path: Path) -> None:
    with IndexDirectory(tmp_path / "index_data").lock(TIMEOUT):
        (tmp_path / "archive" / "b.txt").write_text("第二篇文章\n\n正文。", "utf-8")
        watch.wait_for("waiting: ")
    watch.wait_for("1 added")


def test_watch_goes_on_after_too_many_deletions(watch: Watch, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    records = [f'{{"id": "{number}", "title": "第{number}条"}}\n' for number in range(20)]
    (archive / "b.jsonl").write_text("".join(records), "utf-8")
    watch.wait_for("20 added")
    (archive / "b.jsonl").unlink()
    watch.wait_for("20 of 21 articles are no longer in their files")
    (archive / "b.jsonl").write_text("".join([*records, '{"id": "20", "title": "新的一条"}\n']), "utf-8")
    watch.wait_for("1 added")
