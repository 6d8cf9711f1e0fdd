"""souwen suggest"""

import click

from ..query import LIMIT, Searcher
from .output import FOUND, NOTHING_FOUND, for_terminal, index_option, json_option, print_json


@click.command(short_help="Complete a word.", epilog="Example:  souwen suggest waij")
@click.argument("prefix")
@index_option
@click.option("--limit", default=LIMIT, show_default=True, type=click.IntRange(1, 1000), help="Words at most.")
@json_option
@click.pass_context
def suggest(context: click.Context, prefix: str, index_dir: str, limit: int, as_json: bool) -> None:
    """Complete PREFIX to words of the index.

    PREFIX may be Han (外交), pinyin (waij) or the first letters of pinyin (wj). The words that most articles have come
    first.
    """
    with Searcher(index_dir) as searcher:
        suggestions = searcher.suggest(prefix, limit)
    if as_json:
        print_json([suggestion.to_dict() for suggestion in suggestions])
    else:
        for suggestion in suggestions:
            click.echo(f"{suggestion.articles:>7}  {for_terminal(suggestion.text)}")
    context.exit(FOUND if suggestions else NOTHING_FOUND)
