"""`souwen related`: articles related to an article."""

import click

from ..query import RelatedArticles, Searcher
from .last_results import remember_results, resolve_rank
from .options import display_options, index_option, limit_option
from .output import FOUND, NOTHING_FOUND, exit_without_article
from .pager import paged
from .row_formats import READABLE_FORMATS, OutputFormat, format_options, print_hits
from .search import print_hit


@click.command(
    short_help="Find articles related to an article.",
    epilog="""\b
Examples:
  souwen related 1
  souwen related https://www.rfi.fr/cn/… --limit 5
""",
)
@click.argument("article_id", metavar="ID")
@index_option
@limit_option("Show at most N articles.")
@display_options
@format_options
@click.pass_context
def related(
    context: click.Context,
    article_id: str,
    index_dir: str,
    limit: int,
    use_pager: bool,
    output_format: OutputFormat,
) -> None:
    """Find the articles closest to an article, by its most distinctive words and names.

    Reprints of the article are left out. ID is an ID, as `souwen search --json` prints it, or the number of an article
    in the last results.
    """
    with Searcher(index_dir) as searcher:
        article_id = resolve_rank(article_id, index_dir, searcher)
        hits = searcher.related(article_id, limit)
    if hits is None:
        exit_without_article(context, article_id, index_dir)
    remember_results(hits, index_dir)
    with paged(enabled=use_pager and output_format in READABLE_FORMATS):
        if output_format == "plain":
            for hit in hits:
                print_hit(hit)
        else:
            print_hits(RelatedArticles(article_id, hits), hits, output_format)
    context.exit(FOUND if hits else NOTHING_FOUND)
