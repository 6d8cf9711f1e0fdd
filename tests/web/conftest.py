"""Servers on free ports, and their HTTP clients."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("fastapi", reason="serving needs the extra 'web'")

from souwen.web import create_app
from souwen.web.server import make_server


class RunningServer:
    """An application that runs in a thread, on a free local port."""

    def __init__(
        self, index: Path, *, host: str = "127.0.0.1", trusted_proxies: Iterable[str] = (), **options: Any
    ) -> None:
        app = create_app(index, **{"rate": 0.0, **options})
        self.pool = app.state.searcher_pool
        listener = socket.create_server((host, 0))
        self.server = make_server(app, trusted_proxies)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.client = httpx.Client(base_url=self.address, timeout=60)

    def stop(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., RunningServer]]:
    """Return a function that serves an index until the end of the test, with the options of `create_app`."""
    servers: list[RunningServer] = []

    def start(index: Path, **options: Any) -> RunningServer:
        servers.append(RunningServer(index, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="package")
def seeds_server(seeds_index: Path) -> Iterator[RunningServer]:
    """A server of the two sample articles."""
    server = RunningServer(seeds_index)
    yield server
    server.stop()


@pytest.fixture
def api(seeds_server: RunningServer) -> httpx.Client:
    return seeds_server.client
