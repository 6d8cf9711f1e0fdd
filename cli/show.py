"""souwen show"""

import click

from ..query import ArticleDetails, Searcher, reprints_note
from .output import for_terminal, index_option, json_option, local_time, no_such_article, print_json, shown_address


@click.command(
    short_help="Print an article.", epilog="Example:  souwen show https://www.rfi.fr/cn/… --index index_data"
)
@click.argument("article_id", metavar="ID")
@index_option
@json_option
@click.pass_context
def show(context: click.Context, article_id: str, index_dir: str, as_json: bool) -> None:
    """Print the article with this ID, as it was indexed. A search prints the IDs with --json."""
    with Searcher(index_dir) as searcher:
        stored, reprints = searcher.article(article_id), searcher.reprints(article_id)
    if stored is None or reprints is None:
        no_such_article(context, article_id, index_dir)
    article = stored.article
    names = list(dict.fromkeys((entity.text, entity.kind) for entity in stored.entities))
    dates = dict.fromkeys((mention.text, mention.period) for mention in stored.dates if mention.period)
    if as_json:
        print_json(ArticleDetails.of(stored, reprints).to_dict())
        return
    click.secho(for_terminal(article.title), bold=True)
    facts = [local_time(article.published), article.source, article.section, article.author]
    click.secho(for_terminal(" · ".join(fact for fact in facts if fact)), fg="green")
    click.echo("\n" + for_terminal(article.body, lines=True) + "\n")
    if names:
        click.secho(for_terminal("、".join(text for text, _ in names)), fg="cyan")
    if dates:
        days = sorted({days for _, days in dates})
        click.secho("、".join(map(str, days)), fg="cyan")
    click.secho(shown_address(article.url or article.id), dim=True)
    if reprints:
        click.secho(for_terminal(reprints_note(reprints)), fg="green")
