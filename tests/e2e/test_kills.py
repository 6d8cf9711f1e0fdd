"""A run killed at any moment leaves the index as before or as after it, and the next run completes it."""

import logging
import multiprocessing
import os
import random
import shutil
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest

from souwen.indexer import build_index

from ..conftest import SOAK
from .concurrent_readers import Observation, read_until_stopped
from .generated_archive import article_ids, write_articles
from .index_state import Overview, file_kinds, index_state
from .killable_run import PHASES, Run
from .test_cli import run

log = logging.getLogger(__name__)
READERS = 2
KILLS = int(os.environ.get("SOUWEN_KILLS", "100"))  # of a soak test, half of them in generated, half in real archives
DEFAULT_PHASE_SECONDS = 0.002  # for a phase that was too short to be measured
SMALL_SEGMENT = 5  # articles in each of the five small segments that the next run merges
Orders: TypeAlias = "Connection[Path | None, Observation]"


class Scenario(NamedTuple):
    """A run that makes or changes an index, with the states before and after it."""

    name: str
    index: Path | None
    arguments: tuple[str | Path, ...]
    before: dict[str, Any] | None
    after: dict[str, Any]
    files_after: list[str]  # kinds of files
    durations: dict[str, float]
    ids: set[str]

    def copy_index(self, index: Path) -> Path:
        if self.index:
            shutil.copytree(self.index, index)
        return index

    def overviews(self) -> list[Overview | None]:
        return [self.before["overview"] if self.before else None, self.after["overview"]]


def make_scenario(
    name: str, index: Path | None, arguments: tuple[str | Path, ...], ids: set[str], work: Path
) -> Scenario:
    """Return a scenario, after one run that nobody kills."""
    complete = work / name
    if index:
        shutil.copytree(index, complete)
    durations = Run(complete, *arguments).durations()
    before, after = index_state(index, ids) if index else None, index_state(complete, ids)
    assert after
    assert after["articles"] != (before or {}).get("articles")
    log.info("%s: %s", name, {phase: round(seconds, 3) for phase, seconds in durations.items()})
    return Scenario(name, index, arguments, before, after, file_kinds(complete), durations, ids)


@pytest.fixture(scope="module", params=["generated", "real"] if SOAK else ["generated"])
def scenarios(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scenario]:
    """A first run, an update that merges old segments, and a rebuild, of an archive that has grown and changed."""
    work = tmp_path_factory.mktemp("scenarios")
    old, new = work / "old", work / "new"
    if request.param == "generated":
        size, length = (300, 3500) if SOAK else (60, 600)
        write_articles(old, range(size * 2 // 3), length=length)
        write_articles(new, range(size), length=length)
        write_articles(new, range(0, size // 2, 2), "版二", length)
    else:
        articles = sorted(request.getfixturevalue("rfi").rglob("*.txt"))[:260]
        for folder, part in ((old, articles[:160]), (new, articles)):
            folder.mkdir()
            for article in part:
                shutil.copy(article, folder)
        for article in sorted(new.iterdir())[:120:2]:
            article.write_text(article.read_text("utf-8") + "<p>版二。</p>", "utf-8")
    index = work / "index"
    small = sorted(old.iterdir())[: 5 * SMALL_SEGMENT]
    build_index(sorted(old.iterdir())[5 * SMALL_SEGMENT :], index)
    for start in range(0, 5 * SMALL_SEGMENT, SMALL_SEGMENT):
        build_index(small[start : start + SMALL_SEGMENT], index, jobs=1)
    ids = article_ids(old, new)
    options = ("--jobs", "2", "--memory", "16") if SOAK else ()
    return {
        "first": make_scenario("first", None, (new, *options), ids, work),
        "update": make_scenario("update", index, (new, *options), ids, work),
        "rebuild": make_scenario("rebuild", index, (new, "--rebuild", *options), ids, work),
    }


@pytest.fixture(scope="module")
def readers() -> Iterator[list[Orders]]:
    """Processes that watch the index whose path they receive until they receive None, and send their observation."""
    context = multiprocessing.get_context("forkserver")
    pipes = [context.Pipe() for _ in range(READERS)]
    processes = [context.Process(target=read_until_stopped, args=(theirs,), daemon=True) for _, theirs in pipes]
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


def stop_readers(readers: list[Orders]) -> list[Observation]:
    for reader in readers:
        reader.send(None)
    return [reader.recv() for reader in readers]


def kill_times(scenarios: dict[str, Scenario], count: int) -> Iterator[tuple[Scenario, str, float]]:
    """Yield scenarios, phases and delays: in turn at any time of a run, and in a phase, so that short ones get hit."""
    rng = random.Random(SOAK)
    phases = [(scenario, phase) for scenario in scenarios.values() for phase in PHASES]
    rng.shuffle(phases)
    for number in range(count):
        if number % 2:
            scenario, phase = phases[number // 2 % len(phases)]
            yield scenario, phase, rng.uniform(0, scenario.durations.get(phase, DEFAULT_PHASE_SECONDS))
        else:
            scenario = list(scenarios.values())[number // 2 % len(scenarios)]
            yield scenario, "starting", rng.uniform(0, scenario.durations["whole"] * 1.1)


@pytest.mark.soak
def test_a_killed_run_leaves_the_state_before_or_after_it(
    scenarios: dict[str, Scenario], readers: list[Orders], tmp_path: Path
) -> None:
    kills = max(1, KILLS // 2) if SOAK else 3
    phases_hit = set()
    for number, (scenario, phase, delay) in enumerate(kill_times(scenarios, kills)):
        index = scenario.copy_index(tmp_path / f"index{number}")
        for reader in readers:
            reader.send(index)
        killed = Run(index, *scenario.arguments)
        hit = killed.kill_in(phase, delay, group=number % 4 != 3)
        phases_hit.add(hit)
        log.info("%s: %s after %.3f s, hit %s", scenario.name, phase, delay, hit)
        assert killed.is_gone(), hit

        state = index_state(index, scenario.ids)
        assert state in (scenario.before, scenario.after), hit
        if PHASES.index(hit) < PHASES.index("cleaning"):
            assert state == scenario.before, hit
        shell = run("search", "中国", "--index", index)
        assert (shell.returncode == 2) == (state is None), hit

        assert run("index", *scenario.arguments, "--index", index).returncode == 0, hit
        assert index_state(index, scenario.ids) == scenario.after, hit
        assert file_kinds(index) == scenario.files_after, hit
        expected = scenario.overviews()
        for states, errors in stop_readers(readers):
            assert errors == [], hit
            assert states in (expected, expected[:1], expected[1:]), hit
        shutil.rmtree(index, ignore_errors=True)
    if SOAK:
        assert phases_hit >= {"starting", "reading", "merging"}  # the others are short; see test_kills_each_step
