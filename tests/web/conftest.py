"""Real servers on free ports, and clients that ask them."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("fastapi", reason="serving needs the extra 'web'")

from souwen.web import create_app
from souwen.web.server import server_of


class Served:
    """An application on a free port of this machine, in a thread."""

    def __init__(self, index: Path, **options: Any) -> None:
        app = create_app(index, **{"rate": 0.0, **options})
        self.archive = app.state.archive
        listening = socket.create_server(("127.0.0.1", 0))
        self._server = server_of(app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        self.address = "http://{}:{}".format(*listening.getsockname())
        self.client = httpx.Client(base_url=self.address, timeout=60)

    def stop(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Serves an index, with the options of `create_app`, to the end of the test."""
    running: list[Served] = []

    def start(index: Path, **options: Any) -> Served:
        running.append(Served(index, **options))
        return running[-1]

    yield start
    for served in running:
        served.stop()


@pytest.fixture(scope="package")
def served_seeds(seeds_index: Path) -> Iterator[Served]:
    """The two sample articles, served."""
    served = Served(seeds_index)
    yield served
    served.stop()


@pytest.fixture
def api(served_seeds: Served) -> httpx.Client:
    return served_seeds.client
