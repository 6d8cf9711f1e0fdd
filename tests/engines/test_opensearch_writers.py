"""Writers on servers that abort, stall past their lease, or write from a copied folder: no commit loses an article."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.engines import Engine, IndexDirectory, LeaseLost
from souwen.engines.opensearch import commits
from souwen.engines.opensearch import reader as reader_module
from souwen.engines.opensearch.commits import MAX_ABORTED_RUNS, CommitLog
from souwen.engines.opensearch.connection_settings import server_address
from souwen.engines.opensearch.index_handle import read_handle
from souwen.engines.opensearch.server import Server

from ..e2e.test_cli import run
from .test_opensearch_engine import (
    ANALYZER,
    copied_directory,
    current_bodies,
    directory,
    document_count,
    write,
)

__all__ = ["directory"]  # a fixture

# The script of a writer that stops itself before the last of the given requests.
STALLING_WRITER = """
import os, signal, sys
from souwen.engines import IndexDirectory, LeaseLost
from souwen.engines.opensearch.server import Server
from tests.engines.test_opensearch_engine import ANALYZER, write

path, *requests = sys.argv[1:]
request = Server.request

def stalling_request(self, method, url, *arguments, **options):
    if requests and f"{method} {url}".endswith(requests[0]):
        del requests[0]
        if not requests:
            os.kill(os.getpid(), signal.SIGSTOP)
    return request(self, method, url, *arguments, **options)

engine = IndexDirectory(path).open(ANALYZER.fingerprint)
Server.request = stalling_request
try:
    write(engine, {"1": "慢", "2": "慢", "3": "慢"}, delete=["4"])
except LeaseLost as error:
    print(error)
"""
ROOT = Path(__file__).parents[2]


class Aborted(Exception):
    """Ends a transaction."""


def abort(engine: Engine, articles: dict[str, str]) -> None:
    """Abort a transaction after it has sent what it replaces."""
    with suppress(Aborted), engine.writer(1) as writer:
        analyzed = [ANALYZER.analyze(_article(key, body)) for key, body in articles.items()]
        for prepared in engine.prepare((article, "digest") for article in analyzed):
            writer.put(prepared)
        raise Aborted


def _article(article_id: str, body: str) -> Article:
    return Article(id=article_id, title="题", body=body)


def commit_log(directory: IndexDirectory) -> CommitLog:
    folder = directory.path / directory.meta().folder
    return CommitLog(Server(server_address()), read_handle(folder), folder)


def test_articles_survive_more_than_a_thousand_aborted_transactions(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = directory.open(ANALYZER.fingerprint)
    expected = {"1": "一", "2": "二", "3": "三"}
    write(engine, expected)
    abort(engine, {"1": "新", "2": "新"})
    log = commit_log(directory)
    for _ in range(1_050):
        log.begin("nobody")
        log.abort()
    assert current_bodies(directory) == expected
    assert log.read().aborted == [[2, 1_052]]
    monkeypatch.setattr(commits, "COMMIT_RETENTION", 0.0)
    monkeypatch.setattr(reader_module, "COMMIT_RETENTION", 0.0)
    for number in range(MAX_ABORTED_RUNS + 5):
        abort(engine, {"3": "新", "4": "新"} if number % 20 == 0 else {})
        write(engine, {})
        if number % 20 == 0:
            assert current_bodies(directory) == expected
    assert len(log.read().aborted) == MAX_ABORTED_RUNS
    assert document_count(directory) == 3
    write(engine, {"2": "两"}, delete=["3"])
    assert current_bodies(directory) == {"1": "一", "2": "两"}


@pytest.mark.parametrize("requests", [["/_bulk"], ["/_refresh"], ["/_refresh", "/_doc/state", "/_doc/state"]])
@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP")
def test_a_stalled_writer_overwrites_nothing(
    directory: IndexDirectory, requests: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(directory.open(ANALYZER.fingerprint), {"1": "一", "2": "二", "4": "四"})
    command = [sys.executable, "-c", STALLING_WRITER, str(directory.path), *requests]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as stalled:
        try:
            while not os.WIFSTOPPED(os.waitpid(stalled.pid, os.WUNTRACED)[1]):
                pass
            monkeypatch.setattr(commits, "LEASE_DURATION", -1.0)  # the lease passes
            other = copied_directory(directory).open(ANALYZER.fingerprint)
            write(other, {"1": "快", "5": "五"}, delete=["4"])
            expected = {"1": "快", "2": "二", "5": "五"}
            assert current_bodies(directory) == expected
            message = ""
            while stalled.poll() is None:
                os.kill(stalled.pid, signal.SIGCONT)
                with suppress(subprocess.TimeoutExpired):
                    message = stalled.communicate(timeout=0.2)[0]
        finally:
            stalled.kill()
    assert message == f"{LeaseLost(directory.path)}\n"
    assert "run the command again" in message
    assert current_bodies(directory) == expected
    monkeypatch.setattr(commits, "COMMIT_RETENTION", 0.0)
    for number in range(3):
        write(other, {"6": str(number)})
        assert current_bodies(directory) == {**expected, "6": str(number)}
    assert document_count(directory) <= 5


def test_marks_of_a_stalled_writer_do_not_stop_the_next(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marks arrive after the next writer has read the versions of the articles."""
    local, remote = directory.open(ANALYZER.fingerprint), copied_directory(directory).open(ANALYZER.fingerprint)
    write(local, {"1": "一", "2": "二"})
    stalled = local.writer(1)
    monkeypatch.setattr(commits, "LEASE_DURATION", -1.0)
    with remote.writer() as writer:
        monkeypatch.setattr(stalled._commits, "renew", lambda: None)  # type: ignore[attr-defined]
        stalled.delete("1")
        stalled.delete("2")
        stalled._flush()  # type: ignore[attr-defined]
        writer.delete("1")
    assert current_bodies(directory) == {"2": "二"}
    with pytest.raises(LeaseLost), stalled:
        stalled.delete("2")
    write(remote, {"3": "三"})
    assert current_bodies(directory) == {"2": "二", "3": "三"}


def archive(folder: Path, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"标题{number}\n\n外交部发言人谈台湾海峡，第{number}次。\n", "utf-8")
    return folder


def indexes_on_servers() -> set[str]:
    server = Server(server_address())
    names = set(server.request("GET", "/souwen-*/_stats/store")["indices"])
    server.close()
    return names


def souwen(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    done = run(*arguments, SOUWEN_OPENSEARCH_URL=os.environ["SOUWEN_OPENSEARCH_URL"])
    assert done.returncode == 0, done.stderr
    return done


def copied(index: Path, copy: Path) -> Path:
    subprocess.run(["cp", "-a", index, copy], check=True)
    return copy


@pytest.mark.parametrize("options", [(), ("--engine", "whoosh")])
def test_a_rebuilt_copy_leaves_the_index_to_the_original(
    tmp_path: Path, opensearch: str, options: tuple[str, ...]
) -> None:
    articles, index = archive(tmp_path / "articles", 3), tmp_path / "index"
    souwen("index", articles, "--index", index, "--engine", opensearch)
    shared = read_handle(index / "opensearch-1")
    copy = copied(index, tmp_path / "copy")
    errors = souwen("index", "--index", copy, "--rebuild", *options).stderr
    assert f"{copy} may be a copy, so the index {shared} stays on the servers" in errors
    archive(articles, 5)
    for folder in (index, copy):
        done = souwen("index", articles, "--index", folder)
        assert ("2 added, 0 updated, 3 unchanged" in done.stdout, done.stderr) == (True, "")
        assert json.loads(souwen("search", "台湾海峡", "--index", folder, "--json").stdout)["total"] == 5
        souwen("check", "--index", folder)
    assert shared in indexes_on_servers()


def test_a_moved_folder_still_owns_its_index(tmp_path: Path, opensearch: str) -> None:
    articles, index = archive(tmp_path / "articles", 3), tmp_path / "index"
    souwen("index", articles, "--index", index, "--engine", opensearch)
    moved = IndexDirectory(shutil.move(index, tmp_path / "moved"))
    former = commit_log(moved)
    assert souwen("index", "--index", moved.path, "--rebuild").stderr == ""
    assert former.read().retired


def test_a_copy_of_an_unfinished_rebuild_leaves_the_draft_alone(directory: IndexDirectory) -> None:
    with directory.lock(1):
        meta, draft = directory.create_draft(ANALYZER, "opensearch")
        write(directory.open(ANALYZER.fingerprint), {"1": "一"})
        copy = copied_directory(directory)
        with copy.lock(1):
            write(copy.open(ANALYZER.fingerprint), {"2": "二"})
        assert not (copy.path / meta.folder).exists()
        write(draft, {"3": "三"})
        directory.activate(meta)
    assert current_bodies(directory) == {"3": "三"}
