"""Answers as JSON, which clients may keep and ask about again."""

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from importlib.metadata import version

from fastapi import Request, Response

from ..messages import spoken
from ..query import Searcher
from .archive import Archive, archive_of

_SOUWEN = version("souwen")


async def answer(request: Request, make: Callable[[Searcher], object]) -> Response:
    """What `make` makes of the searcher as JSON; or that it is still what the client has, without asking."""
    archive = archive_of(request)
    await archive.refresh()
    headers = headers_of(request, archive)
    if has_already(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    content = await archive.ask(lambda searcher: encoded(make(searcher)))
    return Response(content, headers=headers, media_type="application/json")


def headers_of(request: Request, archive: Archive) -> dict[str, str]:
    """What tells clients that they may keep an answer, but have to ask whether it still holds."""
    # 近7天 means other days tomorrow. The tag is weak because answers tell how long they took.
    asked = (_SOUWEN, archive.version, str(date.today()), spoken.get(), request.url.path, request.url.query)
    tag = sha256("\n".join(asked).encode("utf-8", "replace")).hexdigest()[:20]
    return {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}


def has_already(request: Request, tag: str) -> bool:
    """Whether the client keeps the answer with this tag."""
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return "*" in known or tag.removeprefix("W/") in (each.removeprefix("W/") for each in known)


def encoded(value: object) -> bytes:
    """`value` as JSON with Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
