"""The engines that can be used here, one after the other."""

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
    """One transaction on the index of `directory`."""
    opened = directory.open(ANALYZER.fingerprint)
    with opened.writer(memory) as writer:
        for prepared in opened.prepare((ANALYZER.analyze(article), "digest") for article in put.values()):
            writer.put(prepared)
        for article_id in delete:
            writer.delete(article_id)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an engine."""
    directory = IndexDirectory(tmp_path_factory.mktemp("probe"))
    try:
        with directory.lock(1):
            directory.draft(ANALYZER, request.param)
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
        from souwen.engines.opensearch import index_handle
        from souwen.engines.opensearch.connection_settings import server_address
        from souwen.engines.opensearch.server import NotFound, Server

        server = Server(server_address())
        for name in {index_handle.read_handle(handle.parent) for handle in handles}:
            try:
                server.request("DELETE", f"/{name}")
            except NotFound:  # a test removed it
                continue
        server.close()


@pytest.fixture
def directory(tmp_path: Path, engine: str) -> IndexDirectory:
    made = IndexDirectory(tmp_path)
    with made.lock(1):
        meta, _ = made.draft(ANALYZER, engine)
        made.publish(meta)
    return made


@pytest.fixture
def opened(directory: IndexDirectory) -> Iterator[Callable[[], Reader]]:
    """Opens the index as it is then."""
    readers: list[Reader] = []

    def make() -> Reader:
        readers.append(directory.open(ANALYZER.fingerprint).reader())
        return readers[-1]

    yield make
    for reader in readers:
        reader.close()
