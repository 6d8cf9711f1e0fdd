"""souwen mcp"""

import click
from typing_extensions import Unpack

from .errors import AssistantUnavailable
from .output import index_option
from .serving import Serving, guarding, serving_options


@click.command(
    short_help="Open an index to assistants.",
    epilog="""\b
Examples:
  souwen mcp --index /path/to/my_index
  souwen mcp --http --port 9001
""",
)
@index_option
@click.option("--http", is_flag=True, help="Serve over HTTP; only then the options below count.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 is any free one.")
@serving_options
def mcp(index_dir: str, http: bool, port: int, **serving: Unpack[Serving]) -> None:
    """Serve the tools search, fetch, timeline, entities and related to an assistant, by the Model Context Protocol.

    The program that has the assistant starts this command and speaks with it over standard input and output. With
    --http it is told the address that is printed instead, and sends a token, if there is one, as a bearer token.
    """
    try:
        from .. import web
        from ..web import mcp_server
    except ModuleNotFoundError as error:
        raise AssistantUnavailable from error
    if not http:
        mcp_server.serve_stdio(index_dir)
        return
    host = serving["host"]
    app = mcp_server.create_app(index_dir, **guarding(web.LOOPBACK, is_local=web.is_loopback(host), **serving))
    web.run(app, host=host, port=port, ready=lambda address: click.echo(address + mcp_server.PATH.lstrip("/")))
