"""The options of commands that answer requests over HTTP."""

import os
from collections.abc import Callable, Iterable
from typing import Any, TextIO, TypeVar

import click
from typing_extensions import TypedDict, Unpack

from ..messages import gettext as _

TOKEN = "SOUWEN_TOKEN"  # noqa: S105 - the variable that has it

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at."),
    click.option(
        "--token-file",
        type=click.File(encoding="utf-8"),
        help=f"Answer only who tells the token in this file, or in {TOKEN}.",
    ),
    click.option("--allowed-host", multiple=True, metavar="NAME", help="Another name by which this server is called."),
    click.option(
        "--time-limit",
        default=10.0,
        show_default=True,
        type=click.FloatRange(0, 3600, min_open=True),
        help="Seconds for a request.",
    ),
    click.option(
        "--rate",
        default=20.0,
        show_default=True,
        type=click.FloatRange(0),
        help="Requests a second of a client; 0: any.",
    ),
    click.option(
        "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Searches at the same time."
    ),
)


class Serving(TypedDict):
    """The values of the options."""

    host: str
    token_file: TextIO | None
    allowed_host: tuple[str, ...]
    time_limit: float
    rate: float
    threads: int


class Guarding(TypedDict):
    """The same as the applications of `web` take it."""

    seconds: float
    threads: int
    rate: float
    hosts: Iterable[str]
    token: str


def serving_options(command: _Command) -> _Command:
    """Adds the options; the command gets their values as `Serving`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def guarding(loopback: Iterable[str], *, is_local: bool, **given: Unpack[Serving]) -> Guarding:
    """What the options ask of an application; warns of a server that is open to anybody."""
    token = given["token_file"].read().strip() if given["token_file"] else os.environ.get(TOKEN, "")
    if not (is_local or token):
        click.secho(
            _("(anybody who reaches this address can read the archive: see --token-file)"), fg="yellow", err=True
        )
    return Guarding(
        seconds=given["time_limit"],
        threads=given["threads"],
        rate=given["rate"],
        hosts=(*loopback, *given["allowed_host"]) if is_local else given["allowed_host"],
        token=token,
    )
