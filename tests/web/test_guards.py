"""Who may read, how often, and what browsers are told to do with it."""

import base64
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from souwen.web import LOOPBACK
from souwen.web.rate_limit import MOST_CLIENTS, Rates
from souwen.web.server import LONGEST_HEAD, is_loopback

from .conftest import Served

Start = Callable[..., Served]


def exchanged(served: Served, request: bytes) -> bytes:
    """What the server says to these very bytes, to the end of the connection."""
    host, _, port = served.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


PATHS = ["/", "/api/search?q=外交", "/api/nothing", "/nothing", "/openapi.json", "/static/souwen.css", "/health"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_locked_up(api: httpx.Client, path: str) -> None:
    headers = api.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control")]


def test_who_was_led_here_under_another_name_gets_nothing(serve: Start, seeds_index: Path) -> None:
    served = serve(seeds_index, hosts=(*LOOPBACK, "archive.example"))
    for host in "localhost", "localhost:8000", "127.0.0.1", "[::1]", "[::1]:80", "ARCHIVE.example":
        assert served.client.get("/api/stats", headers={"Host": host}).status_code == 200, host
    for host in "evil.example", "localhost.evil.example", "evil.example:localhost", "[::2]", "":
        answer = served.client.get("/api/stats", headers={"Host": host})
        assert answer.status_code == 421, host
        assert "--allowed-host" in answer.json()["error"]
    assert exchanged(served, b"GET /api/stats HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421 ")


def test_a_token_is_asked_for_and_not_told(serve: Start, seeds_index: Path) -> None:
    client = serve(seeds_index, token="开门-s3cret").client

    def basic(password: str) -> str:
        return "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()

    bearer = "Bearer 开门-s3cret".encode()
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")  # a browser asks
        assert "s3cret" not in answer.text
        for right in bearer, bearer.replace(b"Bearer ", b"bearer  "), basic("开门-s3cret").encode():
            assert client.get(path, headers={b"Authorization": right}).status_code in (200, 404), right
        for wrong in "Bearer s3cret", "Bearer", "Basic !", "Basic " + base64.b64encode(b"x").decode(), basic(""), "x":
            assert client.get(path, headers={"Authorization": wrong}).status_code == 401, wrong


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_nothing_but_reading(api: httpx.Client, method: str) -> None:
    for path in "/api/search", "/", "/api/articles/1":
        answer = api.request(method, path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


def test_no_bodies(served_seeds: Served) -> None:
    assert served_seeds.client.request("GET", "/api/stats", content=b"x" * 10_000_000).status_code == 405
    head = b"GET /api/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert exchanged(served_seeds, head + b"0\r\n\r\n").startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/search?q=" + b"a" * 20 * LONGEST_HEAD + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/stats HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * LONGEST_HEAD + b"\r\n",
    ],
    ids=["line", "headers"],
)
def test_long_heads_are_refused(served_seeds: Served, head: bytes) -> None:
    try:
        answer = exchanged(served_seeds, head)
    except ConnectionError:  # closed before all was sent
        return
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_client_that_asks_too_often_has_to_wait(serve: Start, seeds_index: Path) -> None:
    client = serve(seeds_index, rate=2.0).client
    answers = [client.get("/health") for _ in range(40)]
    assert {answer.status_code for answer in answers[:10]} == {200}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"].startswith("too many requests came from your address")
    time.sleep(1)
    assert client.get("/health").status_code == 200


def test_rates_are_told_apart_by_client_and_time() -> None:
    now = 0.0
    rates = Rates(2.0, lambda: now)

    def admitted(address: str, times: int = 100) -> int:
        return sum(rates.admits(address) for _ in range(times))

    assert admitted("192.0.2.1") == 10
    assert admitted("192.0.2.2") == 10
    assert admitted("2001:db8::1") == 10
    assert admitted("2001:db8::2:1") == 0  # the same network
    assert admitted("2001:db8:0:1::1") == 10
    now = 1.5
    assert admitted("192.0.2.1") == 3
    now = 1000.0
    assert admitted("192.0.2.1") == 10
    for number in range(MOST_CLIENTS + 10):
        rates.admits(str(number))
    assert len(rates._buckets) == MOST_CLIENTS
    assert Rates(0).admits("")


def test_what_is_only_reached_from_here() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "archive.example", "")))
