"""souwen serve"""

import click
from typing_extensions import Unpack

from .errors import WebUnavailable
from .output import index_option
from .serving import Serving, guarding, serving_options


@click.command(
    short_help="Open an index to browsers and programs.",
    epilog="""\b
Examples:
  souwen serve
  souwen serve --index my_index --port 9000
  SOUWEN_TOKEN=… souwen serve --host 0.0.0.0 --allowed-host archive.example
""",
)
@index_option
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 is any free one.")
@serving_options
def serve(index_dir: str, port: int, **serving: Unpack[Serving]) -> None:
    """Serve a page to search with, and the API that /openapi.json describes, until interrupted.

    Who can reach the address can read the archive, unless there is a token. Browsers ask for it as a password, with any
    name; programs send it as a bearer token.
    """
    try:
        from .. import web
    except ModuleNotFoundError as error:
        raise WebUnavailable from error
    host = serving["host"]
    app = web.create_app(index_dir, **guarding(web.LOOPBACK, is_local=web.is_loopback(host), **serving))
    web.run(app, host=host, port=port, ready=click.echo)
