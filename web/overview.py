"""Overview of an archive, for readers who do not know yet what to search for."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..engines import FacetCount
from ..messages import gettext as _
from ..query import Searcher

MAX_SOURCES = 12
MAX_ENTITIES = 12  # of each kind

# A searcher sees one state of the index, so its overview stays true as long as it is open.
_overviews: "WeakKeyDictionary[Searcher, Overview]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Overview:
    """Number of articles, the most frequent sources and entities, and articles per day of publication."""

    articles: int
    sources: Sequence[FacetCount]
    persons: Sequence[FacetCount]
    organisations: Sequence[FacetCount]
    places: Sequence[FacetCount]
    days: Sequence[FacetCount]

    @property
    def span(self) -> str:
        """First to last month with articles, such as 2020-07..2021-01; "" if no article has a date."""
        return f"{self.days[0].value[:7]}..{self.days[-1].value[:7]}" if self.days else ""

    def examples(self) -> list[str]:
        """Return queries with results: up to three entities, two of them together, and one with a month."""
        entities = [count.value for count in (*self.persons[:2], *self.organisations[:1])]
        combined = [" ".join(entities[:2])] if len(entities) > 1 else []
        field = _("date:")
        recent = [f"{entities[0]} {field}{self.days[-1].value[:7]}"] if entities and self.days else []
        return [*entities, *combined, *recent]


def read_overview(searcher: Searcher) -> Overview:
    """Return the overview of a searcher's index, cached per searcher."""
    if searcher not in _overviews:
        counts = searcher.facets(("source", "person", "organisation", "place"), limit=max(MAX_SOURCES, MAX_ENTITIES))
        _overviews[searcher] = Overview(
            articles=searcher.statistics().articles,
            sources=counts["source"][:MAX_SOURCES],
            persons=counts["person"][:MAX_ENTITIES],
            organisations=counts["organisation"][:MAX_ENTITIES],
            places=counts["place"][:MAX_ENTITIES],
            days=searcher.timeline(by="day").counts,
        )
    return _overviews[searcher]
