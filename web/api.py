"""The API: the JSON of the command line, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from ..query import as_json
from .archive import Archive, archive_of

router = APIRouter(prefix="/api")
Shared = Annotated[Archive, Depends(archive_of)]


@router.get("/search")
async def search(archive: Shared, q: str) -> JSONResponse:
    """The articles that match, best first."""
    return JSONResponse(await archive.ask(lambda searcher: as_json.results(searcher.search(q))))
