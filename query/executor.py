"""Executor: parses a query and runs its plan at the strictest level that finds any article."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..analysis import Analyzer, strip_invisible
from ..engines import (
    ENTITY_FIELDS,
    MATCH_NONE,
    And,
    Clause,
    FacetField,
    Keyword,
    Reader,
    SearchRequest,
    SearchResult,
    check_deadline,
)
from ..messages import gettext as _
from .match_level import MatchLevel
from .notes import Note, level_note, no_names_note
from .parser import FilterNode, GroupNode, Node, NotNode, parse
from .planner import QueryPlan
from .rewriter import QueryRewriter

UNLIMITED = 1 << 30  # as the limit of a facet: all its values

SortOrder = Literal["relevance", "date"]


class ParsedQuery(NamedTuple):
    """The plan of a query, and notes on how the query was read."""

    plan: QueryPlan
    notes: tuple[Note, ...]


class MatchResult(NamedTuple):
    """The result of a query at the level that answered it.

    `clause` is the clause that all listed articles match. The first `full` of them match all of the query.
    """

    level: MatchLevel
    clause: Clause
    result: SearchResult
    full: int


class QueryExecutor:
    """Runs queries on one index."""

    def __init__(self, analyzer: Analyzer, rewriter: QueryRewriter, reader: Reader) -> None:
        self._analyzer = analyzer
        self._rewriter = rewriter
        self._reader = reader

    def parse(self, query: str) -> ParsedQuery:
        """Return the plan of a query. No query raises."""
        tree, notes = parse(strip_invisible(query))
        rewritten, rewrite_notes = self._rewriter.rewrite(tree)
        plan = QueryPlan(rewritten, self._analyzer, self._reader)
        notes += rewrite_notes + tuple(
            Note("dropped", _("“{text}” has nothing to search for").format(text=text[:40])) for text in plan.dropped
        )
        if not self._analyzer.entities and _has_name_filter(rewritten):
            notes += (no_names_note(),)
        if plan.is_empty:
            notes += (Note("empty", _("there is nothing to search for")),)
        return ParsedQuery(plan, notes)

    def search(
        self,
        plan: QueryPlan,
        filters: Sequence[Clause],
        *,
        limit: int,
        sort: SortOrder,
        facets: tuple[FacetField, ...],
        facet_limit: int,
    ) -> MatchResult:
        """Return full and partial matches, the first `limit` of them as candidates in order."""
        fruitless: Clause | None = None  # the clause of the level before, which no article matches
        for level in MatchLevel:
            check_deadline()
            clause: Clause = And((*filters, plan.match_clause(level)))
            if clause == fruitless:  # as for queries of filters alone
                continue
            fruitless = clause
            full_match = plan.full_match_clause(level)
            tiers: tuple[Clause, ...] = ()
            if sort == "relevance":
                tiers = (And((full_match, plan.exact_clause())), full_match)
            else:  # in order of date, partial matches would mix with full ones
                only_full = And((clause, full_match))
                clause = only_full if self._reader.count(only_full) else clause
            result = self._reader.search(
                SearchRequest(
                    match=clause,
                    tiers=tiers,
                    scoring_terms=plan.scoring_terms() if tiers else (),
                    sort="relevance" if tiers else "newest",
                    limit=limit,
                    facets=facets,
                    facet_limit=facet_limit,
                )
            )
            if result.total:
                full = sum(result.tier_totals) if tiers else self._reader.count(And((clause, full_match)))
                return MatchResult(level, clause, result, full)
        return _no_matches(facets)

    def count(
        self, query: str, filters: Sequence[Clause], facets: tuple[FacetField, ...], facet_limit: int
    ) -> tuple[MatchResult, tuple[Note, ...]]:
        """Count full matches and their facets, without candidates.

        A query of white space matches all articles that pass the filters.
        """
        clauses: dict[MatchLevel, tuple[Clause, ...]] = {MatchLevel.WHOLE_WORDS: ()}
        notes: tuple[Note, ...] = ()
        if query.strip():
            plan, notes = self.parse(query)
            levels = () if plan.is_empty else (level for level in MatchLevel if level < MatchLevel.PARTIAL)
            clauses = {level: (plan.match_clause(level), plan.full_match_clause(level)) for level in levels}
        fruitless: Clause | None = None
        for level, required in clauses.items():
            check_deadline()
            clause = And((*filters, *required))
            if clause == fruitless:
                continue
            fruitless = clause
            result = self._reader.search(SearchRequest(match=clause, limit=0, facets=facets, facet_limit=facet_limit))
            if result.total:
                level_notes = (level_note(level),) if level > MatchLevel.WHOLE_WORDS else ()
                return MatchResult(level, clause, result, result.total), notes + level_notes
        return _no_matches(facets), notes

    def match_level(self, plan: QueryPlan, article_id: str) -> MatchLevel | None:
        """Return the strictest level of a plan at which an article matches, None if it matches at none."""
        if plan.is_empty:
            return None
        article = Keyword("id", article_id)
        matching = (level for level in MatchLevel if self._reader.count(And((article, plan.match_clause(level)))))
        return next(matching, None)


def _has_name_filter(node: Node) -> bool:
    if isinstance(node, GroupNode):
        return any(map(_has_name_filter, node.nodes))
    if isinstance(node, NotNode):
        return _has_name_filter(node.node)
    return isinstance(node, FilterNode) and node.field in ENTITY_FIELDS


def _no_matches(facets: tuple[FacetField, ...]) -> MatchResult:
    return MatchResult(MatchLevel.PARTIAL, MATCH_NONE, SearchResult(0, (), (), ((),) * len(facets)), 0)
