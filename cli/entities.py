"""`souwen entities`: the names that articles mention."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import click
from typing_extensions import Unpack

from ..analysis import EntityKind
from ..messages import gettext as _
from ..messages import ngettext
from ..query import ENTITY_KINDS, EntityCount, EntityCounts, Filters, Searcher
from .options import QueryCommand, display_options, filter_options, index_option, limit_option, query_of
from .output import FOUND, NOTHING_FOUND, field_label, for_terminal, print_notes, print_summary
from .pager import paged
from .row_formats import READABLE_FORMATS, OutputFormat, Row, format_options, print_result
from .terminal_chart import display_width, pad, terminal_width

_COUNT_COLUMNS = len("      9  ")
_MONTH_COLUMNS = len(" 2023-09")


@click.command(
    cls=QueryCommand,
    short_help="List people, organisations and places.",
    epilog="""\b
Examples:
  souwen entities
  souwen entities 台湾海峡 --kind person --since 2023
  souwen entities --with 布林肯 --over-time
""",
)
@click.argument("query", nargs=-1)
@index_option
@click.option("--kind", type=click.Choice(ENTITY_KINDS), multiple=True, help="List only this kind (repeatable).")
@click.option(
    "--with-entities",
    "--with",
    "with_entities",
    multiple=True,
    metavar="NAME",
    help="Count only articles that also mention NAME (repeatable).",
)
@click.option("--over-time", is_flag=True, help="Also count by month.")
@limit_option("Show at most N names of each kind.")
@filter_options
@display_options
@format_options
@click.pass_context
def entities(
    context: click.Context,
    query: tuple[str, ...],
    index_dir: str,
    kind: tuple[EntityKind, ...],
    with_entities: tuple[str, ...],
    over_time: bool,
    limit: int,
    use_pager: bool,
    output_format: OutputFormat,
    **filters: Unpack[Filters],
) -> None:
    """List the people, organisations and places that most articles mention.

    With QUERY, only the articles that match all of it count. Different spellings of a name are counted as one. The
    numbers count articles.
    """
    with Searcher(index_dir) as searcher:
        counts = searcher.entities(
            query_of(query),
            kinds=kind or ENTITY_KINDS,
            with_entities=with_entities,
            over_time=over_time,
            limit=limit,
            **filters,
        )
    print_notes(counts.notes if output_format != "json" else ())
    with paged(enabled=use_pager and output_format in READABLE_FORMATS):
        if output_format == "plain":
            _print(counts, over_time=over_time)
        else:
            columns = ("kind", "entity", "month", "articles") if over_time else ("kind", "entity", "articles")
            print_result(counts.to_dict(), _rows(counts, over_time=over_time), columns, output_format)
    context.exit(FOUND if counts.entities else NOTHING_FOUND)


def _rows(counts: EntityCounts, *, over_time: bool) -> Iterator[Row]:
    """Yield a row for each name, or for each name and month."""
    for name in counts.entities:
        if over_time:
            for month, articles in name.months:
                yield {"kind": name.kind, "entity": name.text, "month": month, "articles": articles}
        else:
            yield {"kind": name.kind, "entity": name.text, "articles": name.articles}


def _print(counts: EntityCounts, *, over_time: bool) -> None:
    for kind, group in groupby(counts.entities, key=lambda name: name.kind):
        click.secho(field_label(kind), bold=True)
        names = list(group)
        lines = _month_table(names) if over_time else [f"{name.articles:>7}  {_text(name)}" for name in names]
        click.echo("\n".join(lines))
    print_summary(
        ngettext("in {number} article", "in {number} articles", counts.articles).format(number=counts.articles)
    )


def _text(name: EntityCount) -> str:
    return for_terminal(name.text)


def _month_table(names: Sequence[EntityCount]) -> list[str]:
    """Return a table of names by months, with as many of the last months as fit the terminal."""
    months = sorted({month.value for name in names for month in name.months})
    name_width = max(display_width(_text(name)) for name in names)
    max_months = max(1, (terminal_width() - name_width - len("       ")) // _MONTH_COLUMNS)
    shown = months[-max_months:]
    lines = [" " * (name_width + _COUNT_COLUMNS) + "".join(f" {month:>7}" for month in shown)]
    for name in names:
        counts = dict(name.months)
        cells = "".join(f" {counts.get(month, 0) or '·':>7}" for month in shown)
        lines.append(f"{name.articles:>7}  {pad(_text(name), name_width)}{cells}")
    if len(shown) < len(months):
        lines.append(_("(the last {shown} of {months} months)").format(shown=len(shown), months=len(months)))
    return lines
