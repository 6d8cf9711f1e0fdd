"""`souwen serve`: a search page and an HTTP API."""

import click
from typing_extensions import Unpack

from .options import index_option
from .server_options import MissingPackages, ServerOptions, app_settings, server_options


@click.command(
    short_help="Serve a search page and an HTTP API.",
    epilog="""\b
Examples:
  souwen serve
  souwen serve --index my_index --port 9000
  SOUWEN_TOKEN=… souwen serve --host 0.0.0.0 --allowed-host archive.example
""",
)
@index_option
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port to listen on; 0 for any free one.",
)
@server_options
def serve(index_dir: str, port: int, **options: Unpack[ServerOptions]) -> None:
    """Serve a search page and an HTTP API until interrupted. /openapi.json describes the API.

    Anyone who can reach the address can read the archive, unless you set a token. Browsers ask for the token as a
    password, with any user name. Programs send it as a bearer token.
    """
    try:
        from .. import web
    except ModuleNotFoundError as error:
        raise MissingPackages("souwen serve", "web") from error
    host = options["host"]
    app = web.create_app(index_dir, **app_settings(web.LOOPBACK, is_local=web.is_loopback(host), **options))
    web.run(app, host=host, port=port, on_ready=click.echo, trusted_proxies=options["trusted_proxy"])
