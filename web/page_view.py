"""What templates are given to show: texts with their matches marked, filters with their addresses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from ..engines import FacetCount, StoredArticle
from ..messages import gettext as _
from ..query import Entity, Snippet, marked_html
from ..query.hit_builder import names_of
from ..query.results import Range
from . import date_formats
from .page_links import Asked

FACETS = ("source", "section", "person", "organisation", "place")
VALUES = 8  # of a facet that are shown
NAMES = 6  # of a hit that are shown
MENTIONED = 40  # names and dates of an article that are shown
_NAMES_FIRST = ("person", "organisation", "place")  # places would crowd out the rest


class Choice(NamedTuple):
    """A value of a filter. `leads_to` has it added, or taken away if it is `chosen`."""

    label: str
    articles: int | None
    chosen: bool
    leads_to: Asked


class Group(NamedTuple):
    """The choices of one filter."""

    heading: str
    choices: Sequence[Choice]


def headings() -> dict[str, str]:
    """What filters are called, in the reader's language."""
    return {
        "published": _("Published"),
        "since": _("From"),
        "until": _("To"),
        "source": _("Source"),
        "section": _("Section"),
        "person": _("People"),
        "organisation": _("Organisations"),
        "place": _("Places"),
        "entity": _("Named"),
        "about": _("Speaks of"),
    }


def groups(asked: Asked, facets: Mapping[str, Sequence[FacetCount]]) -> Iterator[Group]:
    """The filters that there is something to choose for."""
    for field in FACETS:
        chosen = asked.values_of(field)
        counts = facets.get(field, ())
        taken = [value for value in chosen if value not in dict(counts)]
        choices = [
            *(Choice(value, None, True, asked.without(field, value)) for value in taken),
            *(_choice(asked, field, counted, counted.value in chosen) for counted in counts),
        ]
        if len(choices) > 1 or chosen:
            yield Group(headings()[field], choices[: VALUES + len(chosen)])


def _choice(asked: Asked, field: str, counted: FacetCount, chosen: bool) -> Choice:
    change = asked.without if chosen else asked.with_value
    return Choice(counted.value, counted.articles, chosen, change(field, counted.value))


def chips(asked: Asked) -> Iterator[tuple[str, str, Asked]]:
    """The filters that are on: what each is called, its value, and what is asked without it."""
    called = headings()
    if asked.since and asked.until:
        between = date_formats.period(f"{asked.since}..{asked.until}")
        yield called["published"], between, asked.but(since="", until="")
    for field, value in asked.chosen():
        if field in ("since", "until") and asked.since and asked.until:
            continue
        shown = date_formats.period(value) if field in ("since", "until", "about") else value
        yield called[field], shown, asked.without(field, value)


def named(names: Sequence[Entity], limit: int = NAMES) -> list[Entity]:
    """The first names of a hit, people first."""
    return sorted(names, key=lambda name: _NAMES_FIRST.index(name.kind))[:limit]


def mentioned(stored: StoredArticle) -> Iterator[tuple[str, str, list[str]]]:
    """The names and dates of an article by kind: the filter for them, what they are called, the values."""
    names = names_of(stored.entities)
    for kind in _NAMES_FIRST:
        if values := [name.text for name in names if name.kind == kind]:
            yield kind, headings()[kind], values[:MENTIONED]
    days = sorted({mention.period for mention in stored.dates if mention.period})
    if days:
        yield "about", _("Dates"), list(map(str, days))[:MENTIONED]


def snippet(shown: Snippet) -> Markup:
    """A snippet with its matches marked, and with dots where its sentence goes on."""
    before, after = ("…" if cut else "" for cut in (shown.cut_before, shown.cut_after))
    return Markup(before + shown.html() + after)  # noqa: S704 - html() escapes


def marked(text: str, highlights: Sequence[Range]) -> Markup:
    """A text with its matches marked."""
    return Markup(marked_html(text, tuple(highlights)))  # noqa: S704 - marked_html() escapes


def paragraphs(body: str, highlights: Sequence[Range]) -> Iterator[Markup]:
    """The paragraphs of a body, with the matches marked; one that runs across two is marked in both."""
    start = 0
    for line in body.split("\n"):
        end = start + len(line)
        if line.strip():
            here = ((low, high) for low, high in highlights if low < end and high > start)
            inside = [(max(low, start) - start, min(high, end) - start) for low, high in here]
            yield marked(line, inside)
        start = end + 1
