"""Lazy values: made at the first call and only once, even if several threads call."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from ..engines import check_deadline, use_deadline

CHECK_SECONDS = 0.1  # between checks of the deadline while another thread makes the value

_T = TypeVar("_T")


def lazy(make: Callable[[], _T]) -> Callable[[], _T]:
    """Return a function that calls `make` at its first call and returns that value at every call.

    `functools.cache` may call a function twice if two threads call it first; here the second thread waits, at most
    until its deadline. `make` ignores the deadline of the first caller, because later queries use its value, too.
    """
    lock = Lock()
    values: list[_T] = []

    def get() -> _T:
        if values:
            return values[0]
        while not lock.acquire(timeout=CHECK_SECONDS):
            check_deadline()
        try:
            if not values:
                with use_deadline(None):
                    values.append(make())
            return values[0]
        finally:
            lock.release()

    return get
