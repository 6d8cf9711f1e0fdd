"""A transaction on the servers.

What it writes becomes visible with the last request, which replaces the state of the index.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from ..errors import IndexLocked, IndexMoved, ServerError
from ..index_directory import this_program
from .commits import CommitLog, IndexState
from .prepared_article import OpenSearchDocument
from .query_builder import Query
from .reader import OpenSearchReader
from .server import NotFound, Response, Server, document_failures, document_version, shard_failures, to_json

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
            self._clean_up(state)
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
            key = self._transaction << _COUNTER_BITS | replaces + 1
            self._lines += _updates({str(key): {}}, self._transaction)
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
        versions = self._committed.versions(self._replaced_ids)
        lines, self._lines, self._replaced_ids, self._buffered_bytes = self._lines, [], [], 0
        outdated = self._bulk([*lines, *_updates(versions, self._transaction)])
        while outdated:  # something that this reader does not see has touched them: a writer that was aborted
            outdated = self._bulk(_updates(self._unmarked(outdated), self._transaction))

    def _unmarked(self, keys: list[str]) -> dict[str, dict[str, object]]:
        """Return the present versions of the articles that this transaction has not marked as dead, by key."""
        with self._not_found_as_moved(), self._server.parsing():
            response = self._server.request(
                "POST",
                f"/{self._index}/_mget",
                {"ids": keys},
                params={"_source_includes": "died"},
                find_failures=document_failures,
            )
            return {
                document["_id"]: document_version(document)
                for document in response["docs"]
                if document["found"] and document["_source"].get("died") != self._transaction
            }

    def _bulk(self, lines: list[bytes]) -> list[str]:
        """Send write actions. Return the keys of the articles that have changed since their versions were read.

        A writer may lose its lease between the renewal and the request. Then its updates are refused, because the next
        writer has changed the articles, or they add marks of an aborted transaction, which no reader respects.
        """
        with self._not_found_as_moved():
            self._commits.renew()  # raises if this writer has lost the lease and must not write
            return self._server.bulk(self._index, b"\n".join(lines) + b"\n", _WRITE_TIMEOUT) if lines else []

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
                    self._refresh()
                    self._commits.commit()
                committed = True
        finally:
            if not committed:
                self._abort()
            self._committed.close()

    def _abort(self) -> None:
        with suppress(ServerError, IndexLocked, NotFound):  # otherwise the next transaction records it as aborted
            self._commits.abort()

    def _clean_up(self, state: IndexState) -> None:
        """Delete the articles that no reader needs, and remove the marks of aborted transactions from the others."""
        if state.aborted:
            self._refresh()  # nobody has made searchable what they wrote
        for batch in self._batches(state.garbage()):
            self._bulk([to_json({"delete": {"_id": key}}) for key in batch])
        if state.aborted:
            for batch in self._batches(state.falsely_marked()):
                self._bulk(_updates(batch, None))

    def _refresh(self) -> None:
        self._server.request("POST", f"/{self._index}/_refresh", timeout=_WRITE_TIMEOUT, find_failures=shard_failures)

    def _batches(self, query: Query) -> Iterator[dict[str, dict[str, object]]]:
        """Yield the versions of the articles that match, by key."""
        body: Response = {"query": query, "size": MAX_REQUEST_ARTICLES, "sort": [{"key": "asc"}], "_source": False}
        body["seq_no_primary_term"] = True
        while True:
            (response,) = self._server.search(self._index, [body])
            with self._server.parsing():
                hits = response["hits"]["hits"]
                if hits:
                    yield {hit["_id"]: document_version(hit) for hit in hits}
                if len(hits) < MAX_REQUEST_ARTICLES:
                    return
                body["search_after"] = hits[-1]["sort"]


def _updates(versions: Mapping[str, dict[str, object]], transaction: int | None) -> list[bytes]:
    """Return the lines that mark articles as dead, or as alive for None, unless they have changed."""
    return [
        to_json(line)
        for key, version in versions.items()
        for line in ({"update": {"_id": key, **version}}, {"doc": {"died": transaction}})
    ]
