"""`souwen related`: articles related to an article."""

import click

from ..query import RelatedArticles, Searcher
from .options import index_option, json_option, limit_option
from .output import FOUND, NOTHING_FOUND, exit_without_article, print_json
from .search import print_hit


@click.command(
    short_help="Find articles related to an article.",
    epilog="Example:  souwen related https://www.rfi.fr/cn/… --limit 5",
)
@click.argument("article_id", metavar="ID")
@index_option
@limit_option("Show at most N articles.")
@json_option
@click.pass_context
def related(context: click.Context, article_id: str, index_dir: str, limit: int, as_json: bool) -> None:
    """Find the articles closest to the article with this ID, by its most distinctive words and names.

    Reprints of the article are left out. `souwen search --json` prints the IDs.
    """
    with Searcher(index_dir) as searcher:
        hits = searcher.related(article_id, limit)
    if hits is None:
        exit_without_article(context, article_id, index_dir)
    if as_json:
        print_json(RelatedArticles(article_id, hits).to_dict())
    else:
        for hit in hits:
            print_hit(hit)
    context.exit(FOUND if hits else NOTHING_FOUND)
