"""Hit builder: fetches the articles of candidates, reranks them, and makes hits with highlights and snippets."""

from collections import Counter
from collections.abc import Sequence

from ..analysis import Analyzer, EntityMention, canonical_names
from ..engines import Candidate, Reader, StoredArticle
from .highlighter import Highlighter, MentionsByField, merge_ranges
from .match_level import MatchLevel
from .near_duplicates import to_reprint
from .planner import QueryPlan
from .reranker import RERANK_DEPTH, Reranker
from .results import Entity, Explanation, Hit
from .snippets import make_snippets


class HitBuilder:
    """Builds the hits of one query that was answered at `level`."""

    def __init__(
        self,
        analyzer: Analyzer,
        reader: Reader,
        plan: QueryPlan,
        level: MatchLevel,
        reranker: Reranker,
        *,
        explain: bool,
    ) -> None:
        self._analyzer = analyzer
        self._reader = reader
        self._plan = plan
        self._highlighter = Highlighter(plan.parts, level, analyzer)
        self._reranker = reranker
        self._explain = explain
        self._articles: dict[int, StoredArticle] = {}  # by the key of their candidate

    def rerank(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates with the first `RERANK_DEPTH` reranked within their tiers, the others as they were."""
        first = [
            Candidate(candidate.key, candidate.score * self._reranker.evidence(stored.article).factor, candidate.tier)
            for candidate, stored in zip(candidates, self.fetch(candidates[:RERANK_DEPTH]), strict=False)
        ]
        first.sort(key=lambda candidate: (candidate.tier, -candidate.score))
        return [*first, *candidates[RERANK_DEPTH:]]

    def build(
        self, candidates: Sequence[Candidate], groups: Sequence[Sequence[int]], first_rank: int, full: int
    ) -> tuple[Hit, ...]:
        """Return a hit for each group of indexes of `candidates`.

        The first candidate of a group is listed, the others are its reprints. The first `full` candidates match all of
        the query.
        """
        self.fetch([candidates[index] for group in groups for index in group])
        return tuple(
            self._build_hit(rank, [candidates[index] for index in group], group[0] < full)
            for rank, group in enumerate(groups, start=first_rank)
        )

    def fetch(self, candidates: Sequence[Candidate]) -> list[StoredArticle]:
        """Return the articles of candidates; each is read from the index only once."""
        keys = [candidate.key for candidate in candidates if candidate.key not in self._articles]
        self._articles.update(zip(keys, self._reader.fetch(keys), strict=True))
        return [self._articles[candidate.key] for candidate in candidates]

    def _build_hit(self, rank: int, group: Sequence[Candidate], full: bool) -> Hit:
        candidate = group[0]
        stored, *others = self.fetch(group)
        article = stored.article
        mentions = MentionsByField(article, stored.entities)
        title_matches = self._highlighter.title_matches(article.title, mentions)
        return Hit(
            rank=rank,
            id=article.id,
            score=candidate.score,
            full=full,
            title=article.title,
            title_highlights=merge_ranges(title_matches, 0, len(article.title)),
            url=article.url,
            published=article.published,
            source=article.source,
            section=article.section,
            author=article.author,
            path=article.path,
            entities=count_entities(stored.entities),
            snippets=make_snippets(article.body, mentions, self._highlighter, self._analyzer),
            reprints=tuple(map(to_reprint, others)),
            explanation=self._explanation(candidate) if self._explain else None,
        )

    def _explanation(self, candidate: Candidate) -> Explanation:
        terms = self._plan.scoring_terms()
        scores = zip(terms, self._reader.explain(candidate.key, terms), strict=True)
        term_scores = [(f"{term.field} {term.stream} {term.term}", score) for term, score in scores if score]
        evidence = self._reranker.evidence(self._articles[candidate.key].article)
        return Explanation(tuple(sorted(term_scores, key=lambda pair: -pair[1])), evidence.factors())


def count_entities(mentions: Sequence[EntityMention]) -> tuple[Entity, ...]:
    """Return the entities of mentions with their canonical names, most mentions first, then in order of appearance."""
    counts = Counter(zip(canonical_names(mentions), (mention.kind for mention in mentions), strict=True))
    return tuple(Entity(name, kind, count) for (name, kind), count in counts.most_common())
