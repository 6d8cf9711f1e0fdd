"""The OpenSearch engine: creates, opens and removes indexes on the servers."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ...analysis import AnalyzedArticle
from ..base import DEFAULT_WRITE_BUFFER
from ..errors import EngineUnavailable, IndexDamaged, IndexLocked, IndexMoved, IndexUnreadable, ServerError
from .commits import COMMIT_RETENTION, CommitLog
from .connection_settings import server_address, shard_settings
from .index_handle import create_handle, read_handle
from .prepared_article import OpenSearchDocument, prepare_articles
from .reader import OpenSearchReader
from .schema import index_body
from .server import Conflict, NotFound, Server
from .writer import OpenSearchWriter

_INDEX_TIMEOUT = 60.0  # seconds in which servers must create or delete an index


class OpenSearchEngine:
    """The engine of one index on servers; implements `base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Create an empty index on the servers and its handle in the folder."""
        server, (shards, replicas) = Server(server_address()), shard_settings()
        server.check()
        index = create_handle(self._folder)
        with suppress(Conflict):
            server.request("PUT", f"/{index}", index_body(shards, replicas), timeout=_INDEX_TIMEOUT)
        CommitLog(server, index, self._folder).create()
        server.close()

    def remove(self) -> None:
        """Retire the index, or delete it if readers have had time to leave it after it was retired."""
        with suppress(EngineUnavailable, ServerError, IndexLocked, IndexUnreadable):
            try:
                self._remove(read_handle(self._folder))
            except (IndexDamaged, NotFound):  # the servers have no index of this folder
                shutil.rmtree(self._folder, ignore_errors=True)

    def _remove(self, index: str) -> None:
        """Retire or delete the index.

        Raises:
            NotFound: The index is gone.
        """
        server = Server(server_address())
        commits = CommitLog(server, index, self._folder)
        state = commits.read()
        if state.commit and not state.retired:
            commits.retire()
        elif not state.commit or time.time() - state.retired > COMMIT_RETENTION:
            server.request("DELETE", f"/{index}", timeout=_INDEX_TIMEOUT)
            raise NotFound(index)
        server.close()

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[OpenSearchDocument]:
        """Prepare articles, given with their digests, for the writer."""
        return prepare_articles(batch)

    def commit_id(self) -> str:
        """Return a name for the last commit: the name of the index and the number of the transaction."""
        server, index = Server(server_address()), read_handle(self._folder)
        try:
            return f"{index}-{CommitLog(server, index, self._folder).read().commit}"
        except NotFound as error:
            raise IndexMoved(self._folder.parent) from error
        finally:
            server.close()

    def reader(self) -> OpenSearchReader:
        """Open the last commit."""
        return OpenSearchReader(Server(server_address()), read_handle(self._folder), self._folder)

    def article_reader(self) -> OpenSearchReader:
        """Open the stored articles of the last commit."""
        return self.reader()

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> OpenSearchWriter:
        """Begin a transaction that buffers up to `memory` bytes."""
        return OpenSearchWriter(Server(server_address()), read_handle(self._folder), self._folder, memory)
