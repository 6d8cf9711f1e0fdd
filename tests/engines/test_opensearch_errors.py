"""Whatever is wrong with the servers, a user reads one line that says what to do next, and nothing is half done."""

import json
import re
import ssl
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from souwen.engines import (
    EngineUnavailable,
    IndexDirectory,
    ServerError,
    ServerFailed,
    ServerRefused,
    ServerUnreachable,
)
from souwen.engines.index_directory import FORMAT
from souwen.engines.opensearch import server
from souwen.engines.opensearch.connection_settings import address
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SEEDS
from ..e2e.test_cli import run

NOWHERE = "http://127.0.0.1:9"  # the port of a service that throws everything away; nobody runs it
SECRET = "geheim-8f2"
Answering = Callable[..., str]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Starts a server that gives one answer to everything, to those who know the password; its address."""
    started: list[ThreadingHTTPServer] = []
    done = threading.Event()

    def start(status: int, kind: str, body: str, context: ssl.SSLContext | None = None, password: str = "") -> str:
        known = "Basic " + b64encode(f"me:{password}".encode()).decode()

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                if not status:
                    done.wait()
                content = body.encode()
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                let_in = not password or self.headers.get("Authorization") == known
                self.send_response(status or 200 if let_in else 401)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(BrokenPipeError):  # nobody waited for it
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - as http.server wants them

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listening.daemon_threads = True
        if context:
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        started.append(listening)
        return f"http{'s' if context else ''}://127.0.0.1:{listening.server_port}"

    yield start
    done.set()
    for listening in started:
        listening.shutdown()
        listening.server_close()


@pytest.mark.parametrize(
    ("status", "kind", "body", "error", "told"),
    [
        (401, "application/json", '{"error": {"type": "security_exception"}}', ServerRefused, "wrong user or password"),
        (403, "text/plain", "Forbidden", ServerRefused, "wrong user or password"),
        (
            403,
            "application/json",
            '{"error": {"type": "cluster_block_exception", "reason": "read-only"}}',
            ServerFailed,
            "cluster_block_exception: read-only",
        ),
        (200, "text/html", "<html>Welcome to nginx!</html>", ServerFailed, "not JSON"),
        (200, "application/json", '{"half": ', ServerFailed, "not JSON"),
        (200, "application/json", "[1]", ServerFailed, "not JSON"),
        (200, "application/json", "{}", ServerFailed, "lacks"),
        (200, "application/json", '{"_source": {"state": 7}}', ServerFailed, "lacks"),
        (500, "application/json", '{"error": "out of memory"}', ServerFailed, "out of memory"),
        (503, "application/json", '{"error": {"type": "no_manager", "reason": "none"}}', ServerFailed, "no_manager"),
        (0, "application/json", "{}", ServerUnreachable, "no answer in 0.2 s"),
    ],
    ids=["401", "403", "blocked", "web server", "cut", "list", "empty", "state", "500", "no manager", "silent"],
)
def test_what_a_server_may_say(
    status: int,
    kind: str,
    body: str,
    error: type[ServerError],
    told: str,
    answering: Answering,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.5)
    if not status:
        monkeypatch.setattr(server, "SECONDS", 0.2)
    at = answering(status, kind, body)
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", at.replace("http://", f"http://me:{SECRET}@"))
    folder = tmp_path / "index"
    (folder / "opensearch-1").mkdir(parents=True)
    (folder / "opensearch-1" / "index.json").write_text('{"index": "souwen-x"}', "utf-8")
    directory = IndexDirectory(folder)
    meta = {"format": FORMAT, "fingerprint": "f", "engine": "opensearch", "folder": "opensearch-1", "created": ""}
    (folder / "meta.json").write_text(json.dumps({**meta, "dictionary": [], "entities": True}), "utf-8")
    for use in (directory.open("f").reader, directory.open("f").writer):
        with pytest.raises(error) as caught:
            use()
        message = str(caught.value)
        assert told in message
        assert at in message
        assert "\n" not in message
        assert SECRET not in message
        assert ": " in message  # the next step


def test_credentials_and_certificates(answering: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what a server refuses one learns what it was given."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run([*made, *names], check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    at = answering(200, "application/json", "{}", context=context, password=SECRET + "@:/")

    def refused(url: str, **environment: str) -> str:
        with monkeypatch.context() as patch:
            patch.setenv("SOUWEN_OPENSEARCH_URL", url)
            for name, value in environment.items():
                patch.setenv(f"SOUWEN_OPENSEARCH_{name}", value)
            with pytest.raises(ServerError) as caught:
                server.Server(address()).check()
            assert SECRET not in str(caught.value)
            return str(caught.value)

    with_password = at.replace("https://", f"https://me:{SECRET}%40%3A%2F@")
    assert "name its certificates in SOUWEN_OPENSEARCH_CA" in refused(with_password)
    trusted = str(certificate)
    assert "wrong user or password" in refused(at, CA=trusted)
    assert "wrong user or password" in refused(with_password.replace("%40", ""), CA=trusted)
    assert "tells no version" in refused(with_password, CA=trusted)  # let in
    assert "tells no version" in refused(at, CA=trusted, USER="me", PASSWORD=SECRET + "@:/")


def test_the_command_tells_it_in_one_line(tmp_path: Path) -> None:
    for url, told in (
        ("", "Error: the engine 'opensearch' has no server: set SOUWEN_OPENSEARCH_URL=https://user:password@host:9200"),
        (f"http://me:{SECRET}@[1:9200", "Error: the engine 'opensearch' finds no address in SOUWEN_OPENSEARCH_URL"),
        (f"me:{SECRET}@host:9200", "Error: the engine 'opensearch' finds no address in SOUWEN_OPENSEARCH_URL"),
        (f"http://me:{SECRET}@127.0.0.1:9", f"Error: no server at {NOWHERE} answers ("),
    ):
        done = run("index", SEEDS, "--index", tmp_path / "index", "--engine", "opensearch", SOUWEN_OPENSEARCH_URL=url)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(told)
        assert done.stderr.count("\n") == 1
        assert SECRET not in done.stderr
        assert not (tmp_path / "index" / "meta.json").exists()
    assert run("index", SEEDS, "--index", tmp_path / "index").returncode == 0
    assert [path.name for path in (tmp_path / "index").glob("opensearch-*")] == []


def test_a_server_that_goes_away(tmp_path: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUWEN_OPENSEARCH_USER", "me")
    monkeypatch.setenv("SOUWEN_OPENSEARCH_PASSWORD", SECRET)
    index = tmp_path / "index"
    build_index(SEEDS, index, engine=opensearch)
    files = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    assert not any(SECRET.encode() in content for content in files.values())
    assert SECRET not in repr(address())
    before = [(path, content) for path, content in files.items() if path.name != "writer.txt"]
    for command in (["search", "外交"], ["show", "x"], ["stats"], ["suggest", "外"], ["index", str(SEEDS)]):
        done = run(*command, "--index", index, SOUWEN_OPENSEARCH_URL=NOWHERE)
        assert done.returncode == 2
        assert re.fullmatch(r"Error: no server at http://127.0.0.1:9 answers \(.+\): start it, or .+\n", done.stderr)
    assert [(path, path.read_bytes()) for path, _ in before] == before
    with Searcher(index) as searcher:
        assert searcher.statistics().articles == 2


def test_several_hosts_of_which_one_lives(tmp_path: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    living = address().shown.replace(" ", "").split(",")[0]
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", f"{NOWHERE},http://127.0.0.1:7,{living}")
    build_index(SEEDS, tmp_path / "index", engine=opensearch)
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.search("台湾海峡").total == 1


def test_shards_and_replicas_are_chosen_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", NOWHERE)
    for name, value in (("SHARDS", "0"), ("SHARDS", "many"), ("REPLICAS", "-1"), ("SHARDS", "１")):
        monkeypatch.setenv(f"SOUWEN_OPENSEARCH_{name}", value)
        with pytest.raises(EngineUnavailable, match=f"SOUWEN_OPENSEARCH_{name}"):
            build_index(SEEDS, tmp_path / "index", engine="opensearch")
        monkeypatch.delenv(f"SOUWEN_OPENSEARCH_{name}")


def test_the_package_is_needed_for_this_engine_alone(tmp_path: Path) -> None:
    hidden = f"""
import sys
sys.modules["opensearchpy"] = None
from souwen.indexer import build_index
build_index([{str(SEEDS)!r}], {str(tmp_path / "w")!r})
try:
    build_index([{str(SEEDS)!r}], {str(tmp_path / "o")!r}, engine="opensearch")
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, timeout=60, check=True)
    assert (
        done.stdout == "EngineUnavailable the engine 'opensearch' needs a package: pip install 'souwen[opensearch]'\n"
    )
