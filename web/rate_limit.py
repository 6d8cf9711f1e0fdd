"""Rate limit per client: a token bucket each (Turner, "New directions in communications", 1986)."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_CLIENTS = 10_000  # buckets in memory; the least recently seen client is dropped first
RETRY_HEADERS = {"Retry-After": "1"}  # seconds; of responses that ask a client to come back
BURST_SECONDS = 5.0  # a client that was idle may send the requests of so many seconds at once


class RateLimiter:
    """Token buckets that admit `rate` requests a second of each client, or any number if `rate` is 0."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate * BURST_SECONDS)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and the time of that count

    def allows(self, address: str) -> bool:
        """Return whether the client at an IP address may send a request now, and take a token if it may."""
        if not self._rate:
            return True
        client, now = client_key(address), self._clock()
        tokens, updated = self._buckets.pop(client, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - updated) * self._rate)
        is_allowed = tokens >= 1
        self._buckets[client] = (tokens - is_allowed, now)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return is_allowed


def client_key(address: str) -> str:
    """Return an IPv4 address itself, and the /64 network of an IPv6 address: one client has all 2⁶⁴ of them.

    All that is no IP address, such as text that a proxy passes on, counts as one client.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)
