"""Running an application on uvicorn."""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address

import uvicorn
from starlette.applications import Starlette

from .connections import MAX_CONNECTIONS, GuardedProtocol
from .errors import AddressInUse

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LOOPBACK_NETWORKS = ("127.0.0.0/8", "::1/128")  # of proxies on this machine
MAX_HEAD_BYTES = 32 << 10  # request line and headers; a query of 2,000 characters takes 18,000 bytes
KEEP_ALIVE_SECONDS = 20  # idle time of a connection between requests: longer than clients wait before they reuse one
SHUTDOWN_SECONDS = 5  # time that running requests have when the server stops


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def run(
    app: Starlette, *, host: str, port: int, on_ready: Callable[[str], None], trusted_proxies: Iterable[str] = ()
) -> None:
    """Serve an application until it is interrupted.

    Args:
        app: The application.
        host: Address to listen at.
        port: Port to listen at; 0 means any free port.
        on_ready: Called with the URL of the server once it listens.
        trusted_proxies: Addresses or networks of proxies on other machines. They, and those on this machine, say in
            X-Forwarded-For which client they forward.

    Raises:
        AddressInUse: The server cannot listen at this address and port.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AddressInUse(host, port, reason) from error
    with listener:
        on_ready(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/")
        with suppress(KeyboardInterrupt):  # the usual way to stop a server
            make_server(app, trusted_proxies).run(sockets=[listener])


def make_server(app: Starlette, trusted_proxies: Iterable[str] = ()) -> uvicorn.Server:
    """Return a uvicorn server that limits the requests and connections of clients."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=GuardedProtocol,
            ws="none",
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            proxy_headers=True,
            forwarded_allow_ips=[*LOOPBACK_NETWORKS, *trusted_proxies],  # any other client could forge the headers
            server_header=False,
            access_log=False,
            log_level="warning",
        )
    )
