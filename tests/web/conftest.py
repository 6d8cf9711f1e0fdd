"""Real servers on free ports, and clients that ask them."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("fastapi", reason="serving needs the extra 'web'")

import uvicorn

from souwen.web import create_app


class Served:
    """An application on a free port of this machine, in a thread."""

    def __init__(self, index: Path, **options: Any) -> None:
        app = create_app(index, **{"rate": 0.0, **options})
        self.archive = app.state.archive
        self._server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="warning", h11_max_incomplete_event_size=32 << 10, http="h11")
        )
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
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
