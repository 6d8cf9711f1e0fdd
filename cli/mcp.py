"""`souwen mcp`: an index as tools of an AI assistant."""

import click
from typing_extensions import Unpack

from .options import index_option
from .server_options import MissingPackages, ServerOptions, app_settings, server_options


@click.command(
    short_help="Serve an index to AI assistants.",
    epilog="""\b
Examples:
  souwen mcp --index /path/to/my_index
  souwen mcp --http --port 9001
""",
)
@index_option
@click.option("--http", is_flag=True, help="Serve over HTTP. The options below need it.")
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port to listen on; 0 for any free one.",
)
@server_options
def mcp(index_dir: str, http: bool, port: int, **options: Unpack[ServerOptions]) -> None:
    """Serve an index to an AI assistant over the Model Context Protocol (MCP).

    The assistant gets the tools search, fetch, timeline, entities and related. Its program starts this command and
    talks to it over standard input and output. With --http, give the program the address that this command prints, and
    the token, if you set one, as a bearer token.
    """
    try:
        from .. import web
        from ..web import mcp_server
    except ModuleNotFoundError as error:
        raise MissingPackages("souwen mcp", "mcp") from error
    if not http:
        mcp_server.serve_stdio(index_dir)
        return
    host = options["host"]
    app = mcp_server.create_app(index_dir, **app_settings(web.LOOPBACK, is_local=web.is_loopback(host), **options))
    web.run(
        app,
        host=host,
        port=port,
        on_ready=lambda address: click.echo(address + mcp_server.PATH.lstrip("/")),
        trusted_proxies=options["trusted_proxy"],
    )
