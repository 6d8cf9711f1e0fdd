"""The second phase of ranking: the engine's first candidates are scored anew with evidence that only their texts give.

    score = BM25 × (1 + RUNS · runs) × (1 + TITLE · covered · covering) × recency

`runs`      how much of the query stands in the article in long pieces: each part is cut, from the left, into the
            longest pieces that the article contains; √(sum of their squared lengths) / length of the part, of its
            variants the best, and of the parts the mean by length
`covered`   the share of the query's pairs, by inverse document frequency, that stand in the title
`covering`  the share of the title's pairs that stand in the query
`recency`   ½ + ½ · 2^(-age / half-life), if asked for

Why these, and how the weights were found: docs/decisions.md.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..analysis import Article, fold, searchable_text

CANDIDATES = 40  # of a search, as many as are scored anew
RUNS = 1.0
TITLE = 1.5
LONGEST_READ = 200  # characters of a query part that are looked for in runs
SECONDS_A_DAY = 86_400


def bigrams_of(folded: str) -> set[str]:
    """Every two characters that stand side by side."""
    return set(map("".join, zip(folded, folded[1:], strict=False)))


@dataclass(frozen=True)
class Evidence:
    """The factors that the texts of one article add to its BM25."""

    runs: float
    covered: float
    covering: float
    recency: float

    def factors(self) -> tuple[tuple[str, float], ...]:
        """What the score is multiplied by, each with its name."""
        title = 1 + TITLE * self.covered * self.covering
        return ("runs", 1 + RUNS * self.runs), ("title", title), ("recency", self.recency)

    @property
    def factor(self) -> float:
        return math.prod(factor for _, factor in self.factors())


class Ranker:
    """Weighs articles for one query.

    `variants` are its parts, folded, each with the ways to put it, as typed first; `idf` has the inverse document
    frequency of each of their pairs; `half_life`, in days, makes newer articles count more, the newest up to twice what
    the oldest do.
    """

    def __init__(
        self, variants: Iterable[Sequence[str]], idf: Mapping[str, float], *, half_life: float | None, now: datetime
    ) -> None:
        self._variants = [[string[:LONGEST_READ] for string in strings] for strings in variants]
        self._length = sum(len(strings[0]) for strings in self._variants)
        self._bigrams = set().union(*(bigrams_of(string) for strings in self._variants for string in strings))
        self._rarity = idf
        self._total_rarity = math.fsum(idf.values())
        self._half_life = half_life
        self._now = now

    def evidence(self, article: Article) -> Evidence:
        """What the article's texts say for it."""
        text = fold(searchable_text(article))
        title_bigrams = bigrams_of(text[: len(article.title)])
        shared = title_bigrams & self._bigrams
        idf = math.fsum(self._rarity.get(pair, 0.0) for pair in shared)  # the same in whatever order
        return Evidence(
            runs=self._runs(text),
            covered=idf / self._total_rarity if self._total_rarity else 0.0,
            covering=len(shared) / len(title_bigrams) if title_bigrams else 0.0,
            recency=self._recency(article.published),
        )

    def _runs(self, text: str) -> float:
        parts = (
            len(strings[0]) * max(math.sqrt(_squared_runs(string, text)) / len(string) for string in strings)
            for strings in self._variants
        )
        return sum(parts) / max(self._length, 1)

    def _recency(self, published: datetime | None) -> float:
        if self._half_life is None:
            return 1.0
        if published is None:
            return 0.5
        age = max(0.0, (self._now - published).total_seconds() / SECONDS_A_DAY)
        return 0.5 + 0.5 * math.pow(2.0, -age / self._half_life)


def _squared_runs(string: str, text: str) -> int:
    """The squared lengths, added up, of the longest pieces of `string` that `text` contains, cut from the left. Single
    characters do not count."""
    if string in text:
        return len(string) ** 2 if len(string) > 1 else 0
    total = at = 0
    while at < len(string):
        end = at + 1
        while end < len(string) and string[at : end + 1] in text:
            end += 1
        if end - at > 1:
            total += (end - at) ** 2
        at = end
    return total
