"""The engines that can be used here, one after the other."""

import pytest

from souwen.engines import ENGINES, EngineUnavailable, IndexDirectory


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an engine."""
    directory = IndexDirectory(tmp_path_factory.mktemp("probe"))
    try:
        with directory.lock(1):
            directory.draft("fingerprint", request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    return str(request.param)
