"""What is answered where a request cannot be: a sentence, as JSON to programs, as a page to people."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..messages import SouwenError
from ..messages import gettext as _
from ..query import InvalidDate, InvalidFacet, InvalidRecency
from . import page
from .errors import NoSuchArticle, NotRead, TooBusy, TooMany, TooSlow, WrongHost, WrongToken

# What is not here is something about the index, which is of no use for the time being.
_STATUSES: dict[type[SouwenError], int] = {
    InvalidDate: 422,
    InvalidFacet: 422,
    InvalidRecency: 422,
    NoSuchArticle: 404,
    NotRead: 405,
    TooBusy: 503,
    TooMany: 429,
    TooSlow: 504,
    WrongHost: 421,
    WrongToken: 401,
}
_UNAVAILABLE = 503
# A browser that is told this asks for name and password.
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": 'Basic realm="souwen", charset="UTF-8"'},
    405: {"Allow": "GET, HEAD"},
    429: {"Retry-After": "1"},
    _UNAVAILABLE: {"Retry-After": "1"},
}


def told_by(app: FastAPI) -> None:
    """Makes `app` tell errors so."""
    app.add_exception_handler(SouwenError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, SouwenError)
    return failure(request, error)


def failure(request: Request, error: SouwenError) -> Response:
    """The answer that tells what is wrong."""
    return _failure(request, _STATUSES.get(type(error), _UNAVAILABLE), str(error))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"][1:])
    return _failure(
        request, 422, _("the parameter {name} can't be used: {reason}").format(name=name, reason=first["msg"])
    )


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _failure(request, 404, _("there is nothing at this address"))
    if error.status_code == 405:
        return failure(request, NotRead())
    return _failure(request, error.status_code, error.detail)


def _failure(request: Request, status: int, sentence: str) -> Response:
    if request.url.path.startswith(("/api/", "/health", "/openapi.json", "/mcp")):
        answer: Response = JSONResponse({"error": sentence}, status)
    else:
        answer = page.failure(request, status, sentence)
    answer.headers.update({"Cache-Control": "no-store", **_HEADERS.get(status, {})})
    return answer
