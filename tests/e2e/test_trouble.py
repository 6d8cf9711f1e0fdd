"""What may go wrong around a run is told in one line, and costs no article that was in the index."""

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
from .archives import files, ids_in, look, told, write
from .runs import PHASES, Run
from .test_cli import run

pytestmark = pytest.mark.soak
SeeTo = Callable[..., None]


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 articles; their index takes 140 kB."""
    return write(tmp_path_factory.mktemp("new") / "articles", range(40), length=600)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, SeeTo]]:
    """A disk of 40 MB, and what mounts it anew with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", folder], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no disk can be mounted: {made.stderr.strip()}")

    def see_to(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)

    yield folder, see_to
    subprocess.run(["umount", folder], check=True)


def is_full(folder: Path, errors: str) -> bool:
    """Whether that is said in one line, by the system or by SQLite."""
    begin, end = f"Error: cannot write to {folder} (", "): make room or choose another folder with --index\n"
    reason = errors.removeprefix(begin).removesuffix(end)
    said = ("No space left on device", "whoosh-1.files: database or disk is full", "whoosh-1.files: disk I/O error")
    return errors == begin + reason + end and reason in said


ROOMS = [*range(0, 24, 4), *range(24, 100, 12)]  # kB


@pytest.mark.parametrize("room", ROOMS if SOAK else [16, 80])
def test_a_full_disk_costs_nothing(disk: tuple[Path, SeeTo], seeds_index: Path, new: Path, room: int) -> None:
    """The commit gets to here or there."""
    folder, see_to = disk
    index, ids = shutil.copytree(seeds_index, folder / "index"), ids_in(SEEDS, new)
    before, kept = told(index, ids), files(index).keys()
    see_to(f"size={shutil.disk_usage(folder).used // 1024 + room}k")
    done = run("index", new, "--index", index, "--jobs", "1")
    assert (done.returncode, is_full(index, done.stderr)) == (2, True)
    assert told(index, ids) == before
    assert files(index).keys() == kept | {"writer.lock", "writer.txt"}
    see_to("size=40m")
    assert build_index(new, index).added == 40
    after = told(index, ids)
    assert after
    assert after["articles"].keys() == ids


def test_a_full_disk_leaves_no_index_where_there_was_none(disk: tuple[Path, SeeTo], new: Path) -> None:
    folder, see_to = disk
    index = folder / "index"
    see_to("size=80k")
    done = run("index", new, "--index", index)
    assert (done.returncode, is_full(index, done.stderr)) == (2, True)
    assert told(index, []) is None
    with pytest.raises(IndexUnwritable):  # once more: what the first left does not change what is told
        build_index(new, index)
    see_to("size=40m")
    assert build_index(new, index).added == 40
    assert (told(index, ids_in(new)) or {})["look"].articles == 40


def test_a_disk_that_is_read_only_can_be_searched(disk: tuple[Path, SeeTo], seeds_index: Path, new: Path) -> None:
    folder, see_to = disk
    index = shutil.copytree(seeds_index, folder / "index")
    see_to("ro")
    reason = "(Read-only file system): make room or choose another folder with --index"
    done = run("index", new, "--index", index)
    assert (done.returncode, done.stderr) == (2, f"Error: cannot write to {index} {reason}\n")
    for made, rebuild in ((index, True), (folder / "another", False)):
        with pytest.raises(IndexUnwritable, match="Read-only"):
            build_index(new, made, rebuild=rebuild)
    assert run("search", "杨涛", "--index", index).returncode == 0


def test_an_index_that_is_deleted_answers_who_has_it_open(new: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index([new, SEEDS], index)
    with Searcher(index) as looked_at, Searcher(index) as untouched:
        before, suggestions = look(looked_at), looked_at.suggest("台湾")
        shutil.rmtree(index)
        for searcher in (looked_at, untouched):
            assert look(searcher) == before
            assert searcher.suggest("台湾") == suggestions
            assert searcher.article("https://a.b/7")
    done = run("search", "杨涛", "--index", index)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "no index" in done.stderr


DELETED_IN = [(phase, rebuild) for phase in PHASES if phase not in ("runs", "ending") for rebuild in (False, True)]


@pytest.mark.parametrize(("phase", "rebuild"), DELETED_IN if SOAK else [("reading", False), ("publishing", True)])
def test_an_index_that_is_deleted_while_it_is_written(
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
    assert (told(index, ids_in(new)) or {})["look"].articles == 40


def test_two_writers_at_once_write_one_after_the_other(new: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    others = write(tmp_path / "others", range(1000, 1005))
    first = Run(index, new)
    first.reach("reading")
    second = run("index", others, SEEDS, "--index", index)
    assert first.end() == (0, "")
    assert (second.returncode, second.stderr) == (0, "")
    ids = ids_in(new, others, SEEDS)
    assert (told(index, ids) or {})["articles"].keys() == ids


@pytest.mark.skipif(not SOAK, reason="waits for ten seconds; `make soak` does it")
def test_a_second_writer_that_waits_too_long_is_told_for_whom(new: Path, tmp_path: Path) -> None:
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
    assert (told(index, ids_in(new)) or {})["look"].articles == 40


def test_damaged_files_of_every_kind_are_indexed_or_named(tmp_path: Path) -> None:
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
