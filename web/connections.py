"""Connections: the time that a client has to send a request, and the number of its connections.

uvicorn limits neither. A client that connects and sends nothing, or half a request, would keep its connection for ever,
and a few hundred of them would shut all others out.
"""

from asyncio import TimerHandle, Transport
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .rate_limit import RETRY_HEADERS, client_key

MAX_CONNECTIONS = 500
MAX_CONNECTIONS_PER_CLIENT = 100  # browsers open 6, but many may share one address
REQUEST_SECONDS = 10.0  # time to send a whole request
SEND_SECONDS = 60.0  # time until a client must read on
_REFUSAL_TEXT = b"too many connections come from your address: close some of them\n"
_REFUSAL = b"\r\n".join(
    (
        b"HTTP/1.1 429 Too Many Requests",
        b"Connection: close",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Length: %d" % len(_REFUSAL_TEXT),
        *(f"{name}: {value}".encode() for name, value in RETRY_HEADERS.items()),
        b"",
        _REFUSAL_TEXT,
    )
)


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol with limits of time and number.

    A connection beyond the maximum takes the place of the one that has waited longest for a request. So connections
    that send nothing keep nobody out. Trusted proxies may have any number, because they connect for many clients.
    """

    _timers: dict[str, TimerHandle]
    _client_key = ""
    _waiting_since = 0.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the time to send a request, and close another connection if there are too many."""
        super().connection_made(transport)
        self._client_key = client_key(self.client[0]) if self.client else ""
        self._waiting_since = self.loop.time()
        self._timers = {}
        self._start_timer("request", REQUEST_SECONDS, self.transport.close)
        self._limit_connections()

    def data_received(self, data: bytes) -> None:
        """Handle a part of a request."""
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_timer("request")  # it is complete
        elif "request" not in self._timers:  # the first part of a further one
            self._start_timer("request", REQUEST_SECONDS, self.transport.close)

    def on_response_complete(self) -> None:
        """Wait for a further request."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait until the client has read what was sent, but not for ever."""
        super().pause_writing()
        self._start_timer("response", SEND_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Send more."""
        super().resume_writing()
        self._stop_timer("response")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        super().connection_lost(exc)
        self._stop_timer("request")
        self._stop_timer("response")

    def _start_timer(self, name: Literal["request", "response"], seconds: float, end: Callable[[], None]) -> None:
        self._timers[name] = self.loop.call_later(seconds, end)

    def _stop_timer(self, name: Literal["request", "response"]) -> None:
        timer = self._timers.pop(name, None)
        if timer:
            timer.cancel()

    def _limit_connections(self) -> None:
        others = [other for other in self.connections if isinstance(other, GuardedProtocol) and other is not self]
        own = [other for other in others if other._client_key == self._client_key]
        if len(own) >= MAX_CONNECTIONS_PER_CLIENT and not self._is_proxy() and not _close_longest_waiting(own):
            self.transport.write(_REFUSAL)
            self.transport.close()
        elif len(self.connections) >= MAX_CONNECTIONS:
            _close_longest_waiting(others)  # if none waits, uvicorn answers 503

    def _is_proxy(self) -> bool:
        proxies = self.config.forwarded_allow_ips
        return self.client is not None and isinstance(proxies, list) and is_within(self.client[0], proxies)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Return whether an IP address is one of the addresses, or in one of the networks."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in _parse_network(network) for network in networks)


@lru_cache(maxsize=100)
def _parse_network(network: str) -> IPv4Network | IPv6Network:
    return ip_network(network)


def _close_longest_waiting(connections: Iterable[GuardedProtocol]) -> bool:
    """Close the connection that has waited longest for a request, before others one that never sent any.

    Returns whether there is a connection that waits.
    """
    waiting = (each for each in connections if each.cycle is None or each.cycle.response_complete)
    longest = min(waiting, key=lambda each: (each.cycle is not None, each._waiting_since), default=None)
    if longest is None:
        return False
    longest.transport.close()
    longest.connections.discard(longest)  # uvicorn does so later, and would count it until then
    return True
