"""Answers as JSON, which clients may keep and ask about again."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from importlib.metadata import version

from fastapi import Request, Response

from ..messages import current_language
from ..query import Result, Searcher
from .searcher_pool import archive_of

_SOUWEN = version("souwen")


async def answer(request: Request, make: Callable[[Searcher], Result | Sequence[Result]]) -> Response:
    """What `make` makes of the searcher as JSON; or that it is still what the client has, without asking."""
    headers = await headers_of(request)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    content = await archive_of(request).ask(lambda searcher: encoded(_json(make(searcher))))
    return Response(content, headers=headers, media_type="application/json")


async def headers_of(request: Request) -> dict[str, str]:
    """What tells clients that they may keep the answer to a request, but have to ask whether it still holds."""
    archive = archive_of(request)
    await archive.refresh()
    # 近7天 means other days tomorrow. The tag is weak because answers tell how long they took.
    asked = (_SOUWEN, archive.version, str(date.today()), current_language.get(), request.url.path, request.url.query)
    tag = sha256("\n".join(asked).encode("utf-8", "replace")).hexdigest()[:20]
    return {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}


def is_known(request: Request, headers: dict[str, str]) -> bool:
    """Whether the client has what would be answered with these headers."""
    tag = headers["ETag"]
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return tag.removeprefix("W/") in (each.removeprefix("W/") for each in known)


def _json(result: Result | Sequence[Result]) -> object:
    return result.to_dict() if isinstance(result, Result) else [item.to_dict() for item in result]


def encoded(value: object) -> bytes:
    """`value` as JSON with Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
