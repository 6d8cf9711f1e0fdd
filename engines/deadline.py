"""The deadline of a running query: long loops check it, so that a query stops soon after its time is over."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..messages import SouwenError
from ..messages import gettext as _


class QueryTimeout(SouwenError):
    """A query was stopped at its deadline."""

    def __init__(self) -> None:
        super().__init__(_("the search took too long: ask for less, such as fewer words or a shorter period"))


class Deadline:
    """The moment at which a query stops: `seconds` from now, or when another thread calls `cancel`."""

    def __init__(self, seconds: float) -> None:
        self._moment = time.monotonic() + seconds

    def cancel(self) -> None:
        """Let the next check fail."""
        self._moment = 0.0

    def check(self) -> None:
        """Raise QueryTimeout if the moment has come."""
        if time.monotonic() >= self._moment:
            raise QueryTimeout


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def use_deadline(deadline: Deadline | None) -> Iterator[None]:
    """Stop searches inside the block at a deadline; None lets them run to their end, which is the default."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def check_deadline() -> None:
    """Raise QueryTimeout if the current query has a deadline and its moment has come."""
    deadline = _current.get()
    if deadline is not None:
        deadline.check()
