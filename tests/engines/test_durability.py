"""Whatever interrupts a writer, the index is that of a complete commit, and the next run continues from there."""

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
ARTICLES_PER_COMMIT = 3
WORDS = ["美国", "国防部", "负责", "中国", "事务", "官员", "台湾海峡", "对话", "外交部", "会晤", "，", "。"]


def article(number: int, length: int = 60) -> AnalyzedArticle:
    """Return article `number` of an endless archive."""
    choose = random.Random(number)
    words = [f"第{number}篇", *choose.choices(WORDS, k=length)]
    title = f"标题{number}"
    result = Article(id=str(number), title=title, body="".join(words), source="甲" if number % 2 else "乙")
    folded = f"{title}\n{result.body}"
    return AnalyzedArticle(result, TermStreams([title, *words], folded), TermStreams([title], title), ())


def put(folder: Path, numbers: Iterable[int], length: int = 60, delete: Iterable[int] = ()) -> None:
    engine = WhooshEngine(folder)
    with engine.writer() as writer:
        for prepared in engine.prepare((article(number, length), "digest") for number in numbers):
            writer.put(prepared)
        for number in delete:
            writer.delete(str(number))


def commit_repeatedly(folder: Path, first: int, last: int, length: int = 60) -> None:
    """Make commits `first` to `last`, of ARTICLES_PER_COMMIT articles each."""
    for number in range(first, last):
        put(folder, range(number * ARTICLES_PER_COMMIT, (number + 1) * ARTICLES_PER_COMMIT), length)


def read_everything(folder: Path) -> dict[str, Any]:
    """Return the results of result method of a reader."""
    reader = WhooshEngine(folder).reader()
    clauses = [Term("text", word) for word in WORDS] + [
        Substring("text", s) for s in ("中", "台湾", "湾海峡", "部，官员")
    ]
    snapshot: dict[str, Any] = {repr(clause): reader.count(clause) for clause in (*clauses, Keyword("source", "甲"))}
    result = reader.search(
        SearchRequest(match=MATCH_ALL, scoring_terms=(ScoringTerm("text", "words", "中国", 1.0),), limit=10_000)
    )
    stored = reader.fetch([candidate.key for candidate in result.candidates])
    snapshot["articles"] = {article.article.id: article.article for article in stored}
    snapshot["total"] = reader.statistics().articles, result.total, len(stored)
    snapshot["scores"] = {
        article.article.id: round(candidate.score, 9)
        for article, candidate in zip(stored, result.candidates, strict=True)
    }
    snapshot["words"] = sorted(reader.vocabulary())
    snapshot["ids"] = sorted(reader.values("id"))
    reader.close()
    return snapshot


def expected(numbers: Iterable[int], length: int = 60) -> dict[str, Any]:
    """Return the same for an uninterrupted single commit, computed from the articles."""
    articles = [article(number, length) for number in numbers]
    snapshot: dict[str, Any] = {
        repr(Term("text", word)): sum(word in analyzed.text.words for analyzed in articles) for word in WORDS
    }
    for string in ("中", "台湾", "湾海峡", "部，官员"):
        snapshot[repr(Substring("text", string))] = sum(string in analyzed.text.folded for analyzed in articles)
    snapshot[repr(Keyword("source", "甲"))] = sum(analyzed.article.source == "甲" for analyzed in articles)
    snapshot["articles"] = {analyzed.article.id: analyzed.article for analyzed in articles}
    snapshot["total"] = (len(articles),) * 3
    snapshot["words"] = sorted(
        (word, sum(word in analyzed.text.words for analyzed in articles))
        for word in {w for analyzed in articles for w in analyzed.text.words}
    )
    snapshot["ids"] = sorted(analyzed.article.id for analyzed in articles)
    return snapshot


def matches_expected(folder: Path, numbers: Iterable[int], length: int = 60) -> bool:
    snapshot = read_everything(folder)
    del snapshot["scores"]
    return snapshot == expected(numbers, length)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def committed_files(folder: Path) -> set[str]:
    index = WhooshIndex(folder)
    kept = {f"_MAIN_{index.latest_generation()}.toc", "MAIN_WRITELOCK"}
    return kept | {segment.make_filename(end) for segment in index.segments() for end in (".articles", ".terms")}


@pytest.fixture(scope="module")
def start() -> Callable[..., BaseProcess]:
    """Return a function that starts a process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["souwen.engines.whoosh", "souwen.indexer", __name__])

    def start_process(function: Callable[..., None], *arguments: Any) -> BaseProcess:
        process = context.Process(target=function, args=arguments, daemon=True)
        process.start()
        return process

    return start_process


def kill(process: BaseProcess) -> None:
    process.kill()  # SIGKILL; the process may have ended already
    process.join(60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "index" / "whoosh-1"
    folder.mkdir(parents=True)
    WhooshEngine(folder).create()
    return folder


def test_killed_writer_leaves_a_complete_commit(folder: Path, start: Callable[..., BaseProcess]) -> None:
    choose = random.Random(11)
    commits, leftovers = 0, 0
    for _ in range(12):
        before = WhooshIndex(folder).latest_generation()
        process = start(commit_repeatedly, folder, commits, commits + 200)
        while (
            WhooshIndex(folder).latest_generation() == before
        ):  # its first commit; from then on it commits all the time
            assert process.is_alive()
            time.sleep(0.001)
        time.sleep(choose.uniform(0, 0.1))
        kill(process)
        articles = len(read_everything(folder)["articles"])
        assert articles % ARTICLES_PER_COMMIT == 0
        assert articles // ARTICLES_PER_COMMIT > commits
        commits = articles // ARTICLES_PER_COMMIT
        assert matches_expected(folder, range(articles))
        leftovers += files(folder) != committed_files(folder)
    assert leftovers >= 3  # most are killed during a commit
    commit_repeatedly(folder, commits, commits + 1)
    assert matches_expected(folder, range((commits + 1) * ARTICLES_PER_COMMIT))
    assert files(folder) == committed_files(folder)


def test_files_of_a_writer_killed_during_commit_are_removed_by_the_next(
    folder: Path, start: Callable[..., BaseProcess]
) -> None:
    """The writer is killed when its table of contents is written, but not yet renamed."""
    commit_repeatedly(folder, 0, 1)
    process = start(commit_repeatedly, folder, 1, 500)
    deadline = time.monotonic() + 300
    while not list(folder.glob("*.toc.*")):
        os.kill(process.pid or 0, signal.SIGCONT)
        while not list(folder.glob("*.toc.*")):
            assert time.monotonic() < deadline
        os.kill(process.pid or 0, signal.SIGSTOP)
        time.sleep(0.005)
    kill(process)
    commits, rest = divmod(len(read_everything(folder)["articles"]), ARTICLES_PER_COMMIT)
    assert rest == 0
    assert matches_expected(folder, range(commits * ARTICLES_PER_COMMIT))
    commit_repeatedly(folder, commits, commits + 1)
    assert matches_expected(folder, range((commits + 1) * ARTICLES_PER_COMMIT))
    assert files(folder) == committed_files(folder)


def test_killed_merge_leaves_a_complete_commit(folder: Path, tmp_path: Path, start: Callable[..., BaseProcess]) -> None:
    length = 9000  # long enough for a slow merge
    for number in range(5):
        put(folder, range(number * 5, number * 5 + 5), length, delete=[3, 14] if number == 4 else [])
    assert len(WhooshIndex(folder).segments()) == 5
    before = read_everything(folder)
    assert len(before["articles"]) == 23
    complete = tmp_path / "whole" / "whoosh-1"
    shutil.copytree(folder, complete)
    process = start(put, complete, [25], length)
    started_at = time.monotonic()
    process.join(60)
    time_taken = time.monotonic() - started_at
    assert len(WhooshIndex(complete).segments()) == 1  # all five were merged
    assert matches_expected(complete, [number for number in range(26) if number not in (3, 14)], length)
    after = read_everything(complete)
    interrupted = 0
    for number in range(10):
        copy = tmp_path / f"copy{number}" / "whoosh-1"
        shutil.copytree(folder, copy)
        process = start(put, copy, [25], length)
        time.sleep(time_taken * (number + 0.5) / 10)
        kill(process)
        kept = read_everything(copy)
        assert kept in (before, after)
        interrupted += kept == before and len(list(copy.glob("*.terms"))) == 6
        put(copy, [25], length)
        assert read_everything(copy)["articles"] == after["articles"]
        assert files(copy) == committed_files(copy)
        shutil.rmtree(copy)
    assert interrupted >= 2


def archive(path: Path, count: int, start: int = 0) -> Path:
    articles = (article(number).article for number in range(start, start + count))
    path.write_text(
        "\n".join(json.dumps({"id": a.id, "title": a.title, "body": a.body}, ensure_ascii=False) for a in articles),
        "utf-8",
    )
    return path


def run(*arguments: str | Path, limit: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
    """Run souwen with a limit on the size of files, in bytes."""

    def set_limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [SOUWEN, *arguments], capture_output=True, text=True, encoding="utf-8", preexec_fn=set_limit, timeout=60
    )


@pytest.mark.parametrize("limit", [0, 1_000, 4_000, 20_000, 40_000])
def test_full_disk_is_reported_and_changes_nothing(tmp_path: Path, limit: int) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index)
    kept, snapshot = files(index), read_everything(index / "whoosh-1")
    new = archive(tmp_path / "new.jsonl", 600)
    done = run("index", new, "--index", index, limit=limit)
    assert done.returncode == 2
    assert re.fullmatch(
        rf"Error: cannot write to {index} \((File too large|whoosh-1\.files: .*)\): make room or choose another folder"
        r" with --index\n",
        done.stderr,
    )
    assert read_everything(index / "whoosh-1") == snapshot
    assert files(index) == kept
    assert run("index", new, "--index", index).returncode == 0
    with Searcher(index) as searcher:
        assert searcher.statistics().articles == 602
        assert len(ids(searcher, "杨涛")) == 1


def test_disk_too_full_for_the_table_of_contents(tmp_path: Path) -> None:
    """A transaction that only deletes writes little else than the table of contents."""
    folder = tmp_path / "index" / "whoosh-1"
    folder.mkdir(parents=True)
    WhooshEngine(folder).create()
    put(folder, range(900), length=3)
    kept, snapshot = files(folder), read_everything(folder)
    (toc_file,) = folder.glob("*.toc")
    code = f"""
import resource, sys
from pathlib import Path
from souwen.engines import IndexUnwritable
from souwen.engines.whoosh import WhooshEngine
resource.setrlimit(resource.RLIMIT_FSIZE, ({toc_file.stat().st_size} + 500, resource.RLIM_INFINITY))
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
    assert read_everything(folder) == snapshot
    assert files(folder) == kept
    put(folder, [900], length=3, delete=range(800))
    assert set(read_everything(folder)["articles"]) == set(map(str, range(800, 901)))
    assert files(folder) == committed_files(folder)


@pytest.mark.parametrize("limit", [1_000, 4_000, 20_000, 40_000])
def test_program_continues_when_the_disk_has_space_again(tmp_path: Path, limit: int) -> None:
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
    assert files(index / "whoosh-1") == committed_files(index / "whoosh-1")


def test_corrupt_segment_is_not_merged(folder: Path) -> None:
    """A bit is flipped in several places of the postings and texts of a segment that would be merged."""
    for number in range(5):
        put(folder, range(number * 5, number * 5 + 5))
    snapshot = read_everything(folder)
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
    assert read_everything(folder) == snapshot
    put(folder, [25])
    assert len(WhooshIndex(folder).segments()) == 1
    assert matches_expected(folder, range(26))


def test_open_reader_survives_commits_that_remove_its_files(folder: Path) -> None:
    for number in range(4):
        put(folder, range(number * 5, number * 5 + 5), delete=[number * 5 - 1] if number else [])
    reader, untouched = WhooshEngine(folder).reader(), WhooshEngine(folder).reader()
    assert reader.count(Term("text", "中国")) > 0
    snapshot = read_everything(folder)
    before = set(folder.glob("*.terms"))
    put(folder, [20, 1], delete=[2])
    put(folder, [21])
    ArraySegmentWriter(WhooshIndex(folder), 1 << 20).commit(optimize=True)
    assert not before & set(folder.glob("*.terms"))
    for opened in (reader, untouched):
        for word in WORDS:
            assert opened.count(Term("text", word)) == snapshot[repr(Term("text", word))]
        for string in ("中", "台湾", "湾海峡", "部，官员"):
            assert opened.count(Substring("text", string)) == snapshot[repr(Substring("text", string))]
        assert opened.find("20") is None
        for name, kept in snapshot["articles"].items():
            stored = opened.find(name)
            assert stored is not None
            assert stored.article == kept
        assert sorted(opened.vocabulary()) == snapshot["words"]
        assert opened.statistics().articles == snapshot["total"][0]
        opened.close()
    assert matches_expected(folder, [number for number in range(22) if number not in (2, 4, 9, 14)])


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux to list mapped files")
def test_closed_reader_unmaps_its_files_at_once(folder: Path) -> None:
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


def read_repeatedly(folder: Path, out: Path) -> None:
    """Open the index again and again until there is a file like `out` with the extension .stop."""
    counts, failures = [], []
    while not out.with_suffix(".stop").exists():
        try:
            reader = WhooshEngine(folder).reader()
            result = reader.search(SearchRequest(match=MATCH_ALL, limit=10_000))
            article_ids = {int(stored.article.id) for stored in reader.fetch([c.key for c in result.candidates])}
            complete = article_ids == set(range(len(article_ids))) and len(article_ids) % ARTICLES_PER_COMMIT == 0
            consistent = (
                result.total
                == reader.statistics().articles
                == reader.count(Substring("text", "标题"))
                == len(article_ids)
            )
            counts.append(len(article_ids))
            if not (complete and consistent):
                failures.append(f"half a commit: {sorted(article_ids)}")
            reader.close()
        except Exception as error:  # noqa: BLE001 - reported to the test
            failures.append(repr(error))
    out.write_text(json.dumps([counts, failures]), "utf-8")


def test_readers_see_complete_commits_and_no_error(
    folder: Path, tmp_path: Path, start: Callable[..., BaseProcess]
) -> None:
    readers = [(start(read_repeatedly, folder, out), out) for out in (tmp_path / "1.json", tmp_path / "2.json")]
    started_at, number = time.monotonic(), 0
    while number < 40 or time.monotonic() < started_at + 2.5:
        commit_repeatedly(folder, number, number + 1)
        number += 1
    for _, out in readers:
        out.with_suffix(".stop").touch()
    for process, out in readers:
        process.join(60)
        counts, failures = json.loads(out.read_text("utf-8"))
        assert failures == []
        assert counts == sorted(counts)
        assert len(set(counts)) > 3


def create_and_remove_files(folder: Path, stop: Path) -> None:
    while not stop.exists():
        for number in range(20):
            (folder / f"MAIN_{number}.terms").touch()
        for number in range(20):
            (folder / f"MAIN_{number}.terms").unlink()


def test_files_that_appear_and_disappear_do_not_disturb_a_reader(
    folder: Path, tmp_path: Path, start: Callable[..., BaseProcess]
) -> None:
    """A writer's files do so."""
    put(folder, range(5))
    process = start(create_and_remove_files, folder, tmp_path / "stop")
    started_at = time.monotonic()
    try:
        while time.monotonic() < started_at + 1.5:
            reader = WhooshEngine(folder).reader()
            assert reader.statistics().articles == 5
            reader.close()
    finally:
        (tmp_path / "stop").touch()
        process.join(60)
