"""The engine: makes and removes indexes on the servers, and opens them."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ...analysis import AnalyzedArticle
from ..base import DEFAULT_WRITE_BUFFER
from ..errors import EngineUnavailable, IndexDamaged, IndexLocked, IndexMoved, IndexUnreadable, ServerError
from . import index_handle
from .commits import KEPT, Commits
from .connection_settings import address, copies
from .prepared_article import PreparedArticle, prepared
from .reader import OpenSearchReader
from .schema import settings
from .server import Conflict, Missing, Server
from .writer import OpenSearchWriter

_SECONDS = 60.0  # that making an index may take


class OpenSearchEngine:
    """See `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        server, (shards, replicas) = Server(address()), copies()
        server.check()
        index = index_handle.make(self._folder)
        with suppress(Conflict):
            server.ask("PUT", f"/{index}", settings(shards, replicas), seconds=_SECONDS)
        Commits(server, index, self._folder).create()
        server.close()

    def remove(self) -> None:
        """Readers may go on with an index for a while after another took its place."""
        with suppress(EngineUnavailable, ServerError, IndexLocked, IndexUnreadable):
            try:
                self._remove(index_handle.read(self._folder))
            except (IndexDamaged, Missing):  # there is nothing elsewhere
                shutil.rmtree(self._folder, ignore_errors=True)

    def _remove(self, index: str) -> None:
        """Raises Missing when the index is gone."""
        server = Server(address())
        commits = Commits(server, index, self._folder)
        state = commits.read()
        if state.commit and not state.retired:
            commits.retire()
        elif not state.commit or time.time() - state.retired > KEPT:
            server.ask("DELETE", f"/{index}", seconds=_SECONDS)
            raise Missing(index)
        server.close()

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[PreparedArticle]:
        return prepared(batch)

    def commit(self) -> str:
        server, index = Server(address()), index_handle.read(self._folder)
        try:
            return f"{index}-{Commits(server, index, self._folder).read().commit}"
        except Missing as error:
            raise IndexMoved(self._folder.parent) from error
        finally:
            server.close()

    def reader(self) -> OpenSearchReader:
        return OpenSearchReader(Server(address()), index_handle.read(self._folder), self._folder)

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> OpenSearchWriter:
        return OpenSearchWriter(Server(address()), index_handle.read(self._folder), self._folder, memory)
