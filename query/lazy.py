"""What is made when it is first asked for, and once, though several threads may ask."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

_T = TypeVar("_T")


def lazy(make: Callable[[], _T]) -> Callable[[], _T]:
    """A function that gives what `make` made when it was first called. Others wait for it."""
    lock = Lock()
    made: list[_T] = []

    def get() -> _T:
        with lock:
            if not made:
                made.append(make())
            return made[0]

    return get
