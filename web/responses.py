"""JSON responses that clients may cache and revalidate with their entity tag."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from importlib.metadata import version

from fastapi import Request, Response

from ..messages import current_language
from ..query import Result, Searcher
from .searcher_pool import searcher_pool_of

_VERSION = version("souwen")


async def json_response(request: Request, make: Callable[[Searcher], Result | Sequence[Result]]) -> Response:
    """Return `make(searcher)` as JSON, or status 304 without searching if the client has the current response."""
    headers = await cache_headers(request)
    if is_not_modified(request, headers):
        return Response(status_code=304, headers=headers)
    content = await searcher_pool_of(request).run(lambda searcher: encode_json(_plain(make(searcher))))
    return Response(content, headers=headers, media_type="application/json")


async def cache_headers(request: Request) -> dict[str, str]:
    """Return headers that let clients cache the response to a request and revalidate it before every use.

    Raises:
        SouwenError: Whatever `SearcherPool.refresh` raises.
    """
    pool = searcher_pool_of(request)
    await pool.refresh()
    # The date is part of the tag, because 近7天 (the last 7 days) means other days tomorrow. The tag is weak, because
    # responses contain the time that a search took.
    state = (_VERSION, pool.version, str(date.today()), current_language.get(), request.url.path, request.url.query)
    tag = sha256("\n".join(state).encode("utf-8", "replace")).hexdigest()[:20]
    return {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}


def is_not_modified(request: Request, headers: dict[str, str]) -> bool:
    """Return whether the client already has the response with these headers, by its If-None-Match header."""
    tag = headers["ETag"].removeprefix("W/")
    client_tags = [value.strip().removeprefix("W/") for value in request.headers.get("if-none-match", "").split(",")]
    return tag in client_tags


def _plain(result: Result | Sequence[Result]) -> object:
    return result.to_dict() if isinstance(result, Result) else [item.to_dict() for item in result]


def encode_json(value: object) -> bytes:
    """Return a value as compact JSON in UTF-8, with Chinese characters unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
