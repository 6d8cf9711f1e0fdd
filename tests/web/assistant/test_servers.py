"""`souwen mcp` as a process: input and output, shutdown, and access checks."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from ...e2e.test_cli import PLAIN, SOUWEN, run
from .clients import HttpServer, content_of

Process: TypeAlias = "subprocess.Popen[bytes]"


def encode(*messages: dict[str, object]) -> bytes:
    return b"".join(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n" for message in messages)


INITIALIZE = {
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
SEARCH = {"id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {"query": "海峡"}}}
HANDSHAKE = encode(INITIALIZE, {"method": "notifications/initialized"})


@pytest.fixture
def process(index: Path) -> Iterator[Process]:
    """Start a server over standard input and output, and initialize the session."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([SOUWEN, "mcp", "--index", index], env=PLAIN, **pipes) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(HANDSHAKE)
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["id"] == 1
        yield server
        server.kill()


def test_standard_output_has_only_the_protocol_and_end_of_input_ends_the_server(process: Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\xff no json\n" + b"[" * 100_000 + b"\n" + encode(SEARCH))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 2
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for processes")
def test_interrupt_ends_the_server_at_once_and_silently(process: Process) -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == -signal.SIGINT
    assert process.communicate() == (b"", b"")


def test_broken_pipe_ends_the_server_silently(process: Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write(encode(SEARCH))
    process.stdin.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == b""


def post(url: str, *, body: bytes = encode(INITIALIZE), **headers: str) -> httpx2.Response:
    content_types = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    return httpx2.post(url, content=body, headers=content_types | headers, timeout=60)


def test_other_hosts_and_origins_are_refused(http: HttpServer) -> None:
    assert post(http.url).status_code == 200
    assert post(http.url, Host="evil.example").status_code == 421
    assert post(http.url, Host="evil.example:8001").status_code == 421
    assert post(http.url, Origin="https://evil.example").status_code == 403
    assert post(http.url, Origin="http://localhost:3000").status_code == 200
    assert post(http.url, body=b" " * 100_001).status_code == 413
    assert post(http.url, body=b"no json").status_code == 400


def test_token_is_required(index: Path) -> None:
    async def search_with_token(url: str) -> list[CallToolResult]:
        headers = {b"Authorization": "Bearer 海峡-secret".encode()}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http_client,
            Client(streamable_http_client(url, http_client=http_client)) as client,
        ):
            return [await client.call_tool("search", {"query": "王毅"})]

    with HttpServer(index, SOUWEN_TOKEN="海峡-secret") as server:
        refused = [post(server.url), post(server.url, Authorization="Bearer wrong")]
        (result,) = asyncio.run(search_with_token(server.url))
    assert [response.status_code for response in refused] == [401, 401]
    assert refused[0].json()["error"].startswith("this archive requires a token: ")
    assert content_of(result)["total"] == 1
    assert "Traceback" not in server.errors


def test_unusable_index_is_a_startup_error(tmp_path: Path) -> None:
    for options in ((), ("--http",)):
        completed = run("mcp", "--index", tmp_path / "nowhere", *options)
        assert completed.returncode == 2
        assert re.fullmatch(r"Error: .*`souwen index.*\n", completed.stderr)
        assert completed.stdout == ""


def test_missing_packages_are_named() -> None:
    hidden = "import sys; sys.modules['mcp'] = None; from souwen.cli import main; main(['mcp'])"
    completed = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, env=PLAIN, timeout=60)
    assert (completed.returncode, completed.stdout) == (2, "")
    assert "pip install 'souwen[mcp]'" in completed.stderr
