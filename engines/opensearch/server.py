"""Requests to the servers, with timeouts, retries over the hosts, and translated errors.

This is the only module that imports the client.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import opensearchpy
from opensearchpy import exceptions

from ...messages import gettext as _
from ..bm25 import K1
from ..errors import EngineUnavailable, ServerFailed, ServerRefused, ServerUnreachable
from .connection_settings import CERTIFICATES, ENGINE, ServerAddress

# Without a handler, Python would print the client's warnings in programs that do not configure logging.
logging.getLogger("opensearch").addHandler(logging.NullHandler())

REQUEST_TIMEOUT = 30.0  # seconds in which servers must respond
BUSY_RETRY_LIMIT = 30.0  # seconds of retries while the servers are busy or elect a new manager
CONNECT_RETRY_LIMIT = 3.0  # seconds of retries while no host accepts a connection
_MIN_RETRY_DELAY, _MAX_RETRY_DELAY = 0.1, 2.0  # seconds
_BUSY_STATUSES = (429, 502, 503, 504)
_OUTDATED_ERRORS = ("version_conflict_engine_exception", "document_missing_exception")
_MAX_REASON_LENGTH = 200  # characters of a server's message that are shown
_ELASTICSEARCH = "elasticsearch"  # assumed of servers that do not name their distribution

Response = dict[str, Any]


class PartialFailure(NamedTuple):
    """A failure that a response reports of one of its parts."""

    status: int
    reason: str


FindFailures = Callable[[Response], Iterator[PartialFailure]]


class NotFound(Exception):
    """The servers do not have what was requested."""


class Conflict(Exception):
    """The request contradicts what the servers have."""


class _ServerBusy(Exception):
    """The request is worth a retry."""


def _no_failures(_: Response) -> Iterator[PartialFailure]:
    return iter(())


class Server:
    """A connection to the servers of an address. The first request opens it."""

    def __init__(self, address: ServerAddress) -> None:
        self._display = address.display
        tls: dict[str, Any] = {"ca_certs": address.certificates} if address.certificates else {}
        try:
            client = opensearchpy.OpenSearch(address.hosts, max_retries=0, http_compress=False, **tls)
        except (OSError, exceptions.ImproperlyConfigured) as error:
            raise EngineUnavailable(
                ENGINE,
                _("cannot use its settings ({error})").format(error=error),
                _("check {variable}").format(variable=CERTIFICATES),
            ) from error
        self._transport = client.transport

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: dict[str, object] | None = None,
        timeout: float = 0.0,
        find_failures: FindFailures = _no_failures,
    ) -> Response:
        """Send a request and return the response.

        The request must be idempotent, because retries may let it reach the servers twice.

        Args:
            method: The HTTP method.
            path: The path on the server.
            body: The body, as JSON or bytes.
            params: The parameters of the URL.
            timeout: Seconds in which the servers must respond, if more than `REQUEST_TIMEOUT`.
            find_failures: Yields the failures that the response reports of its parts.

        Raises:
            NotFound: The servers do not have what was requested.
            Conflict: The request contradicts what the servers have.
            ServerUnreachable: No server responds.
            ServerRefused: The servers refuse the credentials, or the client refuses the servers' certificates.
            ServerFailed: The servers report another error or send an invalid response.
        """
        start, delay = time.monotonic(), _MIN_RETRY_DELAY
        while True:
            try:
                response = self._request_once(method, path, body, params, max(timeout, REQUEST_TIMEOUT))
                with self.parsing():
                    self._raise_failure(find_failures(response))
            except (_ServerBusy, ServerUnreachable) as error:
                elapsed = time.monotonic() - start
                if isinstance(error, ServerUnreachable) and elapsed + delay > (
                    BUSY_RETRY_LIMIT if error.may_be_busy else CONNECT_RETRY_LIMIT
                ):
                    raise
                if elapsed + delay > BUSY_RETRY_LIMIT:
                    raise ServerFailed(self._display, _shorten(str(error))) from error
            else:
                return response
            time.sleep(delay)
            delay = min(2 * delay, _MAX_RETRY_DELAY)

    def _raise_failure(self, failures: Iterator[PartialFailure]) -> None:
        for status, reason in failures:
            if status in _BUSY_STATUSES:
                raise _ServerBusy(reason)
            if reason.startswith("index_not_found"):
                raise NotFound(reason)
            raise ServerFailed(self._display, _shorten(reason))

    def _request_once(
        self, method: str, path: str, body: object, params: dict[str, object] | None, timeout: float
    ) -> Response:
        try:
            response = self._transport.perform_request(method, path, params=params, body=body, timeout=timeout)
        except exceptions.NotFoundError as error:
            raise NotFound(_reason(error)) from error
        except exceptions.ConflictError as error:
            raise Conflict(_reason(error)) from error
        except exceptions.SSLError as error:
            raise ServerRefused(
                self._display,
                _shorten(str(error.error)),
                _("set {variable} to the file of certificates to trust").format(variable=CERTIFICATES),
            ) from None
        except exceptions.ConnectionTimeout:
            raise ServerUnreachable(
                self._display, _("no response within {seconds:g} s").format(seconds=timeout), may_be_busy=True
            ) from None
        except exceptions.ConnectionError as error:
            raise ServerUnreachable(self._display, _shorten(str(error.error)), may_be_busy=False) from None
        except (exceptions.AuthenticationException, exceptions.AuthorizationException) as error:
            if error.status_code == 403 and _error_type(error) not in ("", "security_exception"):
                raise ServerFailed(self._display, _reason(error)) from error
            raise ServerRefused(self._display, _("wrong user or password, or missing permission")) from None
        except exceptions.TransportError as error:
            if error.status_code in _BUSY_STATUSES:
                raise _ServerBusy(_reason(error)) from error
            if _error_type(error) == "resource_already_exists_exception":
                raise Conflict(_reason(error)) from error
            raise ServerFailed(self._display, _reason(error)) from error
        except exceptions.SerializationError as error:
            raise ServerFailed(self._display, _("the response is not JSON")) from error
        if not isinstance(response, dict):
            raise ServerFailed(self._display, _("the response is not JSON"))
        return response

    def search(
        self, index: str, bodies: Sequence[Response], *, global_idf: bool = False, preference: str = ""
    ) -> list[Response]:
        """Send several searches and return their responses, which cover all shards.

        With `global_idf`, scores are the same as on a single shard. Searches with the same `preference` use the same
        replicas as long as these live.
        """
        if not bodies:
            return []
        head: Response = {"allow_partial_search_results": False, **({"preference": preference} if preference else {})}
        if global_idf:
            head["search_type"] = "dfs_query_then_fetch"
        lines = to_json_lines((head, body) for body in bodies)
        response = self.request("POST", f"/{index}/_msearch", lines, find_failures=_search_failures)
        responses: list[Response] = response["responses"]
        return responses

    def bulk(self, index: str, body: bytes, timeout: float) -> list[str]:
        """Send write actions, one a line. Deleting a document that does not exist is no failure.

        Returns:
            The ids of the updates that were not made, because the documents have changed or are gone.
        """
        response = self.request("POST", f"/{index}/_bulk", body, timeout=timeout, find_failures=_bulk_failures)
        with self.parsing():
            return [str(item["_id"]) for item in _bulk_items(response) if _is_outdated(item)]

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Raise ServerFailed if the enclosed code does not find what it expects in a response."""
        try:
            yield
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise ServerFailed(
                self._display, _("the response lacks an expected value, {reason}").format(reason=_shorten(str(error)))
            ) from error

    def check(self) -> None:
        """Raise what `request` raises unless a server responds with its version."""
        _ = self._version

    @cached_property
    def _version(self) -> tuple[str, int, int]:
        """The distribution, the major version and the minor version."""
        version = self.request("GET", "/").get("version")
        version = version if isinstance(version, dict) else {}
        major, _dot, minor = str(version.get("number", "")).partition(".")
        minor = minor.partition(".")[0]
        if not (major.isdecimal() and minor.isdecimal()):
            raise ServerFailed(self._display, _("it reports no version"))
        return str(version.get("distribution", _ELASTICSEARCH)), int(major), int(minor)

    @property
    def bm25_factor(self) -> float:
        """The constant factor in the servers' BM25: k1 + 1, which Lucene dropped, except on the newest servers."""
        distribution, major, _ = self._version
        return 1.0 if distribution != _ELASTICSEARCH and major >= 3 else K1 + 1

    @property
    def max_buckets(self) -> int:
        """The maximum number of values in the response to one aggregation."""
        distribution, *version = self._version
        return 10_000 if distribution == _ELASTICSEARCH and version < [7, 9] else 50_000

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def document_version(document: Response) -> dict[str, object]:
    """Return the parameters that make a write depend on the version of a document in a response."""
    return {"if_seq_no": document["_seq_no"], "if_primary_term": document["_primary_term"]}


def to_json_lines(pairs: Iterable[tuple[Response, Response]]) -> bytes:
    """Return pairs of objects as JSON, one object a line."""
    return b"".join(to_json(value) + b"\n" for pair in pairs for value in pair)


def to_json(value: object) -> bytes:
    """Return compact JSON in UTF-8, with lone surrogates replaced by `?`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def shard_failures(response: Response) -> Iterator[PartialFailure]:
    """Yield a failure if the response counts failed shards."""
    if response["_shards"]["failed"]:
        yield shard_failure()


def shard_failure() -> PartialFailure:
    """Return the failure of a shard, which is worth a retry."""
    return PartialFailure(503, _("a shard did not respond"))


def document_failures(response: Response) -> Iterator[PartialFailure]:
    """Yield a failure for each document that a shard could not read."""
    for document in response["docs"]:
        if "error" in document:
            yield shard_failure()


def _search_failures(response: Response) -> Iterator[PartialFailure]:
    for part in response["responses"]:
        if "error" in part:
            yield PartialFailure(int(part.get("status", 500)), _error_reason(part["error"]))
        elif part["_shards"]["failed"] or part["timed_out"]:
            yield shard_failure()


def _bulk_failures(response: Response) -> Iterator[PartialFailure]:
    if response["errors"]:
        for item in _bulk_items(response):
            if "error" in item and not _is_outdated(item):
                yield PartialFailure(int(item["status"]), _error_reason(item["error"]))


def _bulk_items(response: Response) -> Iterator[Response]:
    for action in response["items"]:
        (item,) = action.values()
        yield item


def _is_outdated(item: Response) -> bool:
    """Return whether an update was refused because its document has changed or is gone."""
    error = item.get("error")
    return isinstance(error, dict) and error.get("type") in _OUTDATED_ERRORS


def _error_type(error: exceptions.TransportError) -> str:
    info = error.info
    cause = info.get("error") if isinstance(info, dict) else None
    return str(cause.get("type", "")) if isinstance(cause, dict) else ""


def _reason(error: exceptions.TransportError) -> str:
    info = error.info
    return _shorten(_error_reason(info["error"]) if isinstance(info, dict) and "error" in info else str(error.error))


def _error_reason(error: object) -> str:
    """Return type and reason of the first root cause that the server reports."""
    if not isinstance(error, dict):
        return str(error)
    causes = error.get("root_cause")
    first = causes[0] if isinstance(causes, list) and causes and isinstance(causes[0], dict) else error
    return f"{first.get('type', 'error')}: {first.get('reason', '')}"


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_REASON_LENGTH else text[: _MAX_REASON_LENGTH - 1] + "…"
