"""souwen entities"""

from collections.abc import Sequence
from itertools import groupby

import click
from typing_extensions import Unpack

from ..analysis import EntityKind
from ..messages import gettext as _
from ..messages import ngettext
from ..query import ENTITY_KINDS, LIMIT, EntityCount, EntityCounts, Filters, Searcher
from .filters import filter_options
from .output import (
    FOUND,
    NOTHING_FOUND,
    field_name,
    for_terminal,
    index_option,
    json_option,
    print_json,
    print_notes,
)
from .queries import QueryCommand, query_of
from .terminal_chart import columns, padded, width_of_terminal


@click.command(
    cls=QueryCommand,
    short_help="List the names that articles mention.",
    epilog="""\b
Examples:
  souwen entities
  souwen entities 台湾海峡 --kind person --since 2023
  souwen entities --with 布林肯 --over-time
""",
)
@click.argument("query", nargs=-1)
@index_option
@click.option("--kind", type=click.Choice(ENTITY_KINDS), multiple=True, help="Only names of this kind.")
@click.option(
    "--with-entities",
    "--with",
    "with_entities",
    multiple=True,
    metavar="NAME",
    help="In articles that mention this name, too.",
)
@click.option("--over-time", is_flag=True, help="Also by month.")
@click.option("--limit", default=LIMIT, show_default=True, type=click.IntRange(1, 1000), help="Names of each kind.")
@filter_options
@json_option
@click.pass_context
def entities(
    context: click.Context,
    query: tuple[str, ...],
    index_dir: str,
    kind: tuple[EntityKind, ...],
    with_entities: tuple[str, ...],
    over_time: bool,
    limit: int,
    as_json: bool,
    **filters: Unpack[Filters],
) -> None:
    """List the people, organisations and places that most articles mention: of all articles, or of those that match
    all of QUERY.

    Other spellings of a name count as one. The number is that of articles.
    """
    with Searcher(index_dir) as searcher:
        names = searcher.entities(
            query_of(query),
            kinds=kind or ENTITY_KINDS,
            with_entities=with_entities,
            over_time=over_time,
            limit=limit,
            **filters,
        )
    if as_json:
        print_json(names.to_dict())
    else:
        _print(names, over_time=over_time)
    context.exit(FOUND if names.entities else NOTHING_FOUND)


def _print(names: EntityCounts, *, over_time: bool) -> None:
    print_notes(names.notes)
    for kind, group in groupby(names.entities, key=lambda name: name.kind):
        click.secho(field_name(kind), bold=True)
        listed = list(group)
        for line in _table(listed) if over_time else (f"{name.articles:>7}  {_shown(name)}" for name in listed):
            click.echo(line)
    click.echo(ngettext("in {number} article", "in {number} articles", names.articles).format(number=names.articles))


def _shown(name: EntityCount) -> str:
    return for_terminal(name.text)


def _table(names: Sequence[EntityCount]) -> list[str]:
    """Names and months: as many months, the last ones, as fit."""
    months = sorted({month.value for name in names for month in name.months})
    longest = max(columns(_shown(name)) for name in names)
    room = max(1, (width_of_terminal() - longest - len("       ")) // len(" 2023-09"))
    shown = months[-room:]
    lines = [" " * (longest + 9) + "".join(f" {month:>7}" for month in shown)]
    for name in names:
        counts = dict(name.months)
        cells = "".join(f" {counts.get(month, 0) or '·':>7}" for month in shown)
        lines.append(f"{name.articles:>7}  {padded(_shown(name), longest)}{cells}")
    if len(shown) < len(months):
        lines.append(_("(the last {shown} of {months} months)").format(shown=len(shown), months=len(months)))
    return lines
