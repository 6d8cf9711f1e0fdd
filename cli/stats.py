"""souwen stats"""

import click

from ..query import Searcher
from ..query import as_json as json_of
from .shared import byte_size, index_option, json_option, print_json


@click.command(short_help="Tell about an index.", epilog="Example:  souwen stats --json")
@index_option
@json_option
def stats(index_dir: str, as_json: bool) -> None:
    """Tell how large an index is and what it was made with."""
    with Searcher(index_dir) as searcher:
        statistics, meta = searcher.statistics(), searcher.meta
    if as_json:
        print_json(json_of.statistics(statistics, meta))
    else:
        click.echo(f"articles     {statistics.articles}")
        click.echo(f"engine       {meta.engine}")
        click.echo(f"size         {byte_size(statistics.size)}, {statistics.parts}")
        click.echo(f"created      {meta.created}")
        click.echo(f"fingerprint  {meta.fingerprint}")
