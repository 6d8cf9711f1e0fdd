"""A timeline as bars."""

from collections.abc import Sequence
from typing import NamedTuple

from ..engines import Counted
from ..query import Timeline

MOST_BARS = 80  # years beyond them share bars
LABELLED = 4  # of the bars have their dates below them


class Bar(NamedTuple):
    """`articles` from `first` to `last`: days, months or years. `height` in percent of the chart."""

    first: str
    last: str
    articles: int
    height: int
    labelled: bool

    @property
    def period(self) -> str:
        """As one text: 2023-09, 2001..2005."""
        return self.first if self.first == self.last else f"{self.first}..{self.last}"


def bars(timeline: Timeline) -> list[Bar]:
    """The bars of a chart, none if there would be one alone."""
    counts = timeline.counts
    together = -(-len(counts) // MOST_BARS)
    groups = [counts[at : at + together] for at in range(0, len(counts), together or 1)]
    if len(groups) < 2:
        return []
    totals = [sum(count.articles for count in group) for group in groups]
    labels = {round(number * (len(groups) - 1) / (LABELLED - 1)) for number in range(LABELLED)}
    return [
        _bar(group, articles, max(totals), place in labels)
        for place, (group, articles) in enumerate(zip(groups, totals, strict=True))
    ]


def _bar(group: Sequence[Counted], articles: int, most: int, labelled: bool) -> Bar:
    height = max(3, round(100 * articles / most)) if articles else 0  # few are still seen
    return Bar(group[0].value, group[-1].value, articles, height, labelled)
