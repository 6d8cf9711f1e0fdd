"""What is committed: one document of an index says so, and is replaced last.

Every transaction has a number. An article is `born` with one and `died` with another, if a later transaction replaced
or deleted it; a reader opened at commit n sees what was born by n and had not died by then. So nothing that a
transaction writes is seen before the state names its number, whenever it is killed, and nothing that it replaces is
missed.

The state also holds the place of the one writer: it is replaced only by who knows its last version.
"""

import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...messages import gettext as _
from ..errors import IndexLocked, IndexMoved
from .query_builder import Query
from .server import Answer, Conflict, Server

KEPT = 3_600.0  # seconds that readers may go on with a commit after it was replaced
LEASE = 600.0  # seconds without a sign of life after which a writer on another machine counts as dead
MOST_ABORTED = 1_000  # transactions that failed and are still told apart; older ones were cleaned up long ago
_DOCUMENT = "state"


class State(NamedTuple):
    """`commits` are the last ones with their times, in seconds since 1970; the last one counts. `aborted` numbers were
    never committed. `attempt` is the number of the transaction under way, 0 if none, of `writer` on `place`."""

    commits: list[list[float]]
    aborted: list[int]
    attempt: int = 0
    writer: str = ""
    place: str = ""
    token: str = ""
    seen: float = 0.0  # when the writer last gave a sign of life
    retired: float = 0.0  # when another index took the place of this one, 0 if none has

    @property
    def commit(self) -> int:
        return int(self.commits[-1][0])

    @property
    def oldest(self) -> int:
        """The oldest commit that is still whole."""
        return int(self.commits[0][0])

    def visible(self) -> list[Query]:
        """What an article must match to be part of the last commit."""
        dead: dict[str, Any] = {"filter": [{"range": {"died": {"lte": self.commit}}}]}
        unborn: list[Query] = []
        if self.aborted:
            dead["must_not"] = [{"terms": {"died": self.aborted}}]
            unborn = [{"terms": {"born": self.aborted}}]
        return [{"range": {"born": {"lte": self.commit}}}, {"bool": {"must_not": [{"bool": dead}, *unborn]}}]

    def garbage(self) -> Query:
        """What no reader sees any more, or ever will."""
        dead: dict[str, Any] = {"filter": [{"range": {"died": {"lte": self.oldest}}}]}
        if self.aborted:
            dead["must_not"] = [{"terms": {"died": self.aborted}}]
        return {"bool": {"should": [{"bool": dead}, {"terms": {"born": self.aborted}}], "minimum_should_match": 1}}


EMPTY = State(commits=[[0, 0.0]], aborted=[])


class Commits:
    """The state of one index. `folder` is that of the engine."""

    def __init__(self, server: Server, index: str, folder: Path) -> None:
        self._server = server
        self._index = index
        self._folder = folder
        self._place = f"{socket.gethostname()}:{folder.absolute()}"
        self._version: dict[str, object] = {}  # of the state that was last read or written
        self._state = EMPTY

    def read(self) -> State:
        """Raises Missing if there is no such index."""
        self._state, self._version = self._fetched()
        return self._state

    def _fetched(self) -> tuple[State, dict[str, object]]:
        answer = self._server.ask("GET", f"/{self._index}/_doc/{_DOCUMENT}")
        with self._server.understood():
            state = State(**answer["_source"]["state"])
            state.visible()  # tells whether it can be used
            return state, _version(answer)

    def create(self) -> None:
        self._write(EMPTY)

    def begin(self, writer: str) -> State:
        """Takes the place of the writer, under a number of its own. Raises IndexLocked, IndexMoved."""
        state, now = self.read(), time.time()
        if state.retired:
            raise IndexMoved(self._folder.parent)
        # Who wrote from this folder held its lock, which is ours now.
        if state.attempt and state.place != self._place and now - state.seen < LEASE:
            raise IndexLocked(self._folder.parent, state.writer)
        aborted = [*state.aborted, state.attempt] if state.attempt else state.aborted
        last = max(state.commit, state.attempt, *aborted, 0)
        return self._write(
            state._replace(
                commits=_recent(state.commits, now),
                aborted=aborted[-MOST_ABORTED:],
                attempt=last + 1,
                writer=writer,
                place=self._place,
                token=uuid.uuid4().hex,
                seen=now,
            )
        )

    def renew(self) -> None:
        """Makes sure that the place of the writer is still ours. Raises IndexLocked."""
        self._write(self._state._replace(seen=time.time()))

    def commit(self) -> None:
        """Raises IndexLocked if another has taken our place; then nothing was committed."""
        now, state = time.time(), self._state
        self._write(_idle(state)._replace(commits=[*state.commits, [state.attempt, now]]))

    def abort(self) -> None:
        state = self._state
        self._write(_idle(state)._replace(aborted=[*state.aborted, state.attempt][-MOST_ABORTED:]))

    def retire(self) -> None:
        self._write(self._state._replace(retired=time.time()))

    def _write(self, state: State) -> State:
        """Replaces the state as it was last read or written."""
        if self._version:
            self._fetched()  # an index that somebody deleted would be made anew by writing to it
        body = {"state": state._asdict()}
        try:
            answer = self._server.ask(
                "PUT", f"/{self._index}/_doc/{_DOCUMENT}", body, params=self._version or {"op_type": "create"}
            )
        except Conflict as error:
            current, version = self._fetched()
            if current != state:  # else an earlier try had reached the servers
                raise IndexLocked(self._folder.parent, current.writer or _("another machine")) from error
        else:
            with self._server.understood():
                version = _version(answer)
        self._state, self._version = state, version
        return state


def _version(answer: Answer) -> dict[str, object]:
    return {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}


def _idle(state: State) -> State:
    return state._replace(attempt=0, writer="", place="", token="", seen=0.0)


def _recent(commits: list[list[float]], now: float) -> list[list[float]]:
    """The commits that a reader may have been opened at within the last `KEPT` seconds."""
    return list(_from_last_before(commits, now - KEPT))


def _from_last_before(commits: list[list[float]], moment: float) -> Iterator[list[float]]:
    for commit, following in zip(commits, [*commits[1:], None], strict=True):
        if following is None or following[1] > moment:
            yield commit
