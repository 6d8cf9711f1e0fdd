"""How many requests a client may send: a token bucket each (Turner, "New directions in communications", 1986)."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CLIENTS = 10_000  # that are remembered; who was not seen for long is forgotten first
BURST = 5.0  # seconds' worth of requests that may come at once


class Rates:
    """Admits `rate` requests a second of each client, 0 for any number."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and when that was

    def admits(self, address: str) -> bool:
        """Whether the client at an IP address may send another request now, which then counts."""
        if not self._rate:
            return True
        client, now = _client(address), self._clock()
        left, then = self._buckets.pop(client, (self._most, now))
        left = min(self._most, left + (now - then) * self._rate)
        is_admitted = left >= 1
        self._buckets[client] = (left - is_admitted, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return is_admitted


def _client(address: str) -> str:
    """Who has one address of IPv6 has the 2⁶⁴ of its network."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:  # a socket in the file system, or a proxy's own name
        return address
    if known.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return address
