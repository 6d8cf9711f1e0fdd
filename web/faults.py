"""What is answered where a request cannot be: a sentence, as JSON to programs, as a page to people."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ..analysis import SouwenError
from . import pages


def told_by(app: FastAPI) -> None:
    """Makes `app` tell errors so."""
    app.add_exception_handler(SouwenError, _unusable)


def _unusable(request: Request, error: Exception) -> Response:
    return failure(request, 503, str(error))


def failure(request: Request, status: int, sentence: str) -> Response:
    """The answer that tells what is wrong."""
    if request.url.path.startswith(("/api/", "/health", "/openapi")):
        return JSONResponse({"error": sentence}, status)
    return pages.failure(request, status, sentence)
