"""Readers in other processes, which search an index while it is written."""

import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from souwen.engines import IndexNotFound
from souwen.query import Searcher

from .index_state import Overview, overview

PAUSE = 0.05  # seconds between two looks, so that the writer makes progress
LOOKS_PER_SEARCHER = 10  # looks through one searcher before it is reopened

Observation = tuple[list[Overview | None], list[str]]
"""The states that a reader saw, in order and without repetitions, and the errors that it met."""


def read_until_stopped(orders: "Connection[Observation, Path | None]") -> None:
    """Watch each index whose path is received until None is received, and send the observation; end with the pipe."""
    with suppress(EOFError):
        while index := orders.recv():
            orders.send(_observe(index, orders))


def _observe(index: Path, orders: "Connection[Observation, Path | None]") -> Observation:
    states: list[Overview | None] = []
    errors: list[str] = []
    while not orders.poll() or not states:
        try:
            _compare_searchers(index, orders, states, errors)
        except IndexNotFound:
            if not states or states[-1] is not None:
                states.append(None)
        except Exception as error:  # noqa: BLE001 - the test reports it
            errors.append(repr(error))
        time.sleep(PAUSE)
    orders.recv()
    return states, errors


def _compare_searchers(
    index: Path, orders: "Connection[Observation, Path | None]", states: list[Overview | None], errors: list[str]
) -> None:
    """Look through new searchers for a while, and check that an older one keeps its view of the index."""
    with Searcher(index) as old:
        first = overview(old)
        for _ in range(LOOKS_PER_SEARCHER):
            with Searcher(index) as new:
                current = overview(new)
            if not states or states[-1] != current:
                states.append(current)
            if overview(old) != first:
                errors.append(f"an open searcher no longer sees {first}")
            if orders.poll():
                break
            time.sleep(PAUSE)
