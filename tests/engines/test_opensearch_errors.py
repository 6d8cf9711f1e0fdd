"""Errors of servers: the user reads one line with the next step, and no operation is left half done."""

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
from souwen.engines.opensearch.connection_settings import server_address
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import SEEDS
from ..e2e.test_cli import run

DEAD_URL = "http://127.0.0.1:9"  # the port of the discard service, which no machine runs today
SECRET = "geheim-8f2"
StartServer = Callable[..., str]


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Return a function that starts a server with one response to every request, and returns its address.

    With a password, the server refuses requests that do not give it.
    """
    servers: list[ThreadingHTTPServer] = []
    stopped = threading.Event()

    def start(status: int, kind: str, body: str, context: ssl.SSLContext | None = None, password: str = "") -> str:
        expected = "Basic " + b64encode(f"me:{password}".encode()).decode()

        class Handler(BaseHTTPRequestHandler):
            def respond(self) -> None:
                if not status:
                    stopped.wait()
                content = body.encode()
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                authorized = not password or self.headers.get("Authorization") == expected
                self.send_response(status or 200 if authorized else 401)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(BrokenPipeError):  # the client did not wait
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_DELETE = respond  # noqa: N815 - as http.server wants them

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        http_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        http_server.daemon_threads = True
        if context:
            http_server.socket = context.wrap_socket(http_server.socket, server_side=True)
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        servers.append(http_server)
        return f"http{'s' if context else ''}://127.0.0.1:{http_server.server_port}"

    yield start
    stopped.set()
    for http_server in servers:
        http_server.shutdown()
        http_server.server_close()


@pytest.mark.parametrize(
    ("status", "kind", "body", "error", "reason"),
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
        (0, "application/json", "{}", ServerUnreachable, "no response within 0.2 s"),
    ],
    ids=["401", "403", "blocked", "web server", "cut", "list", "empty", "state", "500", "no manager", "silent"],
)
def test_an_unusable_response_becomes_an_error_with_the_next_step(
    status: int,
    kind: str,
    body: str,
    error: type[ServerError],
    reason: str,
    start_server: StartServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "BUSY_RETRY_LIMIT", 0.5)
    if not status:
        monkeypatch.setattr(server, "REQUEST_TIMEOUT", 0.2)
    url = start_server(status, kind, body)
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", url.replace("http://", f"http://me:{SECRET}@"))
    folder = tmp_path / "index"
    (folder / "opensearch-1").mkdir(parents=True)
    (folder / "opensearch-1" / "index.json").write_text('{"index": "souwen-x"}', "utf-8")
    directory = IndexDirectory(folder)
    meta = {"format": FORMAT, "fingerprint": "f", "engine": "opensearch", "folder": "opensearch-1", "created": ""}
    (folder / "meta.json").write_text(json.dumps({**meta, "dictionary": [], "entities": True}), "utf-8")
    for connect in (directory.open("f").reader, directory.open("f").writer):
        with pytest.raises(error) as caught:
            connect()
        message = str(caught.value)
        assert reason in message
        assert url in message
        assert "\n" not in message
        assert SECRET not in message
        assert ": " in message  # the next step


def test_credentials_and_certificates(
    start_server: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's refusal shows what the client sent."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run([*command, *names], check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    url = start_server(200, "application/json", "{}", context=context, password=SECRET + "@:/")

    def refusal(url: str, **environment: str) -> str:
        with monkeypatch.context() as patch:
            patch.setenv("SOUWEN_OPENSEARCH_URL", url)
            for name, value in environment.items():
                patch.setenv(f"SOUWEN_OPENSEARCH_{name}", value)
            with pytest.raises(ServerError) as caught:
                server.Server(server_address()).check()
            assert SECRET not in str(caught.value)
            return str(caught.value)

    with_password = url.replace("https://", f"https://me:{SECRET}%40%3A%2F@")
    assert "set SOUWEN_OPENSEARCH_CA to the file of certificates" in refusal(with_password)
    trusted = str(certificate)
    assert "wrong user or password" in refusal(url, CA=trusted)
    assert "wrong user or password" in refusal(with_password.replace("%40", ""), CA=trusted)
    assert "reports no version" in refusal(with_password, CA=trusted)  # the password was right
    assert "reports no version" in refusal(url, CA=trusted, USER="me", PASSWORD=SECRET + "@:/")


def test_the_command_line_shows_one_line(tmp_path: Path) -> None:
    no_address = "Error: the engine 'opensearch' finds no valid address in SOUWEN_OPENSEARCH_URL"
    for url, message in (
        ("", "Error: the engine 'opensearch' has no server: set SOUWEN_OPENSEARCH_URL=https://user:password@host:9200"),
        (f"http://me:{SECRET}@[1:9200", no_address),
        (f"me:{SECRET}@host:9200", no_address),
        (f"http://me:{SECRET}@127.0.0.1:9", f"Error: no server at {DEAD_URL} answers ("),
    ):
        done = run("index", SEEDS, "--index", tmp_path / "index", "--engine", "opensearch", SOUWEN_OPENSEARCH_URL=url)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(message)
        assert done.stderr.count("\n") == 1
        assert SECRET not in done.stderr
        assert not (tmp_path / "index" / "meta.json").exists()
    assert run("index", SEEDS, "--index", tmp_path / "index").returncode == 0
    assert [path.name for path in (tmp_path / "index").glob("opensearch-*")] == []


def test_commands_fail_clearly_when_the_server_is_gone(
    tmp_path: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUWEN_OPENSEARCH_USER", "me")
    monkeypatch.setenv("SOUWEN_OPENSEARCH_PASSWORD", SECRET)
    index = tmp_path / "index"
    build_index(SEEDS, index, engine=opensearch)
    files = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    assert not any(SECRET.encode() in content for content in files.values())
    assert SECRET not in repr(server_address())
    before = {path: content for path, content in files.items() if path.name != "writer.txt"}
    for command in (["search", "外交"], ["show", "x"], ["stats"], ["suggest", "外"], ["index", str(SEEDS)]):
        done = run(*command, "--index", index, SOUWEN_OPENSEARCH_URL=DEAD_URL)
        assert done.returncode == 2
        assert re.fullmatch(r"Error: no server at http://127.0.0.1:9 answers \(.+\): start it, or .+\n", done.stderr)
    assert {path: path.read_bytes() for path in before} == before
    with Searcher(index) as searcher:
        assert searcher.statistics().articles == 2


def test_one_live_host_of_several_is_enough(tmp_path: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    live = server_address().display.replace(" ", "").split(",")[0]
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", f"{DEAD_URL},http://127.0.0.1:7,{live}")
    build_index(SEEDS, tmp_path / "index", engine=opensearch)
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.search("台湾海峡").total == 1


def test_invalid_numbers_of_shards_and_replicas_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", DEAD_URL)
    for name, value in (("SHARDS", "0"), ("SHARDS", "many"), ("REPLICAS", "-1"), ("SHARDS", "１")):
        monkeypatch.setenv(f"SOUWEN_OPENSEARCH_{name}", value)
        with pytest.raises(EngineUnavailable, match=f"SOUWEN_OPENSEARCH_{name}"):
            build_index(SEEDS, tmp_path / "index", engine="opensearch")
        monkeypatch.delenv(f"SOUWEN_OPENSEARCH_{name}")


def test_only_this_engine_needs_the_package(tmp_path: Path) -> None:
    script = f"""
import sys
sys.modules["opensearchpy"] = None
from souwen.indexer import build_index
build_index([{str(SEEDS)!r}], {str(tmp_path / "w")!r})
try:
    build_index([{str(SEEDS)!r}], {str(tmp_path / "o")!r}, engine="opensearch")
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert (
        done.stdout == "EngineUnavailable the engine 'opensearch' needs a package: pip install 'souwen[opensearch]'\n"
    )


def test_passwords_over_plain_http_are_warned_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    safe = f"https://me:{SECRET}@one.example:9200,http://me:{SECRET}@localhost:9200,http://me:{SECRET}@[::1]:9200"
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", f"{safe},http://three.example")
    server_address()
    assert caplog.records == []
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", f"{safe},http://me:{SECRET}@192.0.2.77:9200")
    for _ in range(2):
        server_address()
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("souwen", "WARNING")
    assert record.getMessage() == (
        "the password for http://192.0.2.77:9200 is sent unencrypted: use https:// in SOUWEN_OPENSEARCH_URL"
    )
    monkeypatch.setenv("SOUWEN_OPENSEARCH_URL", "http://four.example")
    monkeypatch.setenv("SOUWEN_OPENSEARCH_USER", "me")
    monkeypatch.setenv("SOUWEN_OPENSEARCH_PASSWORD", SECRET)
    server_address()
    assert "http://four.example:80 is sent unencrypted" in caplog.text
    assert SECRET not in caplog.text


def test_command_line_warns_of_passwords_over_plain_http(tmp_path: Path) -> None:
    done = run(
        *("index", SEEDS, "--engine", "opensearch", "--index", tmp_path / "index"),
        SOUWEN_OPENSEARCH_URL=f"http://me:{SECRET}@search.invalid:9200",
    )
    assert done.stderr.count("http://search.invalid:9200 is sent unencrypted") == 1
    assert SECRET not in done.stderr
