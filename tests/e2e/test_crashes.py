"""After a power cut at any moment, an index is at its old or its new commit, and the next run completes it.

A run is recorded once; each state in which a cut may have left the disk is then written to a folder and used.
"""

import logging
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from souwen.indexer import build_index, check_index, copy_index

from ..conftest import SOAK, tries
from .crash_states import Recording, write_tree
from .generated_archive import article_ids, write_articles
from .index_state import index_state
from .recorder import can_record, record

log = logging.getLogger(__name__)
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not can_record(), reason="records system calls: install strace, and allow it to trace"),
]
SUBSETS = 3  # random subsets of pending operations at each moment
RUNS = ("first", "update", "merge", "delete", "rebuild", "copy")
ENGINES = ["whoosh", pytest.param("tantivy", marks=pytest.mark.skipif(not SOAK, reason="`make soak` does it"))]
IMPORTS = "import sys\nfrom souwen.indexer import build_index, copy_index\n"


class Run(NamedTuple):
    """A recorded run, its repetition, and the states of the index before and after it."""

    recording: Recording
    repeat: Callable[[Path], Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ids: set[str]


def make_run(name: str, engine: str, work: Path) -> Run:
    """Record a run in the folder `work / "disk"`, whose index is in the folder "index"."""
    disk, old, new = work / "disk", work / "old", work / "new"
    write_articles(old, range(12), length=200)
    write_articles(new, range(3, 15, 2), "版二", 200)
    ids = article_ids(old, new)
    disk.mkdir()
    index = disk / "index"
    if name not in ("first", "copy"):
        size = 2 if name == "merge" else 6
        for start in range(0, 12, size):  # several segments; Whoosh merges more than four small ones
            build_index([old / f"{number:06}.txt" for number in range(start, start + size)], index, engine=engine)
        (index / "aliases.txt").write_text("美国 = 米国\n", "utf-8")
    before = index_state(index, ids) if index.exists() else None
    options: dict[str, Any] = {"jobs": 1}
    source: Path = new
    if name == "delete":
        shutil.rmtree(old)
        old.mkdir()
        write_articles(old, range(10, 14), length=200)
        ids |= article_ids(old)
        source = old
        options["delete_missing"] = True
    elif name == "rebuild":
        options["rebuild"] = True
    elif name == "first":
        options["engine"] = engine
    if name == "copy":
        build_index(old, disk / "source", engine=engine)
        (disk / "source" / "aliases.txt").write_text("美国 = 米国\n", "utf-8")
        code = f"copy_index({str(disk / 'source')!r}, {str(index)!r}, jobs=1)"

        def repeat(copy: Path) -> Any:
            return copy_index(copy.with_name("source"), copy, rebuild=True)
    else:
        code = f"build_index({str(source)!r}, {str(index)!r}, **{options!r})"

        def repeat(copy: Path) -> Any:
            return build_index(source, copy, **options)

    recording = record(IMPORTS + code, disk)
    return Run(recording, repeat, before, index_state(index, ids), ids)


def check_state(run: Run, index: Path, is_complete: bool, check_first: bool) -> None:
    """Open the index that a power cut left, continue with it, and check it."""
    state = index_state(index, run.ids)
    assert state == run.after if is_complete else state in (run.before, run.after)
    aliases = index / "aliases.txt"
    if state is not None:
        assert aliases.exists() == (run.recording.after.tree().get("index/aliases.txt") is not None)
        if check_first:
            assert all("souwen index" in problem for problem in check_index(index).problems)
        if is_complete:
            assert check_index(index).problems == ()
    run.repeat(index)
    assert index_state(index, run.ids) == run.after
    assert check_index(index).problems == ()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", RUNS)
def test_every_state_after_a_power_cut_is_a_commit(tmp_path: Path, name: str, engine: str) -> None:
    if engine == "tantivy":
        pytest.importorskip("tantivy")
    run = make_run(name, engine, tmp_path)
    rng = random.Random(f"{SOAK} {name}")
    states = list(run.recording.crash_states(rng, SUBSETS))
    end = len(run.recording.operations)
    log.info("%s, %s: %d operations, %d states", name, engine, end, len(states))
    last = [state for state in states if state[0] == end]
    sample = states if SOAK else [*rng.sample(states, tries(25, 0)), *last[:5]]
    faults = []
    for number, (time, label, tree) in enumerate(sample):
        folder = tmp_path / "state"
        write_tree(tree, folder)
        try:
            check_state(run, folder / "index", time == end, number % 2 == 0)
        except Exception as error:  # noqa: BLE001 - all states are tried, and the faults are counted
            faults.append(f"{time} {label}: {type(error).__name__}: {str(error)[:200]}")
        shutil.rmtree(folder)
    assert not faults, f"{len(faults)} of {len(sample)}: " + "\n".join(faults[:10])
