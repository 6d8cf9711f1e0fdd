"""The index that all requests share."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from fastapi import Request

from ..query import Searcher

SECONDS = 10.0  # that a request may take

_T = TypeVar("_T")


class Archive:
    """Asks one index in worker threads."""

    def __init__(self, index: str | os.PathLike[str], *, seconds: float = SECONDS) -> None:
        self._searcher = Searcher(index)
        self._seconds = seconds

    @property
    def version(self) -> str:
        """Changes with every commit."""
        return "1"

    async def ask(self, function: Callable[[Searcher], _T]) -> _T:
        """What `function` makes of the searcher. Raises what it raises, TimeoutError."""
        return await asyncio.wait_for(anyio.to_thread.run_sync(function, self._searcher), self._seconds)

    def close(self) -> None:
        self._searcher.close()


def archive_of(request: Request) -> Archive:
    """The archive that a request is about."""
    archive: Archive = request.app.state.archive
    return archive
