"""Error responses: one sentence, as JSON for programs and as a page for people."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..messages import SouwenError
from ..messages import gettext as _
from . import page
from .errors import STATUS_CODES, UNAVAILABLE, ReadOnly, hide_details
from .rate_limit import RETRY_HEADERS

_STATUS_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": 'Basic realm="souwen", charset="UTF-8"'},  # browsers ask for name and password
    405: {"Allow": "GET, HEAD"},
    429: RETRY_HEADERS,
    UNAVAILABLE: RETRY_HEADERS,
}
_JSON_PATHS = ("/api/", "/health", "/openapi.json", "/mcp")


def add_error_handlers(app: FastAPI) -> None:
    """Register the exception handlers of this module with an application."""
    app.add_exception_handler(SouwenError, _handle_souwen_error)
    app.add_exception_handler(RequestValidationError, _handle_validation_error)
    app.add_exception_handler(HTTPException, _handle_http_exception)


def error_response(request: Request, error: SouwenError) -> Response:
    """Return the response for an error, with its message and status code."""
    return _make_response(request, STATUS_CODES.get(type(error), UNAVAILABLE), str(hide_details(error)))


def _handle_souwen_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SouwenError)
    return error_response(request, error)


def _handle_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"][1:])
    message = _("the parameter {name} can't be used: {reason}").format(name=name, reason=first["msg"])
    return _make_response(request, 422, message)


def _handle_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _make_response(request, 404, _("there is nothing at this address"))
    if error.status_code == 405:
        return error_response(request, ReadOnly())
    return _make_response(request, error.status_code, error.detail)


def _make_response(request: Request, status: int, message: str) -> Response:
    if request.url.path.startswith(_JSON_PATHS):
        response: Response = JSONResponse({"error": message}, status)
    else:
        response = page.error_page(request, status, message)
    response.headers.update({"Cache-Control": "no-store", **_STATUS_HEADERS.get(status, {})})
    return response
