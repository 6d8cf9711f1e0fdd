"""Responses of the API that are no results of searches: those are described by the classes in `query.results`."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Health(BaseModel):
    """State of the server."""

    status: str = Field(examples=["ok"])


class ErrorResponse(BaseModel):
    """Reason why a request has no result."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"error": "there is nothing at this address"}]})

    error: str = Field(description="The fault, and the next step.")


Responses = dict[int | str, dict[str, Any]]
NO_SUCH_ARTICLE: Responses = {404: {"description": "There is no such article.", "model": ErrorResponse}}
ERRORS: Responses = {
    304: {"description": "The response equals the one that the client has (If-None-Match).", "model": None},
    401: {"description": "The server requires a token.", "model": ErrorResponse},
    422: {"description": "A parameter is invalid.", "model": ErrorResponse},
    429: {"description": "This address sent too many requests.", "model": ErrorResponse},
    503: {"description": "The index is unavailable, or the server is busy.", "model": ErrorResponse},
    504: {"description": "The search took too long.", "model": ErrorResponse},
}
