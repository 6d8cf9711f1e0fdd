"""souwen search"""

from collections.abc import Sequence
from typing import Literal

import click
from typing_extensions import Unpack

from ..messages import gettext as _
from ..messages import ngettext
from ..query import FACET_FIELDS, LIMIT, FacetCount, Filters, Hit, Results, Searcher, Snippet, reprints_note
from .filters import filter_options
from .output import (
    FOUND,
    NOTHING_FOUND,
    field_name,
    for_terminal,
    has_colours,
    index_option,
    json_option,
    local_time,
    print_json,
    print_notes,
    shown_address,
)
from .queries import QueryCommand, query_of

SHOWN_NAMES = 8
SHOWN_TERMS = 8
NAMES_FIRST = ("person", "organisation", "place")


@click.command(
    cls=QueryCommand,
    short_help="Find articles.",
    epilog="""\b
Examples:
  souwen search 台湾海峡
  souwen search '"坦诚、深入和建设性"' --since 2023-09
  souwen search '(中国 OR 美国) 外交 -贸易' --sort date --json
""",
)
@click.argument("query", nargs=-1, required=True)
@index_option
@click.option("--limit", default=LIMIT, show_default=True, type=click.IntRange(1, 1000), help="Hits on a page.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Hits to pass over.")
@filter_options
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", help="Best or newest first.")
@click.option(
    "--recency",
    metavar="DAYS",
    type=click.FloatRange(0, min_open=True),
    help="Prefer newer articles: one so many days old counts three quarters of a new one, the oldest half.",
)
@click.option("--collapse/--no-collapse", default=True, help="List reprints of an article under it, or one by one.")
@click.option(
    "--facet",
    "facets",
    type=click.Choice(FACET_FIELDS),
    multiple=True,
    help="Count all that was found by this, too; several: by each.",
)
@click.option("--explain", is_flag=True, help="Show how the query was read and what each score is made of.")
@json_option
@click.pass_context
def search(
    context: click.Context,
    query: tuple[str, ...],
    index_dir: str,
    limit: int,
    offset: int,
    sort: Literal["relevance", "date"],
    recency: float | None,
    collapse: bool,
    facets: tuple[str, ...],
    explain: bool,
    as_json: bool,
    **filters: Unpack[Filters],
) -> None:
    """Find the articles that match QUERY, best first.

    Spaces mean all. "…" means these very characters, - means not, OR means either, brackets group, and title: body:
    source: section: author: entity: person: place: org: about: date: url: search one field.
    """
    with Searcher(index_dir) as searcher:
        results = searcher.search(
            query_of(query),
            limit=limit,
            offset=offset,
            sort=sort,
            recency=recency,
            facets=facets,
            explain=explain,
            collapse=collapse,
            **filters,
        )
    if as_json:
        print_json(results.to_dict())
    else:
        _print(results)
    context.exit(FOUND if results.total else NOTHING_FOUND)


def _print(results: Results) -> None:
    print_notes(results.notes)
    if results.reading:
        click.secho(for_terminal(_("(read as: {reading})").format(reading=results.reading)), fg="yellow", err=True)
    for hit in results:
        print_hit(hit)
    if results.suggestions:
        click.echo(for_terminal(_("Did you mean: {queries}").format(queries=" · ".join(results.suggestions))))
    for field, counted in results.facets.items():
        _print_facet(field, counted)
    told = ngettext("{number} article in {ms:.0f} ms", "{number} articles in {ms:.0f} ms", results.total)
    click.echo(told.format(number=results.total, ms=results.took_ms))


def _print_facet(field: str, counted: Sequence[FacetCount]) -> None:
    click.secho(field_name(field), bold=True)
    for value, articles in counted:
        click.echo(f"{articles:>7}  {for_terminal(value)}")
    click.echo()


def print_hit(hit: Hit) -> None:
    """One hit, as a person reads it."""
    click.echo(f"{hit.rank:>2}. {_highlighted(hit.title, hit.title_highlights, bold=True)}")
    facts = [local_time(hit.published), hit.source, hit.section, _("score {score:.2f}").format(score=hit.score)]
    click.secho("    " + for_terminal(" · ".join(fact for fact in facts if fact)), fg="green")
    for snippet in hit.snippets:
        click.echo("    " + _shown(snippet))
    if hit.entities:
        by_kind = sorted(hit.entities, key=lambda name: NAMES_FIRST.index(name.kind))  # places would crowd out the rest
        names = "、".join(name.text for name in by_kind[:SHOWN_NAMES])
        click.secho(f"    {for_terminal(names)}", fg="cyan")
    click.secho(f"    {shown_address(hit.url or hit.id)}", dim=True)
    if hit.reprints:
        click.secho("    " + for_terminal(reprints_note(hit.reprints)), fg="green")
    if hit.explanation:
        terms = " + ".join(f"{part:.2f} {term}" for term, part in hit.explanation.terms[:SHOWN_TERMS])
        more = " + …" if len(hit.explanation.terms) > SHOWN_TERMS else ""
        factors = "".join(f" × {factor:.2f} {name}" for name, factor in hit.explanation.factors)
        click.secho(for_terminal(f"    {hit.score:.2f} = ({terms}{more}){factors}"), fg="yellow")
    click.echo()


def _shown(snippet: Snippet) -> str:
    before, after = ("…" if cut else "" for cut in (snippet.cut_before, snippet.cut_after))
    return before + _highlighted(snippet.text, snippet.highlights) + after


def _highlighted(text: str, highlights: tuple[tuple[int, int], ...], *, bold: bool | None = None) -> str:
    """`text` with its highlights in red, or in brackets where nobody sees colours."""
    pieces = []
    at = 0
    for start, end in highlights:
        match = for_terminal(text[start:end])
        pieces.append(click.style(for_terminal(text[at:start]), bold=bold))
        pieces.append(click.style(match, fg="red", bold=True) if has_colours() else f"【{match}】")
        at = end
    return "".join([*pieces, click.style(for_terminal(text[at:]), bold=bold)])
