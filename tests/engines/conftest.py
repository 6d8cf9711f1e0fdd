"""The engines that can be used here, one after the other."""

import os
from collections.abc import Iterator

import pytest

from souwen.analysis import Analyzer
from souwen.engines import ENGINES, EngineUnavailable, IndexDirectory


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an engine."""
    directory = IndexDirectory(tmp_path_factory.mktemp("probe"))
    try:
        with directory.lock(1):
            directory.draft(Analyzer(), request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    return str(request.param)


@pytest.fixture
def opensearch(removed_from_servers: None) -> str:
    """The name of the engine, where there is a server."""
    if not os.environ.get("SOUWEN_OPENSEARCH_URL"):
        pytest.skip("the engine 'opensearch' has no server: set SOUWEN_OPENSEARCH_URL to the address of one for tests")
    return "opensearch"


@pytest.fixture(scope="session", autouse=True)
def removed_from_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Removes the indexes of the tests, and no other, from the servers."""
    yield
    handles = list(tmp_path_factory.getbasetemp().rglob("opensearch-*/index.json"))
    if handles and os.environ.get("SOUWEN_OPENSEARCH_URL"):
        from souwen.engines.opensearch import handle
        from souwen.engines.opensearch.address import address
        from souwen.engines.opensearch.server import Missing, Server

        server = Server(address())
        for name in {handle.read(found.parent) for found in handles}:
            try:
                server.ask("DELETE", f"/{name}")
            except Missing:  # a test removed it
                continue
        server.close()
