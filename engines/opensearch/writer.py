"""A transaction: what it writes becomes visible with the last request, which replaces the state of the index."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from ...messages import gettext as _
from ..errors import IndexLocked, IndexMoved, ServerError
from ..lock_owner import this_program
from .commits import Commits
from .prepared_article import PreparedArticle
from .query_builder import Query
from .reader import OpenSearchReader
from .server import Answer, Missing, Server, encoded

REQUEST_BYTES = 4 << 20  # that are gathered for a request
REQUEST_ARTICLES = 1_000
SECONDS = 120.0  # that a request may take
_NUMBER_BITS = 32  # of a key that count articles within a transaction


class OpenSearchWriter:
    """See `base.Writer`."""

    def __init__(self, server: Server, index: str, folder: Path, memory: int) -> None:
        self._server = server
        self._index = index
        self._request_bytes = min(memory, REQUEST_BYTES)
        self._directory = folder.parent
        self._written = 0
        self._lines: list[bytes] = []
        self._gathered = 0
        self._replaced: list[str] = []
        self._commits = Commits(server, index, folder)
        with self._writing(), ExitStack() as unless_begun:
            state = self._commits.begin(this_program())
            unless_begun.callback(self._abort)
            self._number = state.attempt
            self._clean(state.garbage())
            self._committed = OpenSearchReader(server, index, folder)
            unless_begun.pop_all()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except Missing as error:
            raise IndexMoved(self._directory) from error

    def put(self, prepared: PreparedArticle) -> None:
        self._written += 1
        key = self._number << _NUMBER_BITS | self._written
        head = b'{"born":%d,"key":%d,' % (self._number, key)
        self._lines += [encoded({"index": {"_id": str(key)}}), head + prepared.fields]
        self._gathered += len(prepared.fields)
        self.delete(prepared.id)

    def delete(self, article_id: str) -> None:
        self._replaced.append(article_id)
        if self._gathered >= self._request_bytes or len(self._replaced) >= REQUEST_ARTICLES:
            self._send()

    def _send(self) -> None:
        """Sends what was gathered."""
        for key in self._committed.keys(self._replaced):
            self._lines += [encoded({"update": {"_id": str(key)}}), encoded({"doc": {"died": self._number}})]
        lines, self._lines, self._replaced, self._gathered = self._lines, [], [], 0
        self._bulk(lines)

    def _bulk(self, lines: list[bytes]) -> None:
        with self._writing():
            self._commits.renew()  # who lost the place of the writer must not write
            if lines:
                self._server.bulk(self._index, b"\n".join(lines) + b"\n", SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        committed = False
        try:
            if error is None:
                self._send()
                with self._writing():
                    self._server.ask("POST", f"/{self._index}/_refresh", seconds=SECONDS, faults=_of_shards)
                    self._commits.commit()
                committed = True
        finally:
            if not committed:
                self._abort()
            self._committed.close()

    def _abort(self) -> None:
        with suppress(ServerError, IndexLocked, Missing):  # the next transaction does it
            self._commits.abort()

    def _clean(self, garbage: Query) -> None:
        """Deletes what no reader needs."""
        found = self._keys(garbage)
        while some := [key for _, key in zip(range(REQUEST_ARTICLES), found, strict=False)]:
            self._bulk([encoded({"delete": {"_id": key}}) for key in some])

    def _keys(self, query: Query) -> Iterator[str]:
        body: Answer = {"query": query, "size": REQUEST_ARTICLES, "sort": [{"key": "asc"}], "_source": False}
        while True:
            (answer,) = self._server.search(self._index, [body])
            with self._server.understood():
                hits = answer["hits"]["hits"]
                keys = [hit["_id"] for hit in hits]
                yield from keys
                if len(hits) < REQUEST_ARTICLES:
                    return
                body["search_after"] = hits[-1]["sort"]


def _of_shards(answer: Answer) -> Iterator[tuple[int, str]]:
    if answer["_shards"]["failed"]:
        yield 503, _("a shard did not answer")
