"""The OpenSearch engine: creates, opens and removes indexes on the servers."""

import logging
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ...analysis import AnalyzedArticle
from ...messages import gettext as _
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

_logger = logging.getLogger("souwen")


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
        """Retire the index, or delete it if readers have had time to leave it after it was retired.

        A folder that is a copy leaves the index to the others.
        """
        with suppress(EngineUnavailable, ServerError, IndexLocked, IndexUnreadable):
            try:
                is_needed = self._retire(read_handle(self._folder))
            except (IndexDamaged, NotFound):  # the servers have no index of this folder
                is_needed = False
            if not is_needed:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _retire(self, index: str) -> bool:
        """Retire or delete the index. Return whether the folder is needed to delete it later.

        Raises:
            NotFound: The index is gone.
        """
        server = Server(server_address())
        try:
            commits = CommitLog(server, index, self._folder)
            state = commits.read()
            if not commits.is_owner(state):
                if not state.retired:
                    self._warn_of_shared_index(index)
                return False
            if state.commit and not state.retired:
                commits.retire()
                return True
            if state.commit and time.time() - state.retired <= COMMIT_RETENTION:
                return True
            server.request("DELETE", f"/{index}", timeout=_INDEX_TIMEOUT)
            return False
        finally:
            server.close()

    def _warn_of_shared_index(self, index: str) -> None:
        message = _(
            "{path} may be a copy, so the index {index} stays on the servers for the other folders: delete it there "
            "when none of them uses it"
        )
        _logger.warning("%s", message.format(path=self._folder.parent, index=index))

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
