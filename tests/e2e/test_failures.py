"""Full, read-only and deleted disks, and other failures: reported in one line, without loss of indexed articles."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from souwen.engines import IndexUnwritable
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SEEDS, SOAK, tries
from ..indexer.mutations import SAMPLES, mutated
from .generated_archive import article_ids, write_articles
from .index_state import file_sizes, index_state, overview
from .killable_run import PHASES, Run
from .test_cli import run

pytestmark = pytest.mark.soak
Remount = Callable[..., None]


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 40 articles, whose index takes 140 kB."""
    return write_articles(tmp_path_factory.mktemp("new") / "articles", range(40), length=600)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Remount]]:
    """A disk of 40 MB, and a function that remounts it with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", folder], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted: {mounted.stderr.strip()}")

    def remount(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)

    yield folder, remount
    subprocess.run(["umount", folder], check=True)


def reports_full_disk(folder: Path, errors: str) -> bool:
    """Return whether `errors` is one line that names the reason, in the words of the system or of SQLite."""
    prefix, suffix = f"Error: cannot write to {folder} (", "): make room or choose another folder with --index\n"
    reason = errors.removeprefix(prefix).removesuffix(suffix)
    reasons = ("No space left on device", "whoosh-1.files: database or disk is full", "whoosh-1.files: disk I/O error")
    return errors == prefix + reason + suffix and reason in reasons


FREE_SPACES = [*range(0, 24, 4), *range(24, 100, 12)]  # kB


@pytest.mark.parametrize("free_space", FREE_SPACES if SOAK else [16, 80])
def test_a_full_disk_loses_nothing(disk: tuple[Path, Remount], seeds_index: Path, new: Path, free_space: int) -> None:
    """The disk is full at different moments of a commit."""
    folder, remount = disk
    index, ids = shutil.copytree(seeds_index, folder / "index"), article_ids(SEEDS, new)
    before, files_before = index_state(index, ids), file_sizes(index).keys()
    remount(f"size={shutil.disk_usage(folder).used // 1024 + free_space}k")
    done = run("index", new, "--index", index, "--jobs", "1")
    assert (done.returncode, reports_full_disk(index, done.stderr)) == (2, True)
    assert index_state(index, ids) == before
    assert file_sizes(index).keys() == files_before | {"writer.lock", "writer.txt"}
    remount("size=40m")
    assert build_index(new, index).added == 40
    after = index_state(index, ids)
    assert after
    assert after["articles"].keys() == ids


def test_a_full_disk_leaves_no_index_where_there_was_none(disk: tuple[Path, Remount], new: Path) -> None:
    folder, remount = disk
    index = folder / "index"
    remount("size=80k")
    done = run("index", new, "--index", index)
    assert (done.returncode, reports_full_disk(index, done.stderr)) == (2, True)
    assert index_state(index, []) is None
    with pytest.raises(IndexUnwritable):  # again: leftovers of the first run do not change the error
        build_index(new, index)
    remount("size=40m")
    assert build_index(new, index).added == 40
    assert (index_state(index, article_ids(new)) or {})["overview"].articles == 40


def test_a_disk_that_is_read_only_can_be_searched(disk: tuple[Path, Remount], seeds_index: Path, new: Path) -> None:
    folder, remount = disk
    index = shutil.copytree(seeds_index, folder / "index")
    remount("ro")
    reason = "(Read-only file system): make room or choose another folder with --index"
    done = run("index", new, "--index", index)
    assert (done.returncode, done.stderr) == (2, f"Error: cannot write to {index} {reason}\n")
    for target, rebuild in ((index, True), (folder / "another", False)):
        with pytest.raises(IndexUnwritable, match="Read-only"):
            build_index(new, target, rebuild=rebuild)
    assert run("search", "杨涛", "--index", index).returncode == 0


def test_a_deleted_index_still_answers_open_searchers(new: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index([new, SEEDS], index)
    with Searcher(index) as used, Searcher(index) as unused:
        before, suggestions = overview(used), used.suggest("台湾")
        shutil.rmtree(index)
        for searcher in (used, unused):
            assert overview(searcher) == before
            assert searcher.suggest("台湾") == suggestions
            assert searcher.article("https://a.b/7")
    done = run("search", "杨涛", "--index", index)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "no index" in done.stderr


DELETED_IN = [(phase, rebuild) for phase in PHASES if phase not in ("runs", "ending") for rebuild in (False, True)]


@pytest.mark.parametrize(("phase", "rebuild"), DELETED_IN if SOAK else [("reading", False), ("publishing", True)])
def test_an_index_deleted_while_it_is_written(
    seeds_index: Path, new: Path, tmp_path: Path, phase: str, rebuild: bool
) -> None:
    index = shutil.copytree(seeds_index, tmp_path / "index")
    running = Run(index, new, "--jobs", "1", *(["--rebuild"] if rebuild else []))
    running.reach(phase)
    shutil.rmtree(index, ignore_errors=True)
    status, errors = running.end()
    assert status in (0, 2)
    assert len(errors.splitlines()) == (status == 2)
    assert "Traceback" not in errors
    shutil.rmtree(index, ignore_errors=True)
    build_index(new, index)
    assert (index_state(index, article_ids(new)) or {})["overview"].articles == 40


def test_two_writers_take_turns(new: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    others = write_articles(tmp_path / "others", range(1000, 1005))
    first = Run(index, new)
    first.reach("reading")
    second = run("index", others, SEEDS, "--index", index)
    assert first.end() == (0, "")
    assert (second.returncode, second.stderr) == (0, "")
    ids = article_ids(new, others, SEEDS)
    assert (index_state(index, ids) or {})["articles"].keys() == ids


@pytest.mark.skipif(not SOAK, reason="waits for ten seconds; `make soak` does it")
def test_a_second_writer_that_waits_too_long_names_the_first(new: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    first = Run(index, new)
    first.reach("reading")
    os.killpg(first.process.pid, signal.SIGSTOP)
    second = run("index", SEEDS, "--index", index)
    os.killpg(first.process.pid, signal.SIGCONT)
    assert second.returncode == 2
    assert second.stderr.startswith(f"Error: {index} is being written by ")
    assert f" (PID {first.process.pid}): " in second.stderr
    assert second.stderr.count("\n") == 1
    assert first.end() == (0, "")
    assert (index_state(index, article_ids(new)) or {})["overview"].articles == 40


def test_damaged_files_of_every_kind_are_indexed_or_reported(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(tries(3, 50)):
        for name, data in SAMPLES.items():
            (folder / f"{number}.{name}").write_bytes(mutated(data, 1_000_000 + number))
    done = run("index", folder, SEEDS, "--index", tmp_path / "index")
    assert done.returncode == 0
    assert all(line.startswith(("skipped ", "… and ", "damaged text in ")) for line in done.stderr.splitlines())
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.search("杨涛").full
        for query in ("中国 会晤", '"台湾海峡"', "-没有"):
            results = searcher.search(query, limit=1000, collapse=False)
            assert min(results.total, 1000) == len(results.hits)
        assert searcher.suggest("台湾")
