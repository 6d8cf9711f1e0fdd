"""Lazy values: made at the first call and only once, even if several threads call."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

_T = TypeVar("_T")


def lazy(make: Callable[[], _T]) -> Callable[[], _T]:
    """Return a function that calls `make` at its first call and returns that value at every call.

    `functools.cache` may call a function twice if two threads call it first; here the second thread waits.
    """
    lock = Lock()
    values: list[_T] = []

    def get() -> _T:
        with lock:
            if not values:
                values.append(make())
            return values[0]

    return get
