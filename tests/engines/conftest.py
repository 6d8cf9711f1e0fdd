"""Fixtures that run a test with every engine that is available."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from souwen.analysis import Analyzer, Article
from souwen.engines import DEFAULT_WRITE_BUFFER, ENGINES, EngineUnavailable, IndexDirectory, Reader

ANALYZER = Analyzer()


def write(
    directory: IndexDirectory,
    put: Mapping[str, Article],
    delete: Iterable[str] = (),
    memory: int = DEFAULT_WRITE_BUFFER,
) -> None:
    """Run one transaction on the index of `directory`."""
    engine = directory.open(ANALYZER.fingerprint)
    with engine.writer(memory) as writer:
        for prepared in engine.prepare((ANALYZER.analyze(article), "digest") for article in put.values()):
            writer.put(prepared)
        for article_id in delete:
            writer.delete(article_id)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an available engine."""
    directory = IndexDirectory(tmp_path_factory.mktemp("probe"))
    try:
        with directory.lock(1):
            directory.create_draft(ANALYZER, request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    return str(request.param)


@pytest.fixture
def opensearch(removed_from_servers: None) -> str:
    """The name of the engine, if a server is configured."""
    if not os.environ.get("SOUWEN_OPENSEARCH_URL"):
        pytest.skip("the engine 'opensearch' has no server: set SOUWEN_OPENSEARCH_URL to the address of one for tests")
    return "opensearch"


@pytest.fixture(scope="session", autouse=True)
def removed_from_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove the indexes of the tests, and no others, from the servers."""
    yield
    handles = list(tmp_path_factory.getbasetemp().rglob("opensearch-*/index.json"))
    if handles and os.environ.get("SOUWEN_OPENSEARCH_URL"):
        from souwen.engines.opensearch import index_handle
        from souwen.engines.opensearch.connection_settings import server_address
        from souwen.engines.opensearch.server import NotFound, Server

        server = Server(server_address())
        for name in {index_handle.read_handle(handle.parent) for handle in handles}:
            try:
                server.request("DELETE", f"/{name}")
            except NotFound:  # a test has removed it
                continue
        server.close()


@pytest.fixture
def directory(tmp_path: Path, engine: str) -> IndexDirectory:
    directory = IndexDirectory(tmp_path)
    with directory.lock(1):
        meta, _ = directory.create_draft(ANALYZER, engine)
        directory.activate(meta)
    return directory


@pytest.fixture
def opened(directory: IndexDirectory) -> Iterator[Callable[[], Reader]]:
    """Return a function that opens the last commit."""
    readers: list[Reader] = []

    def open_reader() -> Reader:
        readers.append(directory.open(ANALYZER.fingerprint).reader())
        return readers[-1]

    yield open_reader
    for reader in readers:
        reader.close()
