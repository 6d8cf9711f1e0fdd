"""The one door to the client: requests with bounds on time, retries over the hosts, and errors that tell what to do."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import opensearchpy
from opensearchpy import exceptions

from ...messages import gettext as _
from ..errors import EngineUnavailable, ServerFailed, ServerRefused, ServerUnreachable
from ..matching import K1
from .connection_settings import CERTIFICATES, ENGINE, Address

logging.getLogger("opensearch").addHandler(logging.NullHandler())  # else Python prints its warnings where nobody logs

SECONDS = 30.0  # that an answer may take
PATIENCE = 30.0  # seconds of trying again while the servers are busy or elect a new manager
DOWN_PATIENCE = 3.0  # seconds of trying again while no host takes a connection
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds between tries
_BUSY = (429, 502, 503, 504)
_SHOWN = 200  # characters of what a server says
_ELASTICSEARCH = "elasticsearch"  # which tells no name of its own

Answer = dict[str, Any]
Faults = Callable[[Answer], Iterator[tuple[int, str]]]
"""The failures that an answer reports of its parts: status, reason."""


class Missing(Exception):
    """What was asked for is not there."""


class Conflict(Exception):
    """It is not as the request said."""


class _Busy(Exception):
    """Worth another try."""


def _none(_: Answer) -> Iterator[tuple[int, str]]:
    return iter(())


class Server:
    """The servers of an address. The first connection is made by the first request."""

    def __init__(self, address: Address) -> None:
        self._shown = address.shown
        tls: dict[str, Any] = {"ca_certs": address.certificates} if address.certificates else {}
        try:
            client = opensearchpy.OpenSearch(address.hosts, max_retries=0, http_compress=False, **tls)
        except (OSError, exceptions.ImproperlyConfigured) as error:
            raise EngineUnavailable(
                ENGINE,
                _("can't use its settings ({error})").format(error=error),
                _("see to {variable}").format(variable=CERTIFICATES),
            ) from error
        self._transport = client.transport

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: dict[str, object] | None = None,
        seconds: float = 0.0,
        faults: Faults = _none,
    ) -> Answer:
        """The answer to a request, which must be one that may reach the servers twice; `seconds` may be more than
        `SECONDS`. Raises Missing, Conflict, ServerUnreachable, ServerRefused, ServerFailed."""
        started, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                answer = self._once(method, path, body, params, max(seconds, SECONDS))
                with self.understood():
                    for status, reason in faults(answer):
                        if status in _BUSY:
                            raise _Busy(reason)
                        if reason.startswith("index_not_found"):
                            raise Missing(reason)
                        raise ServerFailed(self._shown, _short(reason))
            except (_Busy, ServerUnreachable) as error:
                waited = time.monotonic() - started
                if isinstance(error, ServerUnreachable) and waited + pause > (
                    PATIENCE if error.may_be_busy else DOWN_PATIENCE
                ):
                    raise
                if waited + pause > PATIENCE:
                    raise ServerFailed(self._shown, _short(str(error))) from error
            else:
                return answer
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _once(self, method: str, path: str, body: object, params: dict[str, object] | None, seconds: float) -> Answer:
        try:
            answer = self._transport.perform_request(method, path, params=params, body=body, timeout=seconds)
        except exceptions.NotFoundError as error:
            raise Missing(_reason(error)) from error
        except exceptions.ConflictError as error:
            raise Conflict(_reason(error)) from error
        except exceptions.SSLError as error:
            raise ServerRefused(
                self._shown,
                _short(str(error.error)),
                _("name its certificates in {variable}").format(variable=CERTIFICATES),
            ) from None
        except exceptions.ConnectionTimeout:
            raise ServerUnreachable(
                self._shown, _("no answer in {seconds:g} s").format(seconds=seconds), may_be_busy=True
            ) from None
        except exceptions.ConnectionError as error:
            raise ServerUnreachable(self._shown, _short(str(error.error)), may_be_busy=False) from None
        except (exceptions.AuthenticationException, exceptions.AuthorizationException) as error:
            if error.status_code == 403 and _kind(error) not in ("", "security_exception"):
                raise ServerFailed(self._shown, _reason(error)) from error
            raise ServerRefused(self._shown, _("wrong user or password, or no right to do this")) from None
        except exceptions.TransportError as error:
            if error.status_code in _BUSY:
                raise _Busy(_reason(error)) from error
            if _kind(error) == "resource_already_exists_exception":
                raise Conflict(_reason(error)) from error
            raise ServerFailed(self._shown, _reason(error)) from error
        except exceptions.SerializationError as error:
            raise ServerFailed(self._shown, _("the answer is not JSON")) from error
        if not isinstance(answer, dict):
            raise ServerFailed(self._shown, _("the answer is not JSON"))
        return answer

    def search(self, index: str, bodies: Sequence[Answer], *, exact: bool = False, copy: str = "") -> list[Answer]:
        """The answers to several searches, of which none may lack a shard. With `exact`, scores are those of one whole
        index. Searches that name the same `copy` go to the same replicas while these live."""
        if not bodies:
            return []
        head: Answer = {"allow_partial_search_results": False, **({"preference": copy} if copy else {})}
        if exact:
            head["search_type"] = "dfs_query_then_fetch"
        answer = self.ask("POST", f"/{index}/_msearch", lines((head, body) for body in bodies), faults=_of_searches)
        answers: list[Answer] = answer["responses"]
        return answers

    def bulk(self, index: str, body: bytes, seconds: float) -> None:
        """Writes, as lines of actions. Deleting what is not there is no fault."""
        self.ask("POST", f"/{index}/_bulk", body, seconds=seconds, faults=_of_writes)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Around what is read of answers: raises ServerFailed where they are not what they should be."""
        try:
            yield
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise ServerFailed(
                self._shown, _("an answer lacks what it should have, {reason}").format(reason=_short(str(error)))
            ) from error

    def check(self) -> None:
        """Raises what `ask` raises unless a server of a known kind is there."""
        _ = self._version

    @cached_property
    def _version(self) -> tuple[str, int, int]:
        """Its line, and major and minor version."""
        told = self.ask("GET", "/").get("version")
        told = told if isinstance(told, dict) else {}
        major, _dot, minor = str(told.get("number", "")).partition(".")
        minor = minor.partition(".")[0]
        if not (major.isdecimal() and minor.isdecimal()):
            raise ServerFailed(self._shown, _("it tells no version"))
        return str(told.get("distribution", _ELASTICSEARCH)), int(major), int(minor)

    @property
    def bm25_factor(self) -> float:
        """What its BM25 has to be divided by: servers but the newest keep the factor k1 + 1 that Lucene gave up."""
        line, major, _ = self._version
        return 1.0 if line != _ELASTICSEARCH and major >= 3 else K1 + 1

    @property
    def most_buckets(self) -> int:
        """How many values it counts in one answer."""
        line, *version = self._version
        return 10_000 if line == _ELASTICSEARCH and version < [7, 9] else 50_000

    def close(self) -> None:
        self._transport.close()


def lines(parts: Iterable[tuple[Answer, Answer]]) -> bytes:
    """A body of one JSON object a line."""
    return b"".join(encoded(each) + b"\n" for part in parts for each in part)


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _of_searches(answer: Answer) -> Iterator[tuple[int, str]]:
    for each in answer["responses"]:
        if "error" in each:
            yield int(each.get("status", 500)), _of_error(each["error"])
        elif each["_shards"]["failed"] or each["timed_out"]:
            yield 503, _("a shard did not answer")


def _of_writes(answer: Answer) -> Iterator[tuple[int, str]]:
    if answer["errors"]:
        for each in answer["items"]:
            (item,) = each.values()
            if "error" in item:
                yield int(item["status"]), _of_error(item["error"])


def _kind(error: exceptions.TransportError) -> str:
    info = error.info
    inner = info.get("error") if isinstance(info, dict) else None
    return str(inner.get("type", "")) if isinstance(inner, dict) else ""


def _reason(error: exceptions.TransportError) -> str:
    info = error.info
    return _short(_of_error(info["error"]) if isinstance(info, dict) and "error" in info else str(error.error))


def _of_error(error: object) -> str:
    """What the server says went wrong, of its causes the first."""
    if not isinstance(error, dict):
        return str(error)
    causes = error.get("root_cause")
    first = causes[0] if isinstance(causes, list) and causes and isinstance(causes[0], dict) else error
    return f"{first.get('type', 'error')}: {first.get('reason', '')}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
