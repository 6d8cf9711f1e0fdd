"""souwen related"""

import click

from ..query import LIMIT, RelatedArticles, Searcher
from .output import FOUND, NOTHING_FOUND, index_option, json_option, no_such_article, print_json
from .search import print_hit


@click.command(
    short_help="Find articles about the same.",
    epilog="Example:  souwen related https://www.rfi.fr/cn/… --limit 5",
)
@click.argument("article_id", metavar="ID")
@index_option
@click.option("--limit", default=LIMIT, show_default=True, type=click.IntRange(1, 1000), help="Articles at most.")
@json_option
@click.pass_context
def related(context: click.Context, article_id: str, index_dir: str, limit: int, as_json: bool) -> None:
    """Find the articles closest to the article with this ID, by its most telling words and names. Its reprints are left
    out. A search prints the IDs with --json."""
    with Searcher(index_dir) as searcher:
        hits = searcher.related(article_id, limit)
    if hits is None:
        no_such_article(context, article_id, index_dir)
    if as_json:
        print_json(RelatedArticles(article_id, hits).to_dict())
    else:
        for hit in hits:
            print_hit(hit)
    context.exit(FOUND if hits else NOTHING_FOUND)
