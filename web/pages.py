"""The pages that people search with."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

router = APIRouter(include_in_schema=False)


def failure(request: Request, status: int, sentence: str) -> Response:  # noqa: ARG001 - the page will need it
    """The page that tells what is wrong."""
    return PlainTextResponse(sentence, status)
