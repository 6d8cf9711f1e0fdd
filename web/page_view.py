"""View models of the templates: filters with their links, entities of articles, and highlighted text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from ..engines import FIELDS, FILTER_FIELDS, FacetCount, StoredArticle
from ..messages import gettext as _
from ..query import Entity, Snippet, marked_html
from ..query.hit_builder import names_of
from ..query.results import Range
from . import date_formats
from .page_links import PageParams

# Facets of the page; `entity` is left out, as its kinds have facets of their own.
FACETS = tuple(field.name for field in FILTER_FIELDS if field.is_facet and field.name != "entity")
MAX_FACET_VALUES = 8
MAX_HIT_ENTITIES = 6
MAX_ARTICLE_MENTIONS = 40  # entities of each kind, and dates
_KIND_ORDER = ("person", "organisation", "place")  # places last, since articles name so many of them


class FilterChoice(NamedTuple):
    """A value of a filter. `target` are the parameters with the value added, or removed if it `is_active`."""

    label: str
    articles: int | None
    is_active: bool
    target: PageParams


class FilterGroup(NamedTuple):
    """The choices of one filter."""

    heading: str
    choices: Sequence[FilterChoice]


class ActiveFilter(NamedTuple):
    """A value that a filter has. `target` are the parameters without it."""

    heading: str
    value: str
    target: PageParams


def headings() -> dict[str, str]:
    """Return the headings of all filters in the current language, by field."""
    labels = {field.name: _(field.heading) for field in FIELDS if field.heading}
    return labels | {"since": _("From"), "until": _("To")}


def filter_groups(params: PageParams, facets: Mapping[str, Sequence[FacetCount]]) -> Iterator[FilterGroup]:
    """Yield the filters with more than one choice, and those that are active."""
    for field in FACETS:
        active = params.values_of(field)
        counts = facets.get(field, ())
        uncounted = [value for value in active if value not in dict(counts)]
        choices = [
            *(FilterChoice(value, None, True, params.without(field, value)) for value in uncounted),
            *(_make_choice(params, field, count, count.value in active) for count in counts),
        ]
        if len(choices) > 1 or active:
            yield FilterGroup(headings()[field], choices[: MAX_FACET_VALUES + len(active)])


def _make_choice(params: PageParams, field: str, count: FacetCount, is_active: bool) -> FilterChoice:
    change = params.without if is_active else params.with_value
    return FilterChoice(count.value, count.articles, is_active, change(field, count.value))


def active_filters(params: PageParams) -> Iterator[ActiveFilter]:
    """Yield the filters of a request; `since` and `until` together are one."""
    labels = headings()
    if params.since and params.until:
        period = date_formats.format_period(f"{params.since}..{params.until}")
        yield ActiveFilter(labels["date"], period, params.updated(since="", until=""))
    for field, value in params.active_filters():
        if field in ("since", "until") and params.since and params.until:
            continue
        text = date_formats.format_period(value) if field in ("since", "until", "about") else value
        yield ActiveFilter(labels[field], text, params.without(field, value))


def top_entities(entities: Sequence[Entity], limit: int = MAX_HIT_ENTITIES) -> list[Entity]:
    """Return the first entities of a hit, people first."""
    return sorted(entities, key=lambda entity: _KIND_ORDER.index(entity.kind))[:limit]


def article_mentions(stored: StoredArticle) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the entities and dates of an article by kind, as filter field, heading and values."""
    entities = names_of(stored.entities)
    for kind in _KIND_ORDER:
        if values := [entity.text for entity in entities if entity.kind == kind]:
            yield kind, headings()[kind], values[:MAX_ARTICLE_MENTIONS]
    periods = sorted({mention.period for mention in stored.dates if mention.period})
    if periods:
        yield "about", _("Dates"), list(map(str, periods))[:MAX_ARTICLE_MENTIONS]


def render_snippet(snippet: Snippet) -> Markup:
    """Return a snippet as HTML with its matches highlighted, and an ellipsis where its sentence is cut."""
    before, after = ("…" if is_cut else "" for is_cut in (snippet.cut_before, snippet.cut_after))
    return Markup(before + snippet.html() + after)  # noqa: S704 - html() escapes


def render_highlights(text: str, highlights: Sequence[Range]) -> Markup:
    """Return a text as HTML with its matches highlighted."""
    return Markup(marked_html(text, tuple(highlights)))  # noqa: S704 - marked_html() escapes


def render_paragraphs(body: str, highlights: Sequence[Range]) -> Iterator[Markup]:
    """Yield the paragraphs of a body as HTML; a match across two paragraphs is highlighted in both."""
    start = 0
    for line in body.split("\n"):
        end = start + len(line)
        if line.strip():
            overlapping = ((low, high) for low, high in highlights if low < end and high > start)
            clipped = [(max(low, start) - start, min(high, end) - start) for low, high in overlapping]
            yield render_highlights(line, clipped)
        start = end + 1
