"""An index, and an MCP server over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .clients import HttpServer, build_archive


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def http(index: Path) -> Iterator[HttpServer]:
    with HttpServer(index) as server:
        yield server
