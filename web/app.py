"""Puts the application together."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from . import api, faults, pages
from .archive import SECONDS, Archive
from .languages import Speaking

# An editable install links files, and what is linked from elsewhere is not served.
STATIC = Path(__file__).resolve().parent / "static"


def create_app(index: str | os.PathLike[str] = "index_data", *, seconds: float = SECONDS) -> FastAPI:
    """The application for the index in a folder. A request may take so many `seconds`.

    Raises IndexNotFound, IndexMismatch or IndexDamaged if the index cannot be used, InvalidAliases if the list of
    aliases in it cannot be read.
    """
    archive = Archive(index, seconds=seconds)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        yield
        archive.close()

    app = FastAPI(title="souwen", lifespan=running, docs_url=None, redoc_url=None)
    app.state.archive = archive
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Speaking)
    faults.told_by(app)
    return app
