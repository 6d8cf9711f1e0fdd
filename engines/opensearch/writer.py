"""A transaction on the servers.

What it writes becomes visible with the last request, which replaces the state of the index.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from ..errors import IndexLocked, IndexMoved, ServerError
from ..index_directory import this_program
from .commits import CommitLog
from .prepared_article import OpenSearchDocument
from .query_builder import Query
from .reader import OpenSearchReader
from .server import NotFound, Response, Server, shard_failures, to_json

MAX_REQUEST_BYTES = 4 << 20
MAX_REQUEST_ARTICLES = 1_000
_WRITE_TIMEOUT = 120.0  # seconds in which servers must respond
_COUNTER_BITS = 32  # of a key, that number the articles of a transaction; the other bits hold the transaction's number


class OpenSearchWriter:
    """A transaction on one index; implements `base.Writer`."""

    def __init__(self, server: Server, index: str, folder: Path, memory: int) -> None:
        self._server = server
        self._index = index
        self._max_request_bytes = min(memory, MAX_REQUEST_BYTES)
        self._directory = folder.parent
        self._article_count = 0
        self._lines: list[bytes] = []  # of the next request
        self._buffered_bytes = 0
        self._replaced_ids: list[str] = []
        self._commits = CommitLog(server, index, folder)
        with self._not_found_as_moved(), ExitStack() as on_failure:
            state = self._commits.begin(this_program())
            on_failure.callback(self._abort)
            self._transaction = state.attempt
            self._delete_garbage(state.garbage())
            self._committed = OpenSearchReader(server, index, folder)
            on_failure.pop_all()

    @contextmanager
    def _not_found_as_moved(self) -> Iterator[None]:
        try:
            yield
        except NotFound as error:
            raise IndexMoved(self._directory) from error

    def put(self, prepared: OpenSearchDocument, replaces: int | None = None) -> None:
        """Add an article in place of one with the same id: a committed one, and the one with the number `replaces`."""
        if replaces is not None:
            self._lines += self._mark_as_dead(self._transaction << _COUNTER_BITS | replaces + 1)
        self._article_count += 1
        key = self._transaction << _COUNTER_BITS | self._article_count
        head = b'{"born":%d,"key":%d,' % (self._transaction, key)
        self._lines += [to_json({"index": {"_id": str(key)}}), head + prepared.fields]
        self._buffered_bytes += len(prepared.fields)
        self.delete(prepared.id)

    def delete(self, article_id: str) -> None:
        """Delete a committed article, if the index has it."""
        self._replaced_ids.append(article_id)
        if self._buffered_bytes >= self._max_request_bytes or len(self._replaced_ids) >= MAX_REQUEST_ARTICLES:
            self._flush()

    def _flush(self) -> None:
        """Send the buffered articles and mark the articles that they replace as dead."""
        for key in self._committed.keys(self._replaced_ids):
            self._lines += self._mark_as_dead(key)
        lines, self._lines, self._replaced_ids, self._buffered_bytes = self._lines, [], [], 0
        self._bulk(lines)

    def _mark_as_dead(self, key: int) -> list[bytes]:
        return [to_json({"update": {"_id": str(key)}}), to_json({"doc": {"died": self._transaction}})]

    def _bulk(self, lines: list[bytes]) -> None:
        with self._not_found_as_moved():
            self._commits.renew()  # raises if this writer has lost the lease and must not write
            if lines:
                self._server.bulk(self._index, b"\n".join(lines) + b"\n", _WRITE_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        committed = False
        try:
            if error is None:
                self._flush()
                with self._not_found_as_moved():
                    self._server.request(
                        "POST", f"/{self._index}/_refresh", timeout=_WRITE_TIMEOUT, find_failures=shard_failures
                    )
                    self._commits.commit()
                committed = True
        finally:
            if not committed:
                self._abort()
            self._committed.close()

    def _abort(self) -> None:
        with suppress(ServerError, IndexLocked, NotFound):  # otherwise the next transaction records it as aborted
            self._commits.abort()

    def _delete_garbage(self, garbage: Query) -> None:
        """Delete the articles that no reader needs."""
        keys = self._keys(garbage)
        while batch := list(islice(keys, MAX_REQUEST_ARTICLES)):
            self._bulk([to_json({"delete": {"_id": key}}) for key in batch])

    def _keys(self, query: Query) -> Iterator[str]:
        body: Response = {"query": query, "size": MAX_REQUEST_ARTICLES, "sort": [{"key": "asc"}], "_source": False}
        while True:
            (response,) = self._server.search(self._index, [body])
            with self._server.parsing():
                hits = response["hits"]["hits"]
                keys = [hit["_id"] for hit in hits]
                yield from keys
                if len(hits) < MAX_REQUEST_ARTICLES:
                    return
                body["search_after"] = hits[-1]["sort"]
