"""souwen timeline"""

import click
from typing_extensions import Unpack

from ..messages import gettext as _
from ..messages import ngettext
from ..query import Filters, Searcher, Timeline, TimelineStep
from .filters import filter_options
from .output import FOUND, NOTHING_FOUND, index_option, json_option, listed, print_json, print_notes
from .queries import QueryCommand, query_of
from .terminal_chart import bars, width_of_terminal


@click.command(
    cls=QueryCommand,
    short_help="Show when articles on something came.",
    epilog="""\b
Examples:
  souwen timeline 台湾海峡
  souwen timeline 布林肯 --by month --since 2023
""",
)
@click.argument("query", nargs=-1, required=True)
@index_option
@click.option("--by", type=click.Choice(["day", "month", "year"]), help="Count by; else what suits the span.")
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
    """Show how many articles match QUERY, by day, month or year of their publication.

    Only articles that match all of QUERY count.
    """
    with Searcher(index_dir) as searcher:
        found = searcher.timeline(query_of(query), by=by, **filters)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)
    context.exit(FOUND if found.articles else NOTHING_FOUND)


def _print(found: Timeline) -> None:
    print_notes(found.notes)
    for line in bars(found.counts, width_of_terminal()):
        click.echo(line)
    told = ngettext(
        "{number} article matches all of the query", "{number} articles match all of the query", found.articles
    )
    facts = [told.format(number=found.articles)]
    if found.undated:
        facts.append(_("{number} of them undated").format(number=found.undated))
    click.echo(listed(facts))
