"""Readers in other processes, which look at an index while it is written."""

import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from souwen.engines import IndexNotFound
from souwen.query import Searcher

from .archives import Look, look

PAUSE = 0.05  # seconds between looks, so that the writer gets on
KEPT = 10  # looks through one searcher before it is opened anew

Seen = tuple[list[Look | None], list[str]]
"""What was seen of an index, in order, without repetitions, and what must not be."""


def read_on_and_on(orders: "Connection[Seen, Path | None]") -> None:
    """Looks at the index that it is told until it is told to stop, and sends what it saw; until nobody is there."""
    with suppress(EOFError):
        while index := orders.recv():
            orders.send(_seen(index, orders))


def _seen(index: Path, orders: "Connection[Seen, Path | None]") -> Seen:
    seen: list[Look | None] = []
    wrong: list[str] = []
    while not orders.poll() or not seen:
        try:
            _look_and_keep(index, orders, seen, wrong)
        except IndexNotFound:
            if not seen or seen[-1] is not None:
                seen.append(None)
        except Exception as error:  # noqa: BLE001 - told to the test
            wrong.append(repr(error))
        time.sleep(PAUSE)
    orders.recv()
    return seen, wrong


def _look_and_keep(
    index: Path, orders: "Connection[Seen, Path | None]", seen: list[Look | None], wrong: list[str]
) -> None:
    """Looks through a searcher that is opened now, and for a while again through the same."""
    with Searcher(index) as kept:
        at_first = look(kept)
        for _ in range(KEPT):
            with Searcher(index) as opened:
                now = look(opened)
            if not seen or seen[-1] != now:
                seen.append(now)
            if look(kept) != at_first:
                wrong.append(f"an open searcher sees something else than {at_first}")
            if orders.poll():
                break
            time.sleep(PAUSE)
