"""The FastAPI application: routes, static files, middleware and error handlers."""

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from . import api, page
from .error_handlers import add_error_handlers
from .middleware import LanguageMiddleware, RequestGuardMiddleware
from .rate_limit import RateLimiter
from .searcher_pool import SEARCH_THREADS, TIMEOUT_SECONDS, SearcherPool

DEFAULT_RATE = 20.0  # requests a second of a client
# An editable install consists of symbolic links, and StaticFiles serves no link that leads out of its folder.
STATIC_DIR = Path(__file__).resolve().parent / "static"


def create_app(
    index: str | os.PathLike[str] = "index_data",
    *,
    seconds: float = TIMEOUT_SECONDS,
    threads: int = SEARCH_THREADS,
    rate: float = DEFAULT_RATE,
    hosts: Iterable[str] = (),
    token: str = "",
) -> FastAPI:
    """Return the application that serves the index in a folder.

    Args:
        index: The folder of the index.
        seconds: Time limit of a request.
        threads: Number of searches that run at the same time.
        rate: Requests a second that a client may send; 0 means any number.
        hosts: Host names that requests may address; empty means any.
        token: Token that requests must carry; "" means none.

    Raises:
        IndexNotFound, IndexMismatch, IndexDamaged: The index cannot be used.
        InvalidAliases: The alias list in the index folder cannot be read.
    """
    pool = SearcherPool(index, seconds=seconds, threads=threads)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        pool.close()

    app = FastAPI(
        title="souwen",
        description="Full-text search of an archive of Chinese articles. Every operation is a GET request.",
        version=version("souwen"),
        lifespan=lifespan,
        docs_url=None,  # both pages load scripts from another host
        redoc_url=None,
    )
    app.state.searcher_pool = pool
    app.include_router(api.router)
    app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    app.add_middleware(RequestGuardMiddleware, hosts=hosts, token=token, rate_limiter=RateLimiter(rate))
    app.add_middleware(LanguageMiddleware)  # outermost, because the guard writes errors in the language of the request
    add_error_handlers(app)
    return app
