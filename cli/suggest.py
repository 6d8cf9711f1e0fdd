"""`souwen suggest`: completions of a word."""

import click

from ..query import Searcher, Suggestions
from .options import index_option, limit_option
from .output import FOUND, NOTHING_FOUND, for_terminal
from .row_formats import OutputFormat, format_options, print_result


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
@format_options
@click.pass_context
def suggest(context: click.Context, prefix: str, index_dir: str, limit: int, output_format: OutputFormat) -> None:
    """Complete PREFIX to words of the index, those of most articles first.

    PREFIX may be Han (外交), pinyin (waij) or the initials of pinyin (wj).
    """
    with Searcher(index_dir) as searcher:
        suggestions = searcher.suggest(prefix, limit)
    if output_format == "plain":
        for suggestion in suggestions:
            click.echo(f"{suggestion.articles:>7}  {for_terminal(suggestion.text)}")
    else:
        rows = (suggestion.to_dict() for suggestion in suggestions)
        result = Suggestions(prefix, tuple(suggestions))
        print_result(result.to_dict(), rows, ("text", "articles"), output_format)
    context.exit(FOUND if suggestions else NOTHING_FOUND)
