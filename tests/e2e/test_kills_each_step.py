"""Killed at each thing that it does to a file, one after another, a run leaves one state or the other."""

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
from .archives import ids_in, kinds, told, write

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}  # of Python's audit events; "open" is one more


def index_until(step: int, new: Path, index: Path, rebuild: bool) -> None:
    """Indexes, and is killed before it opens, renames, makes or removes a file of the index for the time `step`."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal step
        if event in STEPS or (event == "open" and str(index) in str(arguments[0])):
            step -= 1
            if not step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    build_index(new, index, rebuild=rebuild, jobs=1)


@pytest.mark.soak
@pytest.mark.parametrize("run", ["first", "update", "rebuild"])
def test_killed_at_each_step(tmp_path: Path, run: str) -> None:
    old, new = write(tmp_path / "old", range(30), length=200), write(tmp_path / "new", range(3, 33, 2), "版二", 200)
    base, ids = tmp_path / "base", ids_in(old, new)
    for number in range(0, 30, 5):  # so that a commit merges
        if run != "first":
            build_index([old / f"{name:06}.txt" for name in range(number, number + 5)], base)
    base.mkdir(exist_ok=True)
    undisturbed = shutil.copytree(base, tmp_path / "undisturbed")
    build_index(new, undisturbed, rebuild=run == "rebuild")
    before, after, left = told(base, ids), told(undisturbed, ids), kinds(undisturbed)
    assert before != after
    states = []
    for step in range(1, 1000, tries(15, 1)):
        index = shutil.copytree(base, tmp_path / f"index{step}")
        killed = multiprocessing.get_context("fork").Process(
            target=index_until, args=(step, new, index, run == "rebuild")
        )
        killed.start()
        killed.join(60)
        if killed.exitcode == 0:
            break
        assert killed.exitcode == -signal.SIGKILL
        states.append(told(index, ids))
        assert states[-1] in (before, after), step
        build_index(new, index, rebuild=run == "rebuild")
        assert told(index, ids) == after, step
        assert kinds(index) == left, step
        shutil.rmtree(index)
    assert len(states) >= tries(2, 20)
    assert states == [before] * states.count(before) + [after] * states.count(after)
    assert states[0] == before
