"""Middleware: request language, host check, read-only check, rate limit, authentication, security headers."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..messages import SouwenError, negotiate_language, use_language
from .error_handlers import error_response
from .errors import RateLimited, ReadOnly, WrongHost, WrongToken
from .rate_limit import RateLimiter

# A page loads scripts, styles and data from this server alone. Inline scripts and styles are forbidden.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_MAX_ACCEPT_LANGUAGE_LENGTH = 1_000  # characters that are parsed


class LanguageMiddleware:
    """Answers a request in the language of its `lang` parameter, else by its Accept-Language header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application with the language of the request set."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        requested = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [])
        accepted = _parse_accept_language(Headers(scope=scope).get("accept-language", ""))
        with use_language(negotiate_language([*requested, *accepted])):
            await self._app(scope, receive, send)


class RequestGuardMiddleware:
    """Refuses requests that fail a check, and adds security headers to every response.

    The host check protects against DNS rebinding: a page of another site that resolves its own name to this machine
    would otherwise read an archive that only this machine may see. Empty `hosts` turn the check off. With
    `allow_bodies`, requests may have any method and a body; the application then has to limit its size.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], token: str, rate_limiter: RateLimiter, allow_bodies: bool = False
    ) -> None:
        self._app = app
        self._hosts = frozenset(map(str.lower, hosts))
        self._token = token.encode()
        self._rate_limiter = rate_limiter
        self._allow_bodies = allow_bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application, or respond with an error if the request fails a check."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        error = self._check(scope)
        if scope["method"] == "HEAD":  # handled like GET; uvicorn drops the body
            scope = {**scope, "method": "GET"}
        app = error_response(Request(scope), error) if error else self._app
        await app(scope, receive, send_with_headers)

    def _check(self, scope: Scope) -> SouwenError | None:
        """Return the reason to refuse a request, if there is one."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # Not Starlette's TrustedHostMiddleware: it answers 400 in plain English text, without naming the option to set.
        if self._hosts and _hostname(host) not in self._hosts:
            return WrongHost(host)
        if not self._allow_bodies and not _is_read_only(scope["method"], headers):
            return ReadOnly()
        if not self._rate_limiter.allows(scope["client"][0] if scope["client"] else ""):
            return RateLimited()
        if self._token and not hmac.compare_digest(_credentials(headers.get("authorization", "")), self._token):
            return WrongToken()
        return None


def _parse_accept_language(header: str) -> list[str]:
    """Return the tags of an Accept-Language header by descending weight, without those of weight 0."""
    weighted_tags: list[tuple[float, str]] = []
    for part in header[:_MAX_ACCEPT_LANGUAGE_LENGTH].split(","):
        tag, _, weight = part.partition(";")
        try:
            weighted_tags.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted_tags, key=lambda pair: -pair[0]) if weight]


def _is_read_only(method: str, headers: Headers) -> bool:
    """Return whether a request is GET or HEAD and has no body."""
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return method in ("GET", "HEAD") and not has_body


def _hostname(host: str) -> str:
    """Return a Host header in lower case, without its port and without the brackets of an IPv6 address."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _credentials(authorization: str) -> bytes:
    """Return the token of an Authorization header: a bearer token, or the password of basic authentication."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1")  # the very bytes of the header, which Starlette decodes as Latin-1
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""
