"""souwen serve"""

import click

from .errors import WebUnavailable
from .shared import index_option


@click.command(
    short_help="Open an index to browsers and programs.",
    epilog="""\b
Examples:
  souwen serve
  souwen serve --index my_index --port 9000
""",
)
@index_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen at.")
def serve(index_dir: str, host: str, port: int) -> None:
    """Serve a page to search with, and the API that /openapi.json describes, until interrupted."""
    try:
        from .. import web
    except ModuleNotFoundError as error:
        raise WebUnavailable from error
    web.run(web.create_app(index_dir), host=host, port=port)
