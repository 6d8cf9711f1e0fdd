"""Runs the application on uvicorn."""

import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import uvicorn
from starlette.applications import Starlette

from .errors import AddressInUse

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LONGEST_HEAD = 32 << 10  # bytes of the first line and headers of a request; a query of 2,000 characters takes 18,000
MOST_CONNECTIONS = 500
KEPT_ALIVE = 20  # seconds that a connection may be silent between requests: longer than clients use one again
LAST_WISHES = 5  # seconds that requests have when the server is to end


def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def run(app: Starlette, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves until interrupted. `ready` is told the address; port 0 is any that is free. Raises AddressInUse."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AddressInUse(host, port, reason) from error
    with listening:
        ready(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/")
        with suppress(KeyboardInterrupt):  # which is how a server is ended
            server_of(app).run(sockets=[listening])


def server_of(app: Starlette) -> uvicorn.Server:
    """A server with bounds on what it takes from clients."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",  # whose limits these are
            ws="none",
            h11_max_incomplete_event_size=LONGEST_HEAD,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=KEPT_ALIVE,
            timeout_graceful_shutdown=LAST_WISHES,
            proxy_headers=False,  # anybody could write them
            server_header=False,
            access_log=False,
            log_level="warning",
        )
    )
