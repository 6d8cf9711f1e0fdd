"""Checks of requests (host, method, body, token, rate) and the security headers of responses."""

import base64
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from souwen.web import LOOPBACK
from souwen.web.rate_limit import MAX_CLIENTS, RateLimiter
from souwen.web.server import MAX_HEAD_BYTES, is_loopback

from .conftest import RunningServer

Start = Callable[..., RunningServer]


def send_raw(server: RunningServer, request: bytes) -> bytes:
    """Return the response to raw bytes, up to the end of the connection."""
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request)
        response = b""
        while chunk := connection.recv(65536):
            response += chunk
    return response


PATHS = ["/", "/api/search?q=外交", "/api/nothing", "/nothing", "/openapi.json", "/static/souwen.css", "/health"]


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_security_headers(api: httpx.Client, path: str) -> None:
    headers = api.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control")]


def test_other_hosts_are_refused(serve: Start, seeds_index: Path) -> None:
    server = serve(seeds_index, hosts=(*LOOPBACK, "archive.example"))
    for host in "localhost", "localhost:8000", "127.0.0.1", "[::1]", "[::1]:80", "ARCHIVE.example":
        assert server.client.get("/api/stats", headers={"Host": host}).status_code == 200, host
    for host in "evil.example", "localhost.evil.example", "evil.example:localhost", "[::2]", "":
        response = server.client.get("/api/stats", headers={"Host": host})
        assert response.status_code == 421, host
        assert "--allowed-host" in response.json()["error"]
    assert send_raw(server, b"GET /api/stats HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421 ")


def test_token_is_required_and_never_shown(serve: Start, seeds_index: Path) -> None:
    client = serve(seeds_index, token="开门-s3cret").client

    def basic(password: str) -> str:
        return "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()

    bearer = "Bearer 开门-s3cret".encode()
    for path in PATHS:
        response = client.get(path)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Basic ")  # makes browsers ask for a password
        assert "s3cret" not in response.text
        for valid in bearer, bearer.replace(b"Bearer ", b"bearer  "), basic("开门-s3cret").encode():
            assert client.get(path, headers={b"Authorization": valid}).status_code in (200, 404), valid
        for invalid in "Bearer s3cret", "Bearer", "Basic !", "Basic " + base64.b64encode(b"x").decode(), basic(""), "x":
            assert client.get(path, headers={"Authorization": invalid}).status_code == 401, invalid


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(api: httpx.Client, method: str) -> None:
    for path in "/api/search", "/", "/api/articles/1":
        response = api.request(method, path)
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD"


def test_bodies_are_refused(seeds_server: RunningServer) -> None:
    assert seeds_server.client.request("GET", "/api/stats", content=b"x" * 10_000_000).status_code == 405
    head = b"GET /api/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert send_raw(seeds_server, head + b"0\r\n\r\n").startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/search?q=" + b"a" * 20 * MAX_HEAD_BYTES + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/stats HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * MAX_HEAD_BYTES + b"\r\n",
    ],
    ids=["line", "headers"],
)
def test_long_request_heads_are_refused(seeds_server: RunningServer, head: bytes) -> None:
    try:
        response = send_raw(seeds_server, head)
    except ConnectionError:  # the server closed the connection before it had read all
        return
    assert response.startswith(b"HTTP/1.1 400 ")


def test_rate_limit_refuses_until_time_has_passed(serve: Start, seeds_index: Path) -> None:
    client = serve(seeds_index, rate=2.0).client
    responses = [client.get("/health") for _ in range(40)]
    assert {response.status_code for response in responses[:10]} == {200}
    refused = next(response for response in responses if response.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"].startswith("too many requests came from your address")
    time.sleep(1)
    assert client.get("/health").status_code == 200


def test_rate_limit_is_per_client_and_refills_over_time() -> None:
    now = 0.0
    limiter = RateLimiter(2.0, lambda: now)

    def allowed(address: str, times: int = 100) -> int:
        return sum(limiter.allows(address) for _ in range(times))

    assert allowed("192.0.2.1") == 10
    assert allowed("192.0.2.2") == 10
    assert allowed("2001:db8::1") == 10
    assert allowed("2001:db8::2:1") == 0  # the same network
    assert allowed("2001:db8:0:1::1") == 10
    now = 1.5
    assert allowed("192.0.2.1") == 3
    now = 1000.0
    assert allowed("192.0.2.1") == 10
    for number in range(MAX_CLIENTS + 10):
        limiter.allows(f"10.0.{number >> 8}.{number & 255}")
    assert len(limiter._buckets) == MAX_CLIENTS
    assert RateLimiter(0).allows("")


def test_loopback_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "archive.example", "")))
