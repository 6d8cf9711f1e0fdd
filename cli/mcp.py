"""souwen mcp"""

import click

from .errors import AssistantUnavailable
from .shared import index_option


@click.command(
    short_help="Open an index to assistants.",
    epilog="""\b
Examples:
  souwen mcp --index /path/to/my_index
  souwen mcp --http --port 9001
""",
)
@index_option
@click.option("--http", is_flag=True, help="Serve over HTTP, not to the program that started this one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: address to listen at.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="With --http: port to listen at."
)
def mcp(index_dir: str, http: bool, host: str, port: int) -> None:
    """Serve search, fetch, timeline, entities and related as tools of the Model Context Protocol: over standard input
    and output, until it is closed, or with --http at http://127.0.0.1:8001/mcp."""
    try:
        from ..web import assistant
    except ModuleNotFoundError as error:
        raise AssistantUnavailable from error
    if http:
        assistant.serve_http(index_dir, host=host, port=port)
    else:
        assistant.serve_stdio(index_dir)
