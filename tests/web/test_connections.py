"""Connections that send nothing, half a request or too many requests; clients behind proxies."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from souwen.query import Searcher
from souwen.web import connections
from souwen.web.connections import MAX_CONNECTIONS, is_within

from .conftest import RunningServer

Start = Callable[..., RunningServer]

HEAD = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
BODY_TO_COME = b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


def connect(server: RunningServer, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection((address, httpx.URL(server.address).port or 0), timeout=30)


@contextmanager
def connected(server: RunningServer, number: int, sent: bytes = b"", address: str = "127.0.0.1") -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            connection = stack.enter_context(connect(server, address))
            connection.sendall(sent)
        yield


def answer(connection: socket.socket) -> bytes:
    """Return all that the server sends until it closes the connection."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def trickle(connection: socket.socket) -> float:
    """Send a byte now and then until the server closes the connection. Return the seconds that this took."""
    started = time.monotonic()
    connection.settimeout(0.1)
    while True:
        try:
            connection.sendall(b"G")
            if not connection.recv(100):
                return time.monotonic() - started
        except TimeoutError:
            pass
        except ConnectionError:
            return time.monotonic() - started


@pytest.fixture
def other_address() -> str:
    """An address of this machine that is not loopback. No packet is sent."""
    for destination in ("198.51.100.1", "192.0.2.1"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.connect((destination, 9))
            address = str(probe.getsockname()[0])
            if not address.startswith("127."):
                return address
    pytest.skip("this machine has only loopback addresses")


@pytest.mark.parametrize("sent", [b"", b"GET /hea", HEAD, BODY_TO_COME], ids=["nothing", "line", "headers", "body"])
def test_connections_without_a_whole_request_are_closed(
    serve: Start, seeds_index: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    server = serve(seeds_index)
    with connect(server) as connection:
        connection.sendall(sent)
        started = time.monotonic()
        answer(connection)
        assert time.monotonic() - started < 10


def test_trickling_does_not_win_time(serve: Start, seeds_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.5)
    server = serve(seeds_index)
    for first in (b"", HEAD + b"\r\n"):  # the time also runs for a further request on a connection
        with connect(server) as connection:
            if first:
                connection.sendall(first)
                assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
                time.sleep(0.7)  # an idle connection stays open for longer
            assert trickle(connection) < 10


def test_clients_that_do_not_read_are_disconnected(
    serve: Start, seeds_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(searcher: Searcher, *_: object, **__: object) -> Iterator[object]:
        (*articles,) = original(searcher)
        while True:
            yield from articles

    original = Searcher.articles
    monkeypatch.setattr(Searcher, "articles", endless)
    monkeypatch.setattr(connections, "SEND_SECONDS", 0.5)
    server = serve(seeds_index)
    shared = server.pool._shared
    with connect(server) as connection:
        connection.sendall(b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        assert shared._users > 1
        deadline = time.monotonic() + 30
        while shared._users > 1:  # the export holds the searcher
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"\r\n"], ids=["nothing", "half", "idle"])
def test_waiting_connections_shut_nobody_out(serve: Start, seeds_index: Path, sent: bytes) -> None:
    server = serve(seeds_index)
    with connected(server, MAX_CONNECTIONS + 20, sent):
        for _ in range(20):
            assert httpx.get(f"{server.address}/health").status_code == 200


def test_connections_of_one_client_are_limited(
    serve: Start, seeds_index: Path, monkeypatch: pytest.MonkeyPatch, other_address: str
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS_PER_CLIENT", 5)
    server = serve(seeds_index, host="0.0.0.0")
    with connected(server, 20, address=other_address):
        time.sleep(0.2)
        assert len(server.server.server_state.connections) == 5
        assert httpx.get(f"{server.address}/health").status_code == 200
    with connected(server, 5, HEAD + b"\r\n", other_address), connect(server, other_address) as connection:
        connection.sendall(HEAD + b"Connection: close\r\n\r\n")
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
    with connected(server, 20):  # a proxy on this machine has the connections of many clients
        time.sleep(0.2)
        assert len(server.server.server_state.connections) >= 20


def test_client_with_many_requests_at_once_is_refused(
    serve: Start, seeds_index: Path, monkeypatch: pytest.MonkeyPatch, other_address: str
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS_PER_CLIENT", 3)
    server = serve(seeds_index, host="0.0.0.0", threads=1)
    release = threading.Event()
    server.pool._search_executor.submit(release.wait, 60)
    with connected(server, 3, b"GET /api/stats HTTP/1.1\r\nHost: localhost\r\n\r\n", other_address):
        while len(server.pool._pending) < 3:
            time.sleep(0.01)
        with connect(server, other_address) as connection:
            refusal = answer(connection)
        release.set()
    assert refusal.startswith(b"HTTP/1.1 429 ")
    assert b"too many connections come from your address" in refusal


def statuses(server: RunningServer, address: str, *forwarded: str) -> list[int]:
    url = f"http://{address}:{httpx.URL(server.address).port}/health"
    return [httpx.get(url, headers={"X-Forwarded-For": client}).status_code for client in forwarded]


def test_clients_behind_a_proxy_have_their_own_rates(serve: Start, seeds_index: Path, other_address: str) -> None:
    clients = [f"198.51.100.{number}" for number in range(15)]
    server = serve(seeds_index, rate=0.2, host="0.0.0.0")  # one request at once, and another after five seconds
    assert statuses(server, "127.0.0.1", *clients) == [200] * 15
    assert statuses(server, "127.0.0.1", clients[0]) == [429]
    # What clients write before the address that the proxy adds does not matter.
    assert statuses(server, "127.0.0.1", f"203.0.113.7, {clients[0]}", f"junk,{clients[1]}") == [429, 429]
    assert statuses(server, "127.0.0.1", "junk", "more junk") == [200, 429]
    assert statuses(server, other_address, *clients[:3]) == [200, 429, 429]  # not a proxy: one client
    trusting = serve(seeds_index, rate=0.2, host="0.0.0.0", trusted_proxies=[f"{other_address}/32"])
    assert statuses(trusting, other_address, *clients) == [200] * 15
    assert statuses(trusting, other_address, clients[0]) == [429]


def test_addresses_within_networks() -> None:
    assert is_within("10.1.2.3", ["192.0.2.1", "10.0.0.0/8"])
    assert is_within("::1", ["::1/128"])
    assert not is_within("10.1.2.3", ["192.0.2.1", "::/0"])
    assert not is_within("localhost", ["127.0.0.0/8"])
