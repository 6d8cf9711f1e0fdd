"""`souwen suggest`: completions of a word."""

import click

from ..query import Searcher
from .options import index_option, json_option, limit_option
from .output import FOUND, NOTHING_FOUND, for_terminal, print_json


@click.command(
    short_help="Complete a word or its pinyin.",
    epilog="""\b
Examples:
  souwen suggest 外
  souwen suggest waij --limit 3
""",
)
@click.argument("prefix")
@index_option
@limit_option("Show at most N words.")
@json_option
@click.pass_context
def suggest(context: click.Context, prefix: str, index_dir: str, limit: int, as_json: bool) -> None:
    """Complete PREFIX to words of the index, those of most articles first.

    PREFIX may be Han (外交), pinyin (waij) or the initials of pinyin (wj).
    """
    with Searcher(index_dir) as searcher:
        suggestions = searcher.suggest(prefix, limit)
    if as_json:
        print_json([suggestion.to_dict() for suggestion in suggestions])
    else:
        for suggestion in suggestions:
            click.echo(f"{suggestion.articles:>7}  {for_terminal(suggestion.text)}")
    context.exit(FOUND if suggestions else NOTHING_FOUND)
