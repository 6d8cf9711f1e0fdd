"""`souwen search`: ranked hits with highlighted snippets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click
from typing_extensions import Unpack

from ..messages import gettext as _
from ..messages import ngettext
from ..query import (
    FACET_FIELDS,
    FacetCount,
    Filters,
    Hit,
    Results,
    Searcher,
    Snippet,
    reprints_note,
)
from .last_results import remember_results
from .options import (
    QueryCommand,
    display_options,
    filter_options,
    index_option,
    limit_option,
    query_of,
)
from .output import (
    FOUND,
    NOTHING_FOUND,
    field_label,
    for_terminal,
    format_time,
    has_colors,
    is_quiet,
    is_verbose,
    print_notes,
    print_summary,
    readable_url,
)
from .pager import paged
from .row_formats import READABLE_FORMATS, OutputFormat, format_options, print_hits

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

MAX_NAMES_SHOWN = 8
MAX_TERMS_SHOWN = 8
KIND_ORDER = ("person", "organisation", "place")  # places would crowd out the rest


class FacetList(click.ParamType[tuple[str, ...]]):
    """The name of a facet, or several with commas between them."""

    name = "facets"
    choice = click.Choice(FACET_FIELDS)

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the facets."""
        if isinstance(value, tuple):  # a default, converted before
            return value
        return tuple(self.choice.convert(name.strip(), param, ctx) for name in value.split(","))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """Complete the last name."""
        return self.choice.shell_complete(ctx, param, incomplete)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the names, as of a choice."""
        return self.choice.get_metavar(param, ctx)


HELP = """Find the articles that match QUERY, best first.

\b
  中美 外交             all of the words (a space means AND)
  "台湾海峡"            exactly this text
  中国 OR 美国          either word
  外交 -贸易            without this word
  (中国 OR 美国) 外交   grouping
  title:外交            only in one field

Without QUERY, or with *, list the articles that pass the filters, newest first.

Fields are title, body, source, section, author, entity, person, place, org, about, date and url.
"""


@click.command(
    cls=QueryCommand,
    help=HELP,
    short_help="Find articles.",
    epilog="""\b
Examples:
  souwen search 台湾海峡
  souwen search '"坦诚、深入和建设性"' --since 2023-09
  souwen search '(中国 OR 美国) 外交 -贸易' --sort date --json
  souwen search --source RFI --since 2023 --format csv -n 100
""",
)
@click.argument("query", nargs=-1)
@index_option
@limit_option("Show N articles.")
@click.option("--offset", default=0, type=click.IntRange(0), metavar="N", help="Skip the first N articles.")
@filter_options
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date"]),
    default="relevance",
    show_default=True,
    help="Show the most relevant or the newest articles first.",
)
@click.option(
    "--recency",
    metavar="DAYS",
    type=click.FloatRange(0, min_open=True),
    help="Prefer newer articles: one that is DAYS old keeps three quarters of its score, the oldest keeps half.",
)
@click.option(
    "--collapse/--no-collapse", default=True, help="Show reprints under their article (default), or one by one."
)
@click.option(
    "--facet",
    "facets",
    type=FacetList(),
    multiple=True,
    help="Count all results by this field (repeatable, or several with commas).",
)
@click.option("--explain", is_flag=True, help="Show how the query was parsed and how each score is computed.")
@display_options
@format_options
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
    facets: tuple[tuple[str, ...], ...],
    explain: bool,
    use_pager: bool,
    output_format: OutputFormat,
    **filters: Unpack[Filters],
) -> None:
    """Find the articles that match a query, and print a page of them."""
    if facets and output_format not in ("plain", "json"):
        message = _("--facet needs --format plain or json: rows have no place for counts")
        raise click.UsageError(message, context)
    with Searcher(index_dir) as searcher:
        results = searcher.search(
            query_of(query),
            limit=limit,
            offset=offset,
            sort=sort,
            recency=recency,
            facets=[field for fields in facets for field in fields],
            explain=explain,
            collapse=collapse,
            **filters,
        )
    remember_results(results, index_dir)
    print_notes(results.notes if output_format != "json" else ())
    with paged(enabled=use_pager and output_format in READABLE_FORMATS):
        if output_format == "plain":
            _print(results)
        else:
            print_hits(results, results, output_format)
    context.exit(FOUND if results.total else NOTHING_FOUND)


def _print(results: Results) -> None:
    if results.reading and not is_quiet():
        click.secho(for_terminal(_("(read as: {reading})").format(reading=results.reading)), fg="yellow", err=True)
    for hit in results:
        print_hit(hit)
    if results.suggestions:
        click.echo(for_terminal(_("Did you mean: {queries}").format(queries=" · ".join(results.suggestions))))
    for field, counts in results.facets.items():
        _print_facet(field, counts)
    total = ngettext("{number} article in {ms:.0f} ms", "{number} articles in {ms:.0f} ms", results.total)
    print_summary(total.format(number=results.total, ms=results.took_ms))


def _print_facet(field: str, counts: Sequence[FacetCount]) -> None:
    click.secho(field_label(field), bold=True)
    for value, articles in counts:
        click.echo(f"{articles:>7}  {for_terminal(value)}")
    click.echo()


def print_hit(hit: Hit) -> None:
    """Print one hit: title, facts, snippets, names, address, reprints and, if there is one, its explanation."""
    click.echo(f"{hit.rank:>2}. {_highlight(hit.title, hit.title_highlights, bold=True)}")
    facts = [format_time(hit.published), hit.source, hit.section]
    if is_verbose() or hit.explanation:
        facts.append(_("score {score:.2f}").format(score=hit.score))
    click.secho("    " + for_terminal(" · ".join(fact for fact in facts if fact)), fg="green")
    for snippet in hit.snippets:
        click.echo("    " + _format_snippet(snippet))
    if hit.entities:
        by_kind = sorted(hit.entities, key=lambda name: KIND_ORDER.index(name.kind))
        names = "、".join(name.text for name in by_kind[:MAX_NAMES_SHOWN])
        click.secho(f"    {for_terminal(names)}", fg="cyan")
    click.secho(f"    {readable_url(hit.url or hit.id)}", dim=True)
    if hit.reprints:
        click.secho("    " + for_terminal(reprints_note(hit.reprints)), fg="green")
    if hit.explanation:
        terms = " + ".join(f"{score:.2f} {term}" for term, score in hit.explanation.terms[:MAX_TERMS_SHOWN])
        more = " + …" if len(hit.explanation.terms) > MAX_TERMS_SHOWN else ""
        factors = "".join(f" × {factor:.2f} {name}" for name, factor in hit.explanation.factors)
        click.secho(for_terminal(f"    {hit.score:.2f} = ({terms}{more}){factors}"), fg="yellow")
    click.echo()


def _format_snippet(snippet: Snippet) -> str:
    before, after = ("…" if cut else "" for cut in (snippet.cut_before, snippet.cut_after))
    return before + _highlight(snippet.text, snippet.highlights) + after


def _highlight(text: str, highlights: tuple[tuple[int, int], ...], *, bold: bool | None = None) -> str:
    """Return `text` with its highlights in red, or in 【】 without colors."""
    parts = []
    end_of_last = 0
    for start, end in highlights:
        match = for_terminal(text[start:end])
        parts.append(click.style(for_terminal(text[end_of_last:start]), bold=bold))
        parts.append(click.style(match, fg="red", bold=True) if has_colors() else f"【{match}】")
        end_of_last = end
    return "".join([*parts, click.style(for_terminal(text[end_of_last:]), bold=bold)])
