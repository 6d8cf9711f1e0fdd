"""From candidates to hits: fetches their articles, orders them by the second phase of ranking, marks and cuts them."""

from collections import Counter
from collections.abc import Sequence

from ..analysis import Analyzer, EntityMention, canonical_names
from ..engines import Candidate, Reader, StoredArticle
from .highlighter import FieldNames, Marker, merged
from .near_duplicates import as_reprint
from .planner import Plan
from .reranker import CANDIDATES, Ranker
from .results import Entity, Explanation, Hit
from .snippets import snippets


class HitMaker:
    """Makes the hits of one query, which was answered at `level`."""

    def __init__(
        self, analyzer: Analyzer, reader: Reader, plan: Plan, level: int, ranker: Ranker, *, explain: bool
    ) -> None:
        self._analyzer = analyzer
        self._reader = reader
        self._plan = plan
        self._marker = Marker(plan.needs, level, analyzer)
        self._ranker = ranker
        self._explain = explain
        self._fetched: dict[int, StoredArticle] = {}

    def reordered(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The first candidates with their scores of the second phase, in that order, tiers kept apart; the others
        behind them, as they came."""
        first = [
            Candidate(candidate.key, candidate.score * self._ranker.evidence(stored.article).factor, candidate.tier)
            for candidate, stored in zip(candidates, self.fetched(candidates[:CANDIDATES]), strict=False)
        ]
        first.sort(key=lambda candidate: (candidate.tier, -candidate.score))
        return [*first, *candidates[CANDIDATES:]]

    def hits(
        self, candidates: Sequence[Candidate], groups: Sequence[Sequence[int]], first_rank: int, full: int
    ) -> tuple[Hit, ...]:
        """The hits that groups of candidates are, given by their places: each stands for the others of its group. The
        first `full` candidates match all of the query."""
        self.fetched([candidates[place] for group in groups for place in group])
        return tuple(
            self._hit(rank, [candidates[place] for place in group], group[0] < full)
            for rank, group in enumerate(groups, start=first_rank)
        )

    def fetched(self, candidates: Sequence[Candidate]) -> list[StoredArticle]:
        """The articles of candidates, each read once."""
        keys = [candidate.key for candidate in candidates if candidate.key not in self._fetched]
        self._fetched.update(zip(keys, self._reader.fetch(keys), strict=True))
        return [self._fetched[candidate.key] for candidate in candidates]

    def _hit(self, rank: int, group: Sequence[Candidate], full: bool) -> Hit:
        candidate = group[0]
        stored, *others = self.fetched(group)
        article = stored.article
        entities = stored.entities
        names = FieldNames(article, entities)
        return Hit(
            rank=rank,
            id=article.id,
            score=candidate.score,
            full=full,
            title=article.title,
            title_highlights=merged(self._marker.in_title(article.title, names), 0, len(article.title)),
            url=article.url,
            published=article.published,
            source=article.source,
            section=article.section,
            entities=names_of(entities),
            snippets=snippets(article.body, names, self._marker, self._analyzer),
            reprints=tuple(map(as_reprint, others)),
            explanation=self._explanation(candidate) if self._explain else None,
        )

    def _explanation(self, candidate: Candidate) -> Explanation:
        terms = self._plan.weights()
        added = zip(terms, self._reader.explain(candidate.key, terms), strict=True)
        shown = [(f"{term.field} {term.stream} {term.term}", part) for term, part in added if part]
        evidence = self._ranker.evidence(self._fetched[candidate.key].article)
        return Explanation(tuple(sorted(shown, key=lambda pair: -pair[1])), evidence.factors())


def names_of(entities: Sequence[EntityMention]) -> tuple[Entity, ...]:
    """Names in their normal form by number of mentions, most first, then as they first appear."""
    counts = Counter(zip(canonical_names(entities), (entity.kind for entity in entities), strict=True))
    return tuple(Entity(text, kind, count) for (text, kind), count in counts.most_common())
