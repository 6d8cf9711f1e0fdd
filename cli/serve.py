"""souwen serve"""

import os
from typing import TextIO

import click

from ..messages import gettext as _
from .errors import WebUnavailable
from .shared import index_option

TOKEN = "SOUWEN_TOKEN"  # noqa: S105 - the variable that has it


@click.command(
    short_help="Open an index to browsers and programs.",
    epilog="""\b
Examples:
  souwen serve
  souwen serve --index my_index --port 9000
  SOUWEN_TOKEN=… souwen serve --host 0.0.0.0 --allowed-host archive.example.org
""",
)
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 is any free one.")
@click.option(
    "--token-file",
    type=click.File(encoding="utf-8"),
    help=f"Answer only who tells the token in this file, or in {TOKEN}.",
)
@click.option(
    "--allowed-host", multiple=True, metavar="NAME", help="Another name by which browsers may call this server."
)
@click.option(
    "--time-limit",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    help="Seconds for a request.",
)
@click.option(
    "--rate", default=20.0, show_default=True, type=click.FloatRange(0), help="Requests a second of a client; 0: any."
)
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Searches at the same time.")
def serve(
    index_dir: str,
    host: str,
    port: int,
    token_file: TextIO | None,
    allowed_host: tuple[str, ...],
    time_limit: float,
    rate: float,
    threads: int,
) -> None:
    """Serve a page to search with, and the API that /openapi.json describes, until interrupted.

    Who can reach the address can read the archive, unless there is a token. Browsers ask for it as a password, with any
    name; programs send it as a bearer token.
    """
    try:
        from .. import web
    except ModuleNotFoundError as error:
        raise WebUnavailable from error
    token = token_file.read().strip() if token_file else os.environ.get(TOKEN, "")
    local = web.is_loopback(host)
    if not (local or token):
        click.secho(
            _("(anybody who reaches this address can read the archive: see --token-file)"), fg="yellow", err=True
        )
    app = web.create_app(
        index_dir,
        seconds=time_limit,
        threads=threads,
        rate=rate,
        hosts=(*web.LOOPBACK, *allowed_host) if local else allowed_host,
        token=token,
    )
    web.run(app, host=host, port=port, ready=lambda address: click.echo(address))
