"""Running an application on uvicorn."""

import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import uvicorn
from starlette.applications import Starlette

from .errors import AddressInUse

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MAX_HEAD_BYTES = 32 << 10  # request line and headers; a query of 2,000 characters takes 18,000 bytes
MAX_CONNECTIONS = 500
KEEP_ALIVE_SECONDS = 20  # idle time of a connection between requests: longer than clients wait before they reuse one
SHUTDOWN_SECONDS = 5  # time that running requests have when the server stops


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def run(app: Starlette, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve an application until it is interrupted.

    Args:
        app: The application.
        host: Address to listen at.
        port: Port to listen at; 0 means any free port.
        ready: Called with the URL of the server once it listens.

    Raises:
        AddressInUse: The server cannot listen at this address and port.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AddressInUse(host, port, reason) from error
    with listener:
        ready(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/")
        with suppress(KeyboardInterrupt):  # the usual way to stop a server
            make_server(app).run(sockets=[listener])


def make_server(app: Starlette) -> uvicorn.Server:
    """Return a uvicorn server that limits the requests and connections of clients."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",  # the parser that enforces MAX_HEAD_BYTES
            ws="none",
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            proxy_headers=False,  # any client can forge them
            server_header=False,
            access_log=False,
            log_level="warning",
        )
    )
