"""`souwen serve` as a subprocess."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

SOUWEN = Path(sys.executable).with_name("souwen")
PLAIN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@contextmanager
def running_server(*arguments: str | Path, expected_errors: str = "", **environment: str) -> Iterator[httpx.Client]:
    process = subprocess.Popen(
        [SOUWEN, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=PLAIN | environment,
    )
    try:
        assert process.stdout
        assert process.stderr
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), process.stderr.read()
        with httpx.Client(base_url=address, timeout=60) as client:
            yield client
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        errors = process.stderr.read()
        assert errors.startswith(expected_errors)
        assert bool(errors) == bool(expected_errors)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        process.stderr.close()  # type: ignore[union-attr]


def failure_message(*arguments: str | Path, **environment: str) -> str:
    completed = subprocess.run(
        [SOUWEN, "serve", *arguments], capture_output=True, text=True, env=PLAIN | environment, timeout=120
    )
    assert completed.returncode == 2
    assert "Traceback" not in completed.stderr
    return completed.stderr.splitlines(keepends=True)[-1]


def test_serves_until_interrupted(seeds_index: Path) -> None:
    with running_server("--index", seeds_index) as client:
        assert client.get("/api/search?q=外交").json()["total"] == 2
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_token_from_the_environment_or_a_file(seeds_index: Path, tmp_path: Path) -> None:
    with running_server("--index", seeds_index, SOUWEN_TOKEN="secret") as client:
        assert client.get("/health").status_code == 401
        assert client.get("/health", headers={"Authorization": "Bearer secret"}).status_code == 200
    (tmp_path / "token").write_text("from a file\n", "utf-8")
    with running_server("--index", seeds_index, "--token-file", tmp_path / "token", "--rate", "1") as client:
        codes = [client.get("/health", auth=("any", "from a file")).status_code for _ in range(20)]
        assert codes[:5] == [200] * 5
        assert 429 in codes


def test_startup_failures_are_one_line(seeds_index: Path, tmp_path: Path) -> None:
    assert failure_message("--index", tmp_path) == (
        f"Error: no index in {tmp_path}: make one with `souwen index PATH --index {tmp_path}`\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as other_server:
        port = other_server.getsockname()[1]
        message = failure_message("--index", seeds_index, "--port", str(port))
        assert message.startswith(f"Error: cannot listen at 127.0.0.1, port {port} (")
    assert "choose another" in failure_message("--index", seeds_index, "--host", "no.such.host.invalid")
    message = failure_message("--index", seeds_index, "--trusted-proxy", "proxy.example")
    assert "'proxy.example' is no IP address or network: write one such as" in message


def test_errors_of_the_index_are_printed_for_the_operator(seeds_index: Path, tmp_path: Path) -> None:
    index = shutil.copytree(seeds_index, tmp_path / "index")
    with running_server("--index", index, expected_errors=f"(no index in {index}: make one") as client:
        (index / "meta.json").unlink()
        time.sleep(1.1)  # the server checks once a second
        response = client.get("/health")
        assert (response.status_code, str(index) in response.text) == (503, False)


def test_empty_token_opens_nothing(seeds_index: Path, tmp_path: Path) -> None:
    for number, content in enumerate((b"", b" \n\t\n", b"\xef\xbb\xbf\n", b"\xff\xfe")):
        file = tmp_path / f"token-{number}"
        file.write_bytes(content)
        message = failure_message("--index", seeds_index, "--token-file", file)
        assert message.startswith(f"Error: {file} holds no token in UTF-8: write one into it"), content
    assert failure_message("--index", seeds_index, SOUWEN_TOKEN=" ").startswith("Error: $SOUWEN_TOKEN holds no token")
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbfsecret\r\n")
    with running_server("--index", seeds_index, "--token-file", tmp_path / "marked") as client:
        assert client.get("/health", headers={"Authorization": "Bearer secret"}).status_code == 200
