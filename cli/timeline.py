"""`souwen timeline`: matching articles by date."""

import click
from typing_extensions import Unpack

from ..messages import gettext as _
from ..messages import ngettext
from ..query import Filters, Searcher, Timeline, TimelineStep
from .options import QueryCommand, filter_options, index_option, json_option, query_of
from .output import FOUND, NOTHING_FOUND, join_facts, print_json, print_notes
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
@click.argument("query", nargs=-1, required=True)
@index_option
@click.option(
    "--by", type=click.Choice(["day", "month", "year"]), help="Count by this unit; by default the range decides."
)
@filter_options
@json_option
@click.pass_context
def timeline(
    context: click.Context,
    query: tuple[str, ...],
    index_dir: str,
    by: TimelineStep | None,
    as_json: bool,
    **filters: Unpack[Filters],
) -> None:
    """Count the articles that match QUERY by the day, month or year of their publication.

    Only articles that match all of QUERY count.
    """
    with Searcher(index_dir) as searcher:
        counts = searcher.timeline(query_of(query), by=by, **filters)
    if as_json:
        print_json(counts.to_dict())
    else:
        _print(counts)
    context.exit(FOUND if counts.articles else NOTHING_FOUND)


def _print(timeline: Timeline) -> None:
    print_notes(timeline.notes)
    for line in bar_chart(timeline.counts, terminal_width()):
        click.echo(line)
    message = ngettext(
        "{number} article matches all of the query", "{number} articles match all of the query", timeline.articles
    )
    facts = [message.format(number=timeline.articles)]
    if timeline.undated:
        facts.append(_("{number} of them undated").format(number=timeline.undated))
    click.echo(join_facts(facts))
