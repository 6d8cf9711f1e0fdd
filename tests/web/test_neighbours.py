"""Clients that take all they can get leave others their share. Takes long, so only `make soak` runs it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from statistics import quantiles

import httpx
import pytest

from souwen.indexer import build_index

from ..conftest import SOAK
from .test_serve import running_server

pytestmark = pytest.mark.soak

SILENT_CONNECTIONS = 500
RUNAWAYS = 4
PAUSE_SECONDS = 0.05  # between the requests of the others
ROUNDS = 4  # quiet and loud in turn, because other programs use the machine, too
MEASURED_SECONDS = 8.0  # of a round
MAX_RATIO = 2.0
QUERIES = [
    "外交",
    "台湾海峡",
    "美国 总统",
    "经济增长",
    "疫情 防控",
    "习近平 拜登",
    "法国",
    "乌克兰 战争",
    "人权",
    "股市 下跌",
]


def runaway_query(number: int) -> str:
    """Return a query of as many wildcards as the server accepts; each number another one."""
    return " OR ".join(f"entity:*{chr(0x4E00 + (number * 131 + i * 37) % 8000)}*国*{i}*" for i in range(110))[:2000]


def times(client: httpx.Client) -> list[float]:
    """Return the seconds that requests of one client take, one after the other."""
    measured = []
    end = time.monotonic() + MEASURED_SECONDS
    for query in cycle(QUERIES):
        if time.monotonic() > end:
            break
        started = time.perf_counter()
        response = client.get("/api/search", params={"q": query}, headers={"X-Forwarded-For": "198.51.100.1"})
        measured.append(time.perf_counter() - started)
        assert response.status_code == 200
        time.sleep(PAUSE_SECONDS)
    return measured


@contextmanager
def runaways(address: httpx.URL) -> Iterator[None]:
    """Send runaway queries of several clients inside the block, one at a time each, a second after the last answer."""
    stopped = threading.Event()

    def send(client_number: int) -> None:
        headers = {"X-Forwarded-For": f"198.51.100.{100 + client_number}"}
        with httpx.Client(base_url=address, timeout=60) as client:
            number = client_number
            while not stopped.wait(1):
                client.get("/api/search", params={"q": runaway_query(number)}, headers=headers)
                number += RUNAWAYS

    threads = [threading.Thread(target=send, args=(number,)) for number in range(RUNAWAYS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def measure(client: httpx.Client) -> tuple[float, float]:
    """Return the time in seconds within which 19 of 20 requests are answered: without and with greedy clients."""
    quiet, loud = [], []
    for _ in range(ROUNDS):
        quiet += times(client)
        with ExitStack() as stack:
            for _ in range(SILENT_CONNECTIONS):
                stack.enter_context(socket.create_connection((client.base_url.host, client.base_url.port or 0)))
            stack.enter_context(runaways(client.base_url))
            loud += times(client)
    return quantiles(quiet, n=20)[-1], quantiles(loud, n=20)[-1]


def test_silent_connections_and_runaway_queries_hardly_slow_others(rfi: Path, tmp_path: Path) -> None:
    if not SOAK:
        pytest.skip("measures times only in `make soak`")
    build_index([rfi], tmp_path / "index")
    with running_server("--index", tmp_path / "index") as client:
        times(client)  # warm-up
        quiet, loud = measure(client)
    assert loud < MAX_RATIO * quiet, f"p95: quiet {quiet * 1000:.0f} ms, loud {loud * 1000:.0f} ms"
