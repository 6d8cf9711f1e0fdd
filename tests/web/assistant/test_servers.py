"""`souwen mcp` as a process: what it reads and prints, how it ends, whom it lets in."""

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
from .clients import Http, answered

Process: TypeAlias = "subprocess.Popen[bytes]"


def requests(*messages: dict[str, object]) -> bytes:
    return b"".join(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n" for message in messages)


HELLO = {
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
SEARCH = {"id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {"query": "海峡"}}}
GREETING = requests(HELLO, {"method": "notifications/initialized"})


@pytest.fixture
def process(index: Path) -> Iterator[Process]:
    """The server over standard input and output, greeted."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([SOUWEN, "mcp", "--index", index], env=PLAIN, **pipes) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        started.stdin.write(GREETING)
        started.stdin.flush()
        assert json.loads(started.stdout.readline())["id"] == 1
        yield started
        started.kill()


def test_only_the_protocol_is_on_standard_output_and_its_end_ends_the_server(process: Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\xff no json\n" + b"[" * 100_000 + b"\n" + requests(SEARCH))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 2
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends programs in other ways")
def test_interrupted_it_ends_at_once_and_quietly(process: Process) -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == -signal.SIGINT
    assert process.communicate() == (b"", b"")


def test_it_ends_quietly_when_nobody_reads_the_answers(process: Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write(requests(SEARCH))
    process.stdin.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == b""


def posted(url: str, *, body: bytes = requests(HELLO), **headers: str) -> httpx2.Response:
    kinds = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    return httpx2.post(url, content=body, headers=kinds | headers, timeout=60)


def test_pages_of_strangers_are_refused(http: Http) -> None:
    assert posted(http.url).status_code == 200
    assert posted(http.url, Host="evil.example").status_code == 421
    assert posted(http.url, Host="evil.example:8001").status_code == 421
    assert posted(http.url, Origin="https://evil.example").status_code == 403
    assert posted(http.url, Origin="http://localhost:3000").status_code == 200
    assert posted(http.url, body=b" " * 100_001).status_code == 413
    assert posted(http.url, body=b"no json").status_code == 400


def test_a_token_is_asked_for(index: Path) -> None:
    async def authorised(url: str) -> list[CallToolResult]:
        headers = {b"Authorization": "Bearer 海峡-secret".encode()}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as known,
            Client(streamable_http_client(url, http_client=known)) as client,
        ):
            return [await client.call_tool("search", {"query": "王毅"})]

    with Http(index, SOUWEN_TOKEN="海峡-secret") as server:
        refused = [posted(server.url), posted(server.url, Authorization="Bearer wrong")]
        (found,) = asyncio.run(authorised(server.url))
    assert [answer.status_code for answer in refused] == [401, 401]
    assert refused[0].json()["error"].startswith("this archive asks for a token: ")
    assert answered(found)["total"] == 1
    assert "Traceback" not in server.errors


def test_an_index_that_cannot_be_used_is_told_at_once(tmp_path: Path) -> None:
    for options in ((), ("--http",)):
        done = run("mcp", "--index", tmp_path / "nowhere", *options)
        assert done.returncode == 2
        assert re.fullmatch(r"Error: .*`souwen index.*\n", done.stderr)
        assert done.stdout == ""


def test_without_its_packages_it_says_what_to_install() -> None:
    hidden = "import sys; sys.modules['mcp'] = None; from souwen.cli import main; main(['mcp'])"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, env=PLAIN, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'souwen[mcp]'" in done.stderr
