"""What an archive holds, for those who do not know yet what to ask it."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..engines import FacetCount
from ..messages import gettext as _
from ..query import Searcher

SOURCES, NAMES = 12, 12  # that are told

# A searcher sees one state of the index, of which this is true as long as it is open.
_known: "WeakKeyDictionary[Searcher, Overview]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Overview:
    """The number of articles, what most of them are from and name, and when they came."""

    articles: int
    sources: Sequence[FacetCount]
    persons: Sequence[FacetCount]
    organisations: Sequence[FacetCount]
    places: Sequence[FacetCount]
    days: Sequence[FacetCount]

    @property
    def span(self) -> str:
        """From the first to the last month that has articles: 2020-07..2021-01; "" if none has a date."""
        return f"{self.days[0].value[:7]}..{self.days[-1].value[:7]}" if self.days else ""

    def examples(self) -> list[str]:
        """Queries that find something here: two names apart, two together, one in a period."""
        names = [counted.value for counted in (*self.persons[:2], *self.organisations[:1])]
        together = [" ".join(names[:2])] if len(names) > 1 else []
        field = _("date:")
        recent = [f"{names[0]} {field}{self.days[-1].value[:7]}"] if names and self.days else []
        return [*names, *together, *recent]


def overview(searcher: Searcher) -> Overview:
    """The overview of what a searcher sees."""
    if searcher not in _known:
        counted = searcher.facets(("source", "person", "organisation", "place"), limit=max(SOURCES, NAMES))
        _known[searcher] = Overview(
            articles=searcher.statistics().articles,
            sources=counted["source"][:SOURCES],
            persons=counted["person"][:NAMES],
            organisations=counted["organisation"][:NAMES],
            places=counted["place"][:NAMES],
            days=searcher.timeline(by="day").counts,
        )
    return _known[searcher]
