"""Reads a query and asks the engine, at the strictest level that finds anything."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..analysis import Analyzer, strip_invisible
from ..engines import And, Clause, FacetField, Keyword, Or, Reader, SearchRequest, SearchResult
from ..messages import gettext as _
from .headline import joined
from .idf_cache import IdfCache
from .notes import Note, level_note
from .parser import parse
from .planner import LEVELS, Plan
from .rewriter import Expander

EVERY_VALUE = 1 << 30  # of a facet

Order = Literal["relevance", "date"]


class Question(NamedTuple):
    """A query as it was read, with notes on how."""

    plan: Plan
    notes: tuple[Note, ...]


class Answer(NamedTuple):
    """What was found at a level of the plan, by which clause; of that, `full` matches have all that was asked for."""

    level: int
    match: Clause
    found: SearchResult
    full: int


class Asker:
    """Asks one index."""

    def __init__(self, analyzer: Analyzer, expander: Expander, reader: Reader) -> None:
        self._analyzer = analyzer
        self._expander = expander
        self._reader = reader

    def read(self, query: str) -> Question:
        """What is to be asked for. No query raises."""
        typed, notes = parse(strip_invisible(query))
        tree, expanded = self._expander.expand(joined(typed, self._analyzer))
        plan = Plan(tree, self._analyzer, IdfCache(self._reader))
        notes += expanded + tuple(
            Note("dropped", _("“{text}” has nothing to search for").format(text=text[:40])) for text in plan.dropped
        )
        if plan.is_empty:
            notes += (Note("empty", _("there is nothing to search for")),)
        return Question(plan, notes)

    def best(
        self,
        plan: Plan,
        filters: Sequence[Clause],
        *,
        limit: int,
        sort: Order,
        facets: tuple[FacetField, ...],
        facet_limit: int,
    ) -> Answer:
        """Full matches and partial ones, the first `limit` of them in order."""
        for level in LEVELS:
            match: Clause = And((*filters, plan.match(level)))
            full = plan.full(level)
            tiers: tuple[Clause, ...] = ()
            if sort == "relevance":
                tiers = (And((full, plan.aligned())), full)
            else:  # by date, partial matches would stand between full ones
                only_full = And((match, full))
                match = only_full if self._reader.count(only_full) else match
            found = self._reader.search(
                SearchRequest(
                    match=match,
                    tiers=tiers,
                    weights=plan.weights() if tiers else (),
                    sort="relevance" if tiers else "newest",
                    limit=limit,
                    facets=facets,
                    facet_limit=facet_limit,
                )
            )
            if found.total:
                fully = sum(found.tier_totals) if tiers else self._reader.count(And((match, full)))
                return Answer(level, match, found, fully)
        return _nothing(facets)

    def full(
        self, query: str, filters: Sequence[Clause], facets: tuple[FacetField, ...], facet_limit: int
    ) -> tuple[Answer, tuple[Note, ...]]:
        """Full matches alone, counted but not listed, with notes on them; for a query of nothing but space, all that
        the filters let through."""
        asked: list[tuple[Clause, ...]] = [()]
        notes: tuple[Note, ...] = ()
        if query.strip():
            plan, notes = self.read(query)
            asked = [] if plan.is_empty else [(plan.match(level), plan.full(level)) for level in LEVELS[:-1]]
        for level, clauses in enumerate(asked):
            match = And((*filters, *clauses))
            found = self._reader.search(SearchRequest(match=match, limit=0, facets=facets, facet_limit=facet_limit))
            if found.total:
                told = (level_note(level),) if level else ()
                return Answer(level, match, found, found.total), notes + told
        return _nothing(facets), notes

    def level_of(self, plan: Plan, article_id: str) -> int | None:
        """The strictest level of a plan at which an article matches; None if it matches at none."""
        article = Keyword("id", article_id)
        matching = (level for level in LEVELS if self._reader.count(And((article, plan.match(level)))))
        return None if plan.is_empty else next(matching, None)


def _nothing(facets: tuple[FacetField, ...]) -> Answer:
    return Answer(LEVELS[-1], Or(()), SearchResult(0, (), (), ((),) * len(facets)), 0)
