"""Killed at any moment, a run leaves the index as it was before or as it is after, and the next run completes it."""

import logging
import multiprocessing
import random
import shutil
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest

from souwen.indexer import build_index

from ..conftest import SOAK
from .archives import Look, ids_in, kinds, told, write
from .readers import Seen, read_on_and_on
from .runs import PHASES, Run
from .test_cli import run

log = logging.getLogger(__name__)
READERS = 2
SHORT = 0.002  # seconds of a phase that was too short to be measured
SMALL = 5  # articles in each of the five small segments that the next run merges
Orders: TypeAlias = "Connection[Path | None, Seen]"


class Scenario(NamedTuple):
    """A run that changes an index, if there is one before it."""

    name: str
    index: Path | None
    arguments: tuple[str | Path, ...]
    before: dict[str, Any] | None
    after: dict[str, Any]
    left: list[str]  # kinds of files
    durations: dict[str, float]
    ids: set[str]

    def copy(self, index: Path) -> Path:
        if self.index:
            shutil.copytree(self.index, index)
        return index

    def looks(self) -> list[Look | None]:
        return [self.before["look"] if self.before else None, self.after["look"]]


def scenario(name: str, index: Path | None, arguments: tuple[str | Path, ...], ids: set[str], work: Path) -> Scenario:
    """Makes the run once, undisturbed."""
    made = work / name
    if index:
        shutil.copytree(index, made)
    durations = Run(made, *arguments).durations()
    before, after = told(index, ids) if index else None, told(made, ids)
    assert after
    assert after["articles"] != (before or {}).get("articles")
    log.info("%s: %s", name, {phase: round(taken, 3) for phase, taken in durations.items()})
    return Scenario(name, index, arguments, before, after, kinds(made), durations, ids)


@pytest.fixture(scope="module", params=["generated", "real"] if SOAK else ["generated"])
def scenarios(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scenario]:
    """A first run, an update that merges old segments, and a rebuild, of an archive that has grown and changed."""
    work = tmp_path_factory.mktemp("scenarios")
    old, new = work / "old", work / "new"
    if request.param == "generated":
        size, length = (300, 3500) if SOAK else (60, 600)
        write(old, range(size * 2 // 3), length=length)
        write(new, range(size), length=length)
        write(new, range(0, size // 2, 2), "版二", length)
    else:
        articles = sorted(request.getfixturevalue("rfi").rglob("*.txt"))[:260]
        for folder, part in ((old, articles[:160]), (new, articles)):
            folder.mkdir()
            for article in part:
                shutil.copy(article, folder)
        for article in sorted(new.iterdir())[:120:2]:
            article.write_text(article.read_text("utf-8") + "<p>版二。</p>", "utf-8")
    index = work / "index"
    few = sorted(old.iterdir())[: 5 * SMALL]
    build_index(sorted(old.iterdir())[5 * SMALL :], index)
    for number in range(0, 5 * SMALL, SMALL):
        build_index(few[number : number + SMALL], index, jobs=1)
    ids = ids_in(old, new)
    options = ("--jobs", "2", "--memory", "16") if SOAK else ()
    return {
        "first": scenario("first", None, (new, *options), ids, work),
        "update": scenario("update", index, (new, *options), ids, work),
        "rebuild": scenario("rebuild", index, (new, "--rebuild", *options), ids, work),
    }


@pytest.fixture(scope="module")
def readers() -> Iterator[list[Orders]]:
    """Processes that look at the index whose path they are sent, until they are sent None, and answer what they saw."""
    context = multiprocessing.get_context("forkserver")
    pipes = [context.Pipe() for _ in range(READERS)]
    processes = [context.Process(target=read_on_and_on, args=(theirs,), daemon=True) for _, theirs in pipes]
    for process in processes:
        process.start()
    for _, theirs in pipes:
        theirs.close()
    yield [ours for ours, _ in pipes]
    for ours, _ in pipes:
        ours.close()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0


def told_to_stop(readers: list[Orders]) -> list[Seen]:
    for reader in readers:
        reader.send(None)
    return [reader.recv() for reader in readers]


def moments(scenarios: dict[str, Scenario], count: int) -> Iterator[tuple[Scenario, str, float]]:
    """When to kill which run: by turns at any time, and in a phase, so that the short ones have their share."""
    choose = random.Random(SOAK)
    phases = [(each, phase) for each in scenarios.values() for phase in PHASES]
    choose.shuffle(phases)
    for number in range(count):
        if number % 2:
            made, phase = phases[number // 2 % len(phases)]
            yield made, phase, choose.uniform(0, made.durations.get(phase, SHORT))
        else:
            made = list(scenarios.values())[number // 2 % len(scenarios)]
            yield made, "starting", choose.uniform(0, made.durations["whole"] * 1.1)


@pytest.mark.soak
def test_a_killed_run_leaves_one_state_or_the_other(
    scenarios: dict[str, Scenario], readers: list[Orders], tmp_path: Path
) -> None:
    kills = 50 if SOAK else 3
    hits = set()
    for number, (made, phase, delay) in enumerate(moments(scenarios, kills)):
        index = made.copy(tmp_path / f"index{number}")
        for reader in readers:
            reader.send(index)
        killed = Run(index, *made.arguments)
        hit = killed.kill_in(phase, delay, group=number % 4 != 3)
        hits.add(hit)
        log.info("%s: %s after %.3f s, hit %s", made.name, phase, delay, hit)
        assert killed.is_gone(), hit

        state = told(index, made.ids)
        assert state in (made.before, made.after), hit
        if PHASES.index(hit) < PHASES.index("cleaning"):
            assert state == made.before, hit
        shell = run("search", "中国", "--index", index)
        assert (shell.returncode == 2) == (state is None), hit

        assert run("index", *made.arguments, "--index", index).returncode == 0, hit
        assert told(index, made.ids) == made.after, hit
        assert kinds(index) == made.left, hit
        for seen, wrong in told_to_stop(readers):
            assert wrong == [], hit
            assert seen in (made.looks(), made.looks()[:1], made.looks()[1:]), hit
        shutil.rmtree(index, ignore_errors=True)
    if SOAK:
        assert hits >= {"starting", "reading", "merging"}  # the others are short; see test_kills_each_step
