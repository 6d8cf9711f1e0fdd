"""`souwen show`: one article."""

from collections.abc import Sequence

import click

from ..engines import StoredArticle
from ..query import ArticleDetails, Reprint, Searcher, reprints_note
from .last_results import resolve_rank
from .options import display_options, index_option, json_option
from .output import exit_without_article, for_terminal, format_time, print_json, readable_url
from .pager import paged


@click.command(
    short_help="Print an article.",
    epilog="""\b
Examples:
  souwen show 3
  souwen show https://www.rfi.fr/cn/… --index index_data
""",
)
@click.argument("article_id", metavar="ID")
@index_option
@display_options
@json_option
@click.pass_context
def show(context: click.Context, article_id: str, index_dir: str, use_pager: bool, as_json: bool) -> None:
    """Print an article as it was indexed.

    ID is an ID, as `souwen search --json` prints it, or the number of an article in the last results.
    """
    with Searcher(index_dir) as searcher:
        article_id = resolve_rank(article_id, index_dir, searcher)
        stored, reprints = searcher.article(article_id), searcher.reprints(article_id)
    if stored is None or reprints is None:
        exit_without_article(context, article_id, index_dir)
    if as_json:
        print_json(ArticleDetails.of(stored, reprints).to_dict())
        return
    with paged(enabled=use_pager):
        _print(stored, reprints)


def _print(stored: StoredArticle, reprints: Sequence[Reprint]) -> None:
    article = stored.article
    click.secho(for_terminal(article.title), bold=True)
    facts = [format_time(article.published), article.source, article.section, article.author]
    click.secho(for_terminal(" · ".join(fact for fact in facts if fact)), fg="green")
    click.echo("\n" + for_terminal(article.body, multiline=True) + "\n")
    # A name with two kinds is listed for each.
    if names := list(dict.fromkeys((entity.text, entity.kind) for entity in stored.entities)):
        click.secho(for_terminal("、".join(text for text, _kind in names)), fg="cyan")
    if periods := {mention.period for mention in stored.dates if mention.period}:
        click.secho("、".join(map(str, sorted(periods))), fg="cyan")
    click.secho(readable_url(article.url or article.id), dim=True)
    if reprints:
        click.secho(for_terminal(reprints_note(reprints)), fg="green")
