"""What a request must pass before it is answered, and what every answer tells browsers."""

import base64
import binascii
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..messages import SouwenError
from . import error_handlers
from .errors import NotRead, TooMany, WrongHost, WrongToken
from .rate_limit import Rates

# A page may load what comes from here, and nothing else may; no script or style stands in a page.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guards:
    """Middleware around everything. A browser that was led here under a name that is none of `hosts` (any is, if there
    are none) gets nothing, lest pages of strangers read an archive that only this machine may see. With `bodies`, it is
    the application that bounds what is sent."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], token: str, rates: Rates, bodies: bool = False) -> None:
        self._app = app
        self._hosts = frozenset(map(str.lower, hosts))
        self._token = token.encode()
        self._rates = rates
        self._bodies = bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        wrong = self._wrong(scope)
        if scope["method"] == "HEAD":  # answered like GET; the server leaves out the body
            scope = {**scope, "method": "GET"}
        await (error_handlers.failure(Request(scope), wrong) if wrong else self._app)(scope, receive, guarded)

    def _wrong(self, scope: Scope) -> SouwenError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts:
            return WrongHost(host)
        if not self._bodies and _sends(scope["method"], headers):
            return NotRead()
        if not self._rates.admits(scope["client"][0] if scope["client"] else ""):
            return TooMany()
        if self._token and not hmac.compare_digest(_given(headers.get("authorization", "")), self._token):
            return WrongToken()
        return None


def _sends(method: str, headers: Headers) -> bool:
    """Whether a request does more than read, or brings something along."""
    return method not in ("GET", "HEAD") or headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _given(authorization: str) -> bytes:
    """The token of an Authorization header: a bearer's, or the password that a browser asked for."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1")  # as it came
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""
