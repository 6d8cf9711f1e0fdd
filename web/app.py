"""Puts the application together."""

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from . import api, error_handlers, page
from .languages import Speaking
from .middleware import Guards
from .rate_limit import Rates
from .searcher_pool import SECONDS, THREADS, Archive

RATE = 20.0  # requests a second that a client may send
# An editable install links files, and what is linked from elsewhere is not served.
STATIC = Path(__file__).resolve().parent / "static"


def create_app(
    index: str | os.PathLike[str] = "index_data",
    *,
    seconds: float = SECONDS,
    threads: int = THREADS,
    rate: float = RATE,
    hosts: Iterable[str] = (),
    token: str = "",
) -> FastAPI:
    """The application for the index in a folder. A request may take so many `seconds`; so many `threads` search at
    once; a client may send so many requests a second (`rate`; 0 is any number). With `hosts`, only requests to these
    names are answered; with a `token`, only those that tell it.

    Raises IndexNotFound, IndexMismatch or IndexDamaged if the index cannot be used, InvalidAliases if the list of
    aliases in it cannot be read.
    """
    archive = Archive(index, seconds=seconds, threads=threads)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        yield
        archive.close()

    app = FastAPI(
        title="souwen",
        description="Full-text search of an archive of Chinese articles. All of it is read with GET.",
        version=version("souwen"),
        lifespan=running,
        docs_url=None,  # what they show comes from elsewhere
        redoc_url=None,
    )
    app.state.archive = archive
    app.include_router(api.router)
    app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guards, hosts=hosts, token=token, rates=Rates(rate))
    app.add_middleware(Speaking)  # around the other, which tells errors
    error_handlers.told_by(app)
    return app
