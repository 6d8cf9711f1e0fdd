"""A run killed at any of its file operations leaves the index as before or as after it."""

import multiprocessing
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from souwen.indexer import build_index

from ..conftest import tries
from .generated_archive import article_ids, write_articles
from .index_state import file_kinds, index_state

FILE_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}  # audit events of Python; "open" is one more


def index_until(step: int, articles: Path, index: Path, rebuild: bool) -> None:
    """Index a folder, and kill the process just before its file operation number `step` on the index."""

    def count_down(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal step
        if event in FILE_EVENTS or (event == "open" and str(index) in str(arguments[0])):
            step -= 1
            if not step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count_down)
    build_index(articles, index, rebuild=rebuild, jobs=1)


@pytest.mark.soak
@pytest.mark.parametrize("run", ["first", "update", "rebuild"])
def test_killed_at_each_step(tmp_path: Path, run: str) -> None:
    old = write_articles(tmp_path / "old", range(30), length=200)
    new = write_articles(tmp_path / "new", range(3, 33, 2), "版二", 200)
    base, ids = tmp_path / "base", article_ids(old, new)
    for start in range(0, 30, 5):  # several segments, so that a commit merges
        if run != "first":
            build_index([old / f"{name:06}.txt" for name in range(start, start + 5)], base)
    base.mkdir(exist_ok=True)
    complete = shutil.copytree(base, tmp_path / "complete")
    build_index(new, complete, rebuild=run == "rebuild")
    before, after, files_after = index_state(base, ids), index_state(complete, ids), file_kinds(complete)
    assert before != after
    states = []
    for step in range(1, 1000, tries(15, 1)):
        index = shutil.copytree(base, tmp_path / f"index{step}")
        process = multiprocessing.get_context("fork").Process(
            target=index_until, args=(step, new, index, run == "rebuild")
        )
        process.start()
        process.join(60)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        states.append(index_state(index, ids))
        assert states[-1] in (before, after), step
        build_index(new, index, rebuild=run == "rebuild")
        assert index_state(index, ids) == after, step
        assert file_kinds(index) == files_after, step
        shutil.rmtree(index)
    assert len(states) >= tries(2, 20)
    assert states == [before] * states.count(before) + [after] * states.count(after)
    assert states[0] == before
