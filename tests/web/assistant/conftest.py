"""An archive, and a server that assistants ask over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .clients import Http, archive


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def http(index: Path) -> Iterator[Http]:
    with Http(index) as server:
        yield server
