"""Options and errors of the commands that answer requests over HTTP: `serve` and `mcp`."""

import os
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any, TextIO, TypeVar

import click
from typing_extensions import TypedDict, Unpack

from ..messages import SouwenError
from ..messages import gettext as _

TOKEN_VARIABLE = "SOUWEN_TOKEN"  # noqa: S105 - the name of an environment variable

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Network(click.ParamType[str]):
    """An IP address, or a network such as 10.0.0.0/8."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the network in its usual form."""
        try:
            return str(ip_network(value, strict=False))
        except ValueError:
            message = _("{value!r} is no IP address or network: write one such as 192.0.2.1 or 10.0.0.0/8")
            self.fail(message.format(value=value), param, ctx)


_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option(
        "--token-file",
        type=click.File(encoding="utf-8-sig"),  # Windows editors begin a file with a mark
        metavar="FILE",
        help=f"Require the token in this file, or in ${TOKEN_VARIABLE}.",
    ),
    click.option(
        "--allowed-host", multiple=True, metavar="NAME", help="Also accept requests for this host name (repeatable)."
    ),
    click.option(
        "--trusted-proxy",
        multiple=True,
        type=_Network(),
        metavar="ADDRESS",
        help="Believe X-Forwarded-For from this address or network, as from this machine (repeatable).",
    ),
    click.option(
        "--time-limit",
        default=10.0,
        show_default=True,
        type=click.FloatRange(0, 3600, min_open=True),
        metavar="SECONDS",
        help="Stop a request after this many seconds.",
    ),
    click.option(
        "--rate",
        default=20.0,
        show_default=True,
        type=click.FloatRange(0),
        metavar="N",
        help="Requests per second and client; 0 for no limit.",
    ),
    click.option(
        "--threads",
        default=4,
        show_default=True,
        type=click.IntRange(1, 64),
        metavar="N",
        help="Number of searches that run at the same time.",
    ),
)


class MissingPackages(SouwenError):
    """An extra of souwen that a command needs is not installed."""

    def __init__(self, command: str, extra: str) -> None:
        message = _("{command} needs more packages: install them with {install}")
        super().__init__(message.format(command=f"`{command}`", install=f"`pip install 'souwen[{extra}]'`"))


class NoToken(SouwenError):
    """The place of the token holds none. Serving without one would open the archive to anyone."""

    def __init__(self, place: str) -> None:
        message = _("{place} holds no token in UTF-8: write one into it, or leave it out to serve without a token")
        super().__init__(message.format(place=place))


class ServerOptions(TypedDict):
    """The values of the options, as a command receives them."""

    host: str
    token_file: TextIO | None
    allowed_host: tuple[str, ...]
    trusted_proxy: tuple[str, ...]
    time_limit: float
    rate: float
    threads: int


class AppSettings(TypedDict):
    """The same values, as the applications of `web` take them."""

    time_limit: float
    threads: int
    rate: float
    hosts: Iterable[str]
    token: str


def server_options(command: _Command) -> _Command:
    """Add the server options to `command`, which receives their values as `ServerOptions`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def app_settings(loopback: Iterable[str], *, is_local: bool, **options: Unpack[ServerOptions]) -> AppSettings:
    """Return the settings of an application, and warn about a server that is open to anyone.

    Args:
        loopback: Host names of this machine, which a local server accepts.
        is_local: Whether the server listens on a loopback address only.
        options: Values of the server options.

    Raises:
        NoToken: The token file or variable is empty.
    """
    token = _read_token(options["token_file"])
    if not (is_local or token):
        warning = _("(anyone who can reach this address can read the archive: set a token with --token-file)")
        click.secho(warning, fg="yellow", err=True)
    return AppSettings(
        time_limit=options["time_limit"],
        threads=options["threads"],
        rate=options["rate"],
        hosts=(*loopback, *options["allowed_host"]) if is_local else options["allowed_host"],
        token=token,
    )


def _read_token(file: TextIO | None) -> str:
    """Return the token of the file, else of the environment; "" if there is neither."""
    if file is None and TOKEN_VARIABLE not in os.environ:
        return ""
    place = f"${TOKEN_VARIABLE}" if file is None else file.name
    try:
        token = (os.environ[TOKEN_VARIABLE] if file is None else file.read()).strip()
    except UnicodeDecodeError as error:
        raise NoToken(place) from error
    if not token:
        raise NoToken(place)
    return token
