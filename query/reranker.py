"""Reranker: the second phase of ranking, with evidence that only the articles' texts give.

    score = BM25 × (1 + RUNS_WEIGHT · runs) × (1 + TITLE_WEIGHT · query_coverage · title_coverage) × recency

`runs`            how much of the query the article has in long runs. Each part is cut, from the left, into the longest
                  pieces that the article contains; the value is √(sum of their squared lengths) / length of the part,
                  the best over the variants of a part, and the mean over the parts by length
`query_coverage`  share of the query's bigrams, weighted by idf, that the title has
`title_coverage`  share of the title's bigrams that the query has
`recency`         ½ + ½ · 2^(-age / half-life), if requested

docs/decisions/0032-second-phase.md explains the choice of the evidence and how the weights were found.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from typing_extensions import Self

from ..analysis import Article, fold, remove_gaps, searchable_text
from ..engines import Reader, ScoringTerm
from .planner import QueryPlan

RERANK_DEPTH = 40  # first candidates of a search that are reranked
RUNS_WEIGHT = 1.0
TITLE_WEIGHT = 1.5
MAX_PART_LENGTH = 200  # characters of a query part that are searched for runs
SECONDS_PER_DAY = 86_400


def bigrams_of(folded: str) -> set[str]:
    """Return all pairs of adjacent characters."""
    return set(map("".join, zip(folded, folded[1:], strict=False)))


@dataclass(frozen=True)
class Evidence:
    """Measures of how well the texts of one article fit the query, each between 0 and 1."""

    runs: float
    query_coverage: float
    title_coverage: float
    recency: float

    def factors(self) -> tuple[tuple[str, float], ...]:
        """Return the factors of the score, each with its name."""
        title = 1 + TITLE_WEIGHT * self.query_coverage * self.title_coverage
        return ("runs", 1 + RUNS_WEIGHT * self.runs), ("title", title), ("recency", self.recency)

    @property
    def factor(self) -> float:
        """The product of all factors."""
        return math.prod(factor for _, factor in self.factors())


class Reranker:
    """Weighs articles for one query.

    Args:
        variants: The parts of the query, folded, each with its spellings, as typed first.
        idfs: The inverse document frequency of each bigram of the variants.
        half_life: Age in days at which an article loses half of its recency bonus: the newest articles score up to
            twice as high as the oldest. None ignores dates.
        now: The time that ages are counted from.
    """

    def __init__(
        self, variants: Iterable[Sequence[str]], idfs: Mapping[str, float], *, half_life: float | None, now: datetime
    ) -> None:
        self._variants = [[string[:MAX_PART_LENGTH] for string in strings] for strings in variants]
        self._length = sum(len(strings[0]) for strings in self._variants)
        self._bigrams = set().union(*(bigrams_of(string) for strings in self._variants for string in strings))
        self._idfs = idfs
        self._total_idf = math.fsum(idfs.values())
        self._half_life = half_life
        self._now = now

    @classmethod
    def for_plan(cls, plan: QueryPlan, reader: Reader, *, half_life: float | None) -> Self:
        """Return a reranker for a plan, with the idfs of its bigrams in the index of a reader."""
        variants = plan.variants()
        bigrams = sorted(set().union(*(bigrams_of(string) for strings in variants for string in strings)))
        idfs = reader.idfs([ScoringTerm("text", "bigrams", bigram, 1.0) for bigram in bigrams])
        return cls(variants, dict(zip(bigrams, idfs, strict=True)), half_life=half_life, now=datetime.now(timezone.utc))

    def evidence(self, article: Article) -> Evidence:
        """Return the evidence of an article's texts."""
        title = remove_gaps(fold(article.title))
        text = remove_gaps(fold(searchable_text(article)))
        title_bigrams = bigrams_of(title)
        shared = title_bigrams & self._bigrams
        shared_idf = math.fsum(self._idfs.get(bigram, 0.0) for bigram in shared)  # the same in every order
        return Evidence(
            runs=self._runs(text),
            query_coverage=shared_idf / self._total_idf if self._total_idf else 0.0,
            title_coverage=len(shared) / len(title_bigrams) if title_bigrams else 0.0,
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
        age = max(0.0, (self._now - published).total_seconds() / SECONDS_PER_DAY)
        return 0.5 + 0.5 * math.pow(2.0, -age / self._half_life)


def _squared_runs(string: str, text: str) -> int:
    """Return the sum of the squared lengths of the runs of `string` in `text`.

    The runs are the longest pieces, cut from the left, that `text` contains. Single characters do not count.
    """
    if string in text:
        return len(string) ** 2 if len(string) > 1 else 0
    total = start = 0
    while start < len(string):
        end = start + 1
        while end < len(string) and string[start : end + 1] in text:
            end += 1
        if end - start > 1:
            total += (end - start) ** 2
        start = end
    return total
