"""Whatever stops a writer, the index stays what some whole commit made it, and the next run goes on from there."""

import gc
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from souwen.analysis import AnalyzedArticle, Article, TermStreams
from souwen.engines import MATCH_ALL, IndexDamaged, Keyword, ScoringTerm, SearchRequest, Substring, Term
from souwen.engines.whoosh import WhooshEngine
from souwen.engines.whoosh.segment_writer import ArraySegmentWriter
from souwen.engines.whoosh.toc import WhooshIndex
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SEEDS, ids

SOUWEN = Path(sys.executable).with_name("souwen")
EACH = 3  # articles of a commit
WORDS = ["美国", "国防部", "负责", "中国", "事务", "官员", "台湾海峡", "对话", "外交部", "会晤", "，", "。"]


def article(number: int, length: int = 60) -> AnalyzedArticle:
    """Number n of an endless archive."""
    choose = random.Random(number)
    words = [f"第{number}篇", *choose.choices(WORDS, k=length)]
    title = f"标题{number}"
    made = Article(id=str(number), title=title, body="".join(words), source="甲" if number % 2 else "乙")
    folded = f"{title}\n{made.body}"
    return AnalyzedArticle(made, TermStreams([title, *words], folded), TermStreams([title], title), ())


def put(folder: Path, numbers: Iterable[int], length: int = 60, delete: Iterable[int] = ()) -> None:
    engine = WhooshEngine(folder)
    with engine.writer() as writer:
        for prepared in engine.prepare((article(number, length), "digest") for number in numbers):
            writer.put(prepared)
        for number in delete:
            writer.delete(str(number))


def commit_on_and_on(folder: Path, first: int, last: int, length: int = 60) -> None:
    """Commits number `first` to `last`, of EACH articles each."""
    for number in range(first, last):
        put(folder, range(number * EACH, (number + 1) * EACH), length)


def answers(folder: Path) -> dict[str, Any]:
    """What an index tells, by every way there is to ask."""
    reader = WhooshEngine(folder).reader()
    clauses = [Term("text", word) for word in WORDS] + [
        Substring("text", s) for s in ("中", "台湾", "湾海峡", "部，官员")
    ]
    told: dict[str, Any] = {repr(clause): reader.count(clause) for clause in (*clauses, Keyword("source", "甲"))}
    every = reader.search(
        SearchRequest(match=MATCH_ALL, weights=(ScoringTerm("text", "words", "中国", 1.0),), limit=10_000)
    )
    stored = reader.fetch([candidate.key for candidate in every.candidates])
    told["articles"] = {each.article.id: each.article for each in stored}
    told["total"] = reader.statistics().articles, every.total, len(stored)
    told["scores"] = {
        each.article.id: round(found.score, 9) for each, found in zip(stored, every.candidates, strict=True)
    }
    told["words"] = sorted(reader.vocabulary())
    told["ids"] = sorted(reader.values("id"))
    reader.close()
    return told


def expected(numbers: Iterable[int], length: int = 60) -> dict[str, Any]:
    """The same of articles that were indexed in one commit, undisturbed."""
    made = [article(number, length) for number in numbers]
    told: dict[str, Any] = {repr(Term("text", word)): sum(word in each.text.words for each in made) for word in WORDS}
    for string in ("中", "台湾", "湾海峡", "部，官员"):
        told[repr(Substring("text", string))] = sum(string in each.text.folded for each in made)
    told[repr(Keyword("source", "甲"))] = sum(each.article.source == "甲" for each in made)
    told["articles"] = {each.article.id: each.article for each in made}
    told["total"] = (len(made),) * 3
    told["words"] = sorted(
        (word, sum(word in each.text.words for each in made)) for word in {w for each in made for w in each.text.words}
    )
    told["ids"] = sorted(each.article.id for each in made)
    return told


def as_expected(folder: Path, numbers: Iterable[int], length: int = 60) -> bool:
    told = answers(folder)
    del told["scores"]
    return told == expected(numbers, length)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def files_of_the_last_commit(folder: Path) -> set[str]:
    index = WhooshIndex(folder)
    kept = {f"_MAIN_{index.latest_generation()}.toc", "MAIN_WRITELOCK"}
    return kept | {segment.make_filename(end) for segment in index.segments() for end in (".articles", ".terms")}


@pytest.fixture(scope="module")
def start() -> Callable[..., BaseProcess]:
    """Starts a process of its own that calls a function."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["souwen.engines.whoosh", "souwen.indexer", __name__])

    def started(function: Callable[..., None], *arguments: Any) -> BaseProcess:
        process = context.Process(target=function, args=arguments, daemon=True)
        process.start()
        return process

    return started


def kill(process: BaseProcess) -> None:
    process.kill()  # by SIGKILL; it may have ended already
    process.join(60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "index" / "whoosh-1"
    made.mkdir(parents=True)
    WhooshEngine(made).create()
    return made


def test_a_killed_writer_leaves_a_whole_commit(folder: Path, start: Callable[..., BaseProcess]) -> None:
    choose = random.Random(11)
    commits, left = 0, 0
    for _ in range(12):
        before = WhooshIndex(folder).latest_generation()
        process = start(commit_on_and_on, folder, commits, commits + 200)
        while (
            WhooshIndex(folder).latest_generation() == before
        ):  # its first commit; from then on it commits all the time
            assert process.is_alive()
            time.sleep(0.001)
        time.sleep(choose.uniform(0, 0.1))
        kill(process)
        articles = len(answers(folder)["articles"])
        assert articles % EACH == 0
        assert articles // EACH > commits
        commits = articles // EACH
        assert as_expected(folder, range(articles))
        left += files(folder) != files_of_the_last_commit(folder)
    assert left >= 3  # most are killed in the middle of a commit
    commit_on_and_on(folder, commits, commits + 1)
    assert as_expected(folder, range((commits + 1) * EACH))
    assert files(folder) == files_of_the_last_commit(folder)


def test_a_writer_killed_while_it_commits_leaves_nothing_for_long(
    folder: Path, start: Callable[..., BaseProcess]
) -> None:
    """Killed when its table of contents is written, but not in its place."""
    commit_on_and_on(folder, 0, 1)
    process = start(commit_on_and_on, folder, 1, 500)
    deadline = time.monotonic() + 300
    while not list(folder.glob("*.toc.*")):
        os.kill(process.pid or 0, signal.SIGCONT)
        while not list(folder.glob("*.toc.*")):
            assert time.monotonic() < deadline
        os.kill(process.pid or 0, signal.SIGSTOP)
        time.sleep(0.005)
    kill(process)
    commits, rest = divmod(len(answers(folder)["articles"]), EACH)
    assert rest == 0
    assert as_expected(folder, range(commits * EACH))
    commit_on_and_on(folder, commits, commits + 1)
    assert as_expected(folder, range((commits + 1) * EACH))
    assert files(folder) == files_of_the_last_commit(folder)


def test_a_killed_merge_leaves_a_whole_commit(folder: Path, tmp_path: Path, start: Callable[..., BaseProcess]) -> None:
    length = 9000  # long enough for merging to take its time
    for number in range(5):
        put(folder, range(number * 5, number * 5 + 5), length, delete=[3, 14] if number == 4 else [])
    assert len(WhooshIndex(folder).segments()) == 5
    before = answers(folder)
    assert len(before["articles"]) == 23
    whole = tmp_path / "whole" / "whoosh-1"
    shutil.copytree(folder, whole)
    process = start(put, whole, [25], length)
    begun = time.monotonic()
    process.join(60)
    time_taken = time.monotonic() - begun
    assert len(WhooshIndex(whole).segments()) == 1  # all five were merged
    assert as_expected(whole, [number for number in range(26) if number not in (3, 14)], length)
    after = answers(whole)
    interrupted = 0
    for number in range(10):
        copy = tmp_path / f"copy{number}" / "whoosh-1"
        shutil.copytree(folder, copy)
        process = start(put, copy, [25], length)
        time.sleep(time_taken * (number + 0.5) / 10)
        kill(process)
        kept = answers(copy)
        assert kept in (before, after)
        interrupted += kept == before and len(list(copy.glob("*.terms"))) == 6
        put(copy, [25], length)
        assert answers(copy)["articles"] == after["articles"]
        assert files(copy) == files_of_the_last_commit(copy)
        shutil.rmtree(copy)
    assert interrupted >= 2


def archive(path: Path, count: int, start: int = 0) -> Path:
    made = (article(number).article for number in range(start, start + count))
    path.write_text(
        "\n".join(json.dumps({"id": a.id, "title": a.title, "body": a.body}, ensure_ascii=False) for a in made), "utf-8"
    )
    return path


def run(*arguments: str | Path, limit: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
    """Runs souwen where no file may grow beyond `limit` bytes."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [SOUWEN, *arguments], capture_output=True, text=True, encoding="utf-8", preexec_fn=limited, timeout=60
    )


@pytest.mark.parametrize("limit", [0, 1_000, 4_000, 20_000, 40_000])
def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path, limit: int) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index)
    kept, told = files(index), answers(index / "whoosh-1")
    new = archive(tmp_path / "new.jsonl", 600)
    done = run("index", new, "--index", index, limit=limit)
    assert done.returncode == 2
    assert re.fullmatch(
        rf"Error: cannot write to {index} \((File too large|whoosh-1\.files: .*)\): make room or choose another folder"
        r" with --index\n",
        done.stderr,
    )
    assert answers(index / "whoosh-1") == told
    assert files(index) == kept
    assert run("index", new, "--index", index).returncode == 0
    with Searcher(index) as searcher:
        assert searcher.statistics().articles == 602
        assert len(ids(searcher, "杨涛")) == 1


def test_a_disk_too_full_for_the_table_of_contents(tmp_path: Path) -> None:
    """A transaction that only deletes writes little else."""
    folder = tmp_path / "index" / "whoosh-1"
    folder.mkdir(parents=True)
    WhooshEngine(folder).create()
    put(folder, range(900), length=3)
    kept, told = files(folder), answers(folder)
    (contents,) = folder.glob("*.toc")
    code = f"""
import resource, sys
from pathlib import Path
from souwen.engines import IndexUnwritable
from souwen.engines.whoosh import WhooshEngine
resource.setrlimit(resource.RLIMIT_FSIZE, ({contents.stat().st_size} + 500, resource.RLIM_INFINITY))
try:
    with WhooshEngine(Path(sys.argv[1])).writer() as writer:
        for number in range(800):
            writer.delete(str(number))
except IndexUnwritable as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, timeout=60)
    assert "File too large" in done.stdout
    assert done.stderr == ""
    assert answers(folder) == told
    assert files(folder) == kept
    put(folder, [900], length=3, delete=range(800))
    assert set(answers(folder)["articles"]) == set(map(str, range(800, 901)))
    assert files(folder) == files_of_the_last_commit(folder)


@pytest.mark.parametrize("limit", [1_000, 4_000, 20_000, 40_000])
def test_a_program_goes_on_when_there_is_room_again(tmp_path: Path, limit: int) -> None:
    index, new = tmp_path / "index", archive(tmp_path / "new.jsonl", 600)
    build_index([SEEDS], index)
    code = f"""
import resource, sys
from souwen.engines import IndexUnwritable
from souwen.indexer import build_index
from souwen.query import Searcher
index, new = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
try:
    build_index(new, index, jobs=1)
except IndexUnwritable as error:
    kept = error  # as an interactive session keeps it
    print(error)
with Searcher(index) as searcher:
    print(searcher.statistics().articles)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(build_index(new, index, jobs=1).added)
with Searcher(index) as searcher:
    print(searcher.statistics().articles)
"""
    done = subprocess.run([sys.executable, "-c", code, index, new], capture_output=True, text=True, timeout=60)
    first, *rest = done.stdout.splitlines()
    assert first.startswith(f"cannot write to {index} (")
    assert (done.stderr, rest) == ("", ["2", "600", "602"])
    assert files(index / "whoosh-1") == files_of_the_last_commit(index / "whoosh-1")


def test_what_is_damaged_is_not_merged_into_something_sound(folder: Path) -> None:
    """Each byte of the lists and texts of a segment, here and there, before it is merged with others."""
    for number in range(5):
        put(folder, range(number * 5, number * 5 + 5))
    told = answers(folder)
    for extension in (".terms", ".articles"):
        file = sorted(folder.glob(f"*{extension}"))[2]
        content = file.read_bytes()
        for at in range(0, len(content), len(content) // 8):
            file.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
            kept = files(folder)
            with pytest.raises(IndexDamaged):
                put(folder, [25])
            assert files(folder) == kept
        file.write_bytes(content)
    assert answers(folder) == told
    put(folder, [25])
    assert len(WhooshIndex(folder).segments()) == 1
    assert as_expected(folder, range(26))


def test_an_open_reader_outlives_commits_that_remove_its_files(folder: Path) -> None:
    for number in range(4):
        put(folder, range(number * 5, number * 5 + 5), delete=[number * 5 - 1] if number else [])
    reader, untouched = WhooshEngine(folder).reader(), WhooshEngine(folder).reader()
    assert reader.count(Term("text", "中国")) > 0
    told = answers(folder)
    before = set(folder.glob("*.terms"))
    put(folder, [20, 1], delete=[2])
    put(folder, [21])
    ArraySegmentWriter(WhooshIndex(folder), 1 << 20).commit(optimize=True)
    assert not before & set(folder.glob("*.terms"))
    for opened in (reader, untouched):
        for word in WORDS:
            assert opened.count(Term("text", word)) == told[repr(Term("text", word))]
        for string in ("中", "台湾", "湾海峡", "部，官员"):
            assert opened.count(Substring("text", string)) == told[repr(Substring("text", string))]
        assert opened.find("20") is None
        for name, kept in told["articles"].items():
            stored = opened.find(name)
            assert stored is not None
            assert stored.article == kept
        assert sorted(opened.vocabulary()) == told["words"]
        assert opened.statistics().articles == told["total"][0]
        opened.close()
    assert as_expected(folder, [number for number in range(22) if number not in (2, 4, 9, 14)])


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells which files are mapped")
def test_a_closed_reader_gives_its_files_back_at_once(folder: Path) -> None:
    put(folder, range(5))
    gc.disable()
    try:
        reader = WhooshEngine(folder).reader()
        assert reader.count(Term("text", "中国")) + reader.count(Substring("text", "湾海峡")) > 0
        reader.find("3")
        reader.close()
        assert str(folder) not in Path("/proc/self/maps").read_text("utf-8")
    finally:
        gc.enable()


def read_on_and_on(folder: Path, out: Path) -> None:
    """Opens the index again and again until there is a file beside `out` that says to stop."""
    counts, failures = [], []
    while not out.with_suffix(".stop").exists():
        try:
            reader = WhooshEngine(folder).reader()
            found = reader.search(SearchRequest(match=MATCH_ALL, limit=10_000))
            got = {int(stored.article.id) for stored in reader.fetch([c.key for c in found.candidates])}
            whole = got == set(range(len(got))) and len(got) % EACH == 0
            same = found.total == reader.statistics().articles == reader.count(Substring("text", "标题")) == len(got)
            counts.append(len(got))
            if not (whole and same):
                failures.append(f"half a commit: {sorted(got)}")
            reader.close()
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(repr(error))
    out.write_text(json.dumps([counts, failures]), "utf-8")


def test_readers_see_whole_commits_and_no_error(
    folder: Path, tmp_path: Path, start: Callable[..., BaseProcess]
) -> None:
    readers = [(start(read_on_and_on, folder, out), out) for out in (tmp_path / "1.json", tmp_path / "2.json")]
    begun, number = time.monotonic(), 0
    while number < 40 or time.monotonic() < begun + 2.5:
        commit_on_and_on(folder, number, number + 1)
        number += 1
    for _, out in readers:
        out.with_suffix(".stop").touch()
    for process, out in readers:
        process.join(60)
        counts, failures = json.loads(out.read_text("utf-8"))
        assert failures == []
        assert counts == sorted(counts)
        assert len(set(counts)) > 3


def make_and_remove(folder: Path, stop: Path) -> None:
    while not stop.exists():
        for number in range(20):
            (folder / f"MAIN_{number}.terms").touch()
        for number in range(20):
            (folder / f"MAIN_{number}.terms").unlink()


def test_files_that_come_and_go_do_not_disturb_a_reader(
    folder: Path, tmp_path: Path, start: Callable[..., BaseProcess]
) -> None:
    """As those of a writer do."""
    put(folder, range(5))
    process = start(make_and_remove, folder, tmp_path / "stop")
    begun = time.monotonic()
    try:
        while time.monotonic() < begun + 1.5:
            reader = WhooshEngine(folder).reader()
            assert reader.statistics().articles == 5
            reader.close()
    finally:
        (tmp_path / "stop").touch()
        process.join(60)
