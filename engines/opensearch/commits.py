"""Commits and the writer's lease, both kept in one document of the index.

Every transaction has a number. An article is `born` in one transaction and `died` in another if a later one replaced
or deleted it. A reader opened at commit n sees the articles that were born by n and had not died by then. So nothing
that a transaction writes is visible before the state names its number, whenever the writer is killed, and nothing that
it replaces is missing.

An aborted transaction leaves articles that it added and marks of articles that it meant to delete. The state names it
until the next transactions have removed both.

The state also holds the lease of the one writer. Only a client that knows the last version of the state can replace it.
"""

import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...messages import gettext as _
from ..errors import IndexLocked, IndexMoved, LeaseLost
from .index_handle import folder_identity
from .query_builder import Query
from .server import Conflict, Server, document_version

COMMIT_RETENTION = 3_600.0  # seconds for which readers can use a commit after it was replaced
LEASE_DURATION = 600.0  # seconds without a renewal after which a writer on another machine counts as dead
MAX_ABORTED_RUNS = 100  # runs of aborted transactions that are remembered; as many commits have cleaned up older ones
_STATE_ID = "state"
_STORED_NAMES = {"folder": "place", "renewed": "seen"}  # kept, so that older indexes can be removed
_FIELD_NAMES = {stored: field for field, stored in _STORED_NAMES.items()}


class IndexState(NamedTuple):
    """The committed transactions of an index, and the lease of its writer.

    `commits` are the numbers of the last commits with their times, in seconds since 1970; the last one is current.
    `aborted` are the transactions that were never committed, as the first and last numbers of runs. `attempt` is the
    number of the transaction in progress, 0 if there is none; `writer` writes it from `folder`.
    """

    commits: list[list[float]]
    aborted: list[list[int]]
    attempt: int = 0
    writer: str = ""
    folder: str = ""  # identity of the writer's folder
    token: str = ""  # makes the states of two attempts different
    renewed: float = 0.0  # when the writer last renewed its lease
    retired: float = 0.0  # when another index replaced this one, 0 if none has
    owner: str = ""  # identity of the folder that may retire and delete the index, "" if an older version made it

    @property
    def commit(self) -> int:
        """The number of the current commit."""
        return int(self.commits[-1][0])

    @property
    def oldest_commit(self) -> int:
        """The number of the oldest commit none of whose articles may have been deleted."""
        return int(self.commits[0][0])

    def visible(self) -> list[Query]:
        """Return the queries that an article of the current commit matches."""
        unborn = _in_runs("born", self.aborted)
        return [{"range": {"born": {"lte": self.commit}}}, {"bool": {"must_not": [self._dead(self.commit), *unborn]}}]

    def garbage(self) -> Query:
        """Return a query for the articles that no reader can see, now or later."""
        unborn = _in_runs("born", self.aborted)
        return {"bool": {"should": [self._dead(self.oldest_commit), *unborn], "minimum_should_match": 1}}

    def falsely_marked(self) -> Query:
        """Return a query for the articles that only an aborted transaction has marked as dead."""
        marked, unborn = _in_runs("died", self.aborted), _in_runs("born", self.aborted)
        return {"bool": {"should": marked, "minimum_should_match": 1, "must_not": unborn}}

    def _dead(self, commit: int) -> Query:
        """Return a query for the articles that had died by a commit."""
        died: Query = {"range": {"died": {"lte": commit}}}
        return {"bool": {"filter": [died], "must_not": _in_runs("died", self.aborted)}}


_EMPTY = IndexState(commits=[[0, 0.0]], aborted=[])


class CommitLog:
    """The state of one index: read by everyone, replaced by the writer. `folder` is that of the engine."""

    def __init__(self, server: Server, index: str, folder: Path) -> None:
        self._server = server
        self._index = index
        self._folder = folder
        self._identity = folder_identity(folder)
        self._version: dict[str, object] = {}  # of the state that was last read or written
        self._state = _EMPTY

    def read(self) -> IndexState:
        """Return the current state.

        Raises:
            NotFound: The index does not exist.
        """
        self._state, self._version = self._fetch()
        return self._state

    def _fetch(self) -> tuple[IndexState, dict[str, object]]:
        response = self._server.request("GET", f"/{self._index}/_doc/{_STATE_ID}")
        with self._server.parsing():
            state = _from_json(response["_source"]["state"])
            state.visible()  # raises unless the values are of the right types
            return state, document_version(response)

    def create(self) -> None:
        """Write the state of an empty index."""
        self._write(_EMPTY._replace(owner=self._identity))

    def is_owner(self, state: IndexState) -> bool:
        """Return whether this folder may retire and delete the index, which a copy of the folder may not."""
        return bool(state.owner) and state.owner == self._identity

    def begin(self, writer: str) -> IndexState:
        """Take the lease under a new transaction number and return the new state.

        Raises:
            IndexLocked: Another machine writes.
            IndexMoved: Another index replaced this one.
        """
        state, now = self.read(), time.time()
        if state.retired:
            raise IndexMoved(self._folder.parent)
        # A lease of the same folder is not respected: its holder held the folder's lock, which is now ours.
        if state.attempt and state.folder != self._identity and now - state.renewed < LEASE_DURATION:
            raise IndexLocked(self._folder.parent, state.writer)
        aborted = _with_run(state.aborted, state.attempt) if state.attempt else state.aborted
        last = max([state.commit, *(last for _first, last in aborted)])
        return self._write(
            state._replace(
                commits=_retained(state.commits, now),
                aborted=aborted,
                attempt=last + 1,
                writer=writer,
                folder=self._identity,
                token=uuid.uuid4().hex,
                renewed=now,
                owner=state.owner or self._identity,
            )
        )

    def renew(self) -> None:
        """Renew the lease.

        Raises:
            LeaseLost: Another writer has taken the lease.
        """
        self._write(self._state._replace(renewed=time.time()))

    def commit(self) -> None:
        """Commit the transaction and release the lease.

        Raises:
            LeaseLost: Another writer has taken the lease; nothing was committed.
        """
        now, state = time.time(), self._state
        commits, aborted = [*state.commits, [state.attempt, now]], state.aborted[-MAX_ABORTED_RUNS:]
        self._write(_released(state)._replace(commits=commits, aborted=aborted))

    def abort(self) -> None:
        """Abort the transaction and release the lease."""
        state = self._state
        self._write(_released(state)._replace(aborted=_with_run(state.aborted, state.attempt)))

    def retire(self) -> None:
        """Record that another index has replaced this one."""
        self._write(self._state._replace(retired=time.time()))

    def _write(self, state: IndexState) -> IndexState:
        """Replace the state if it is still the one that was last read or written."""
        if self._version:
            self._fetch()  # raises NotFound if someone deleted the index, which writing would create again
        body = {"state": _to_json(state)}
        try:
            response = self._server.request(
                "PUT", f"/{self._index}/_doc/{_STATE_ID}", body, params=self._version or {"op_type": "create"}
            )
        except Conflict as error:
            current, version = self._fetch()
            if current != state:  # if equal, an earlier attempt of the same request reached the servers
                if self._state.attempt and self._state.folder == self._identity:
                    raise LeaseLost(self._folder.parent) from error
                raise IndexLocked(self._folder.parent, current.writer or _("another machine")) from error
        else:
            with self._server.parsing():
                version = document_version(response)
        self._state, self._version = state, version
        return state


def _to_json(state: IndexState) -> dict[str, Any]:
    return {_STORED_NAMES.get(field, field): value for field, value in state._asdict().items()}


def _from_json(values: dict[str, Any]) -> IndexState:
    aborted = [[run, run] if isinstance(run, int) else run for run in values["aborted"]]  # older versions: numbers
    return IndexState(**{_FIELD_NAMES.get(name, name): value for name, value in values.items()} | {"aborted": aborted})


def _released(state: IndexState) -> IndexState:
    return state._replace(attempt=0, writer="", folder="", token="", renewed=0.0)


def _with_run(runs: list[list[int]], number: int) -> list[list[int]]:
    """Return the runs with a higher number added."""
    if runs and runs[-1][1] == number - 1:
        return [*runs[:-1], [runs[-1][0], number]]
    return [*runs, [number, number]]


def _in_runs(field: str, runs: Sequence[Sequence[int]]) -> list[Query]:
    """Return queries one of which an article matches if its field has a number of the runs."""
    single = [first for first, last in runs if first == last]
    queries: list[Query] = [{"range": {field: {"gte": first, "lte": last}}} for first, last in runs if first != last]
    return [*queries, {"terms": {field: single}}] if single else queries


def _retained(commits: list[list[float]], now: float) -> list[list[float]]:
    """Return the commits at which a reader may have been opened in the last `COMMIT_RETENTION` seconds."""
    start = now - COMMIT_RETENTION
    successors = [*commits[1:], None]
    return [
        commit
        for commit, successor in zip(commits, successors, strict=True)
        if successor is None or successor[1] > start
    ]
