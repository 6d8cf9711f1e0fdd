"""`souwen timeline`: matching articles by date."""

import click
from typing_extensions import Unpack

from ..messages import gettext as _
from ..messages import ngettext
from ..query import Filters, Searcher, Timeline, TimelineStep
from .options import QueryCommand, display_options, filter_options, index_option, query_of
from .output import FOUND, NOTHING_FOUND, join_facts, print_notes, print_summary
from .pager import paged
from .row_formats import READABLE_FORMATS, OutputFormat, format_options, print_result
from .terminal_chart import bar_chart, terminal_width


@click.command(
    cls=QueryCommand,
    short_help="Count matching articles by date.",
    epilog="""\b
Examples:
  souwen timeline 台湾海峡
  souwen timeline 布林肯 --by month --since 2023
""",
)
@click.argument("query", nargs=-1)
@index_option
@click.option(
    "--by", type=click.Choice(["day", "month", "year"]), help="Count by this unit; by default the range decides."
)
@filter_options
@display_options
@format_options
@click.pass_context
def timeline(
    context: click.Context,
    query: tuple[str, ...],
    index_dir: str,
    by: TimelineStep | None,
    use_pager: bool,
    output_format: OutputFormat,
    **filters: Unpack[Filters],
) -> None:
    """Count the articles that match QUERY by the day, month or year of their publication.

    Only articles that match all of QUERY count. Without QUERY, all articles do.
    """
    with Searcher(index_dir) as searcher:
        counts = searcher.timeline(query_of(query), by=by, **filters)
    print_notes(counts.notes if output_format != "json" else ())
    with paged(enabled=use_pager and output_format in READABLE_FORMATS):
        if output_format == "plain":
            _print(counts)
        else:
            rows = ({counts.by: value, "articles": articles} for value, articles in counts.counts)
            print_result(counts.to_dict(), rows, (counts.by, "articles"), output_format)
    context.exit(FOUND if counts.articles else NOTHING_FOUND)


def _print(timeline: Timeline) -> None:
    for line in bar_chart(timeline.counts, terminal_width()):
        click.echo(line)
    message = ngettext(
        "{number} article matches all of the query", "{number} articles match all of the query", timeline.articles
    )
    facts = [message.format(number=timeline.articles)]
    if timeline.undated:
        facts.append(_("{number} of them undated").format(number=timeline.undated))
    print_summary(join_facts(facts))
