"""The language in which a request is answered: `lang` in its query, else the first of its Accept-Language that there
is."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..messages import negotiate_language, use_language


class Speaking:
    """Middleware: everything told while a request is answered is told in its language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wished = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [])
        accepted = Headers(scope=scope).get("accept-language", "")
        with use_language(negotiate_language([*wished, *_by_preference(accepted)])):
            await self._app(scope, receive, send)


def _by_preference(accepted: str) -> list[str]:
    """The tags of an Accept-Language header, most wanted first."""
    weighted: list[tuple[float, str]] = []
    for part in accepted[:1_000].split(","):
        tag, _, weight = part.partition(";")
        try:
            weighted.append((-float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda pair: pair[0]) if weight]
