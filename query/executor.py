"""Executor: parses a query and runs its plan at the strictest level that finds any article."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from ..analysis import Analyzer, strip_invisible
from ..engines import (
    ENTITY_FIELDS,
    MATCH_NONE,
    And,
    Clause,
    FacetField,
    Keyword,
    KeywordField,
    Or,
    Reader,
    SearchRequest,
    SearchResult,
    check_deadline,
)
from ..messages import gettext as _
from .match_level import MatchLevel
from .notes import (
    Note,
    blocking_filters_note,
    cut_note,
    empty_filters_note,
    level_note,
    no_full_match_note,
    no_names_note,
    nothing_note,
    pasted_text_note,
    unknown_filter_note,
    without_note,
)
from .parser import FilterNode, GroupNode, Node, NotNode, TextNode, parse
from .pasted_text import read_pasted_text
from .planner import QueryPlan, describe
from .relaxation import relax
from .rewriter import QueryRewriter

MAX_QUERY_LENGTH = 5_000  # characters; the rest of a longer query is not read
UNLIMITED = 1 << 30  # as the limit of a facet: all its values

SortOrder = Literal["relevance", "date"]


class ParsedQuery(NamedTuple):
    """The plan of a query, the tree it comes from, and notes on how the query was read."""

    plan: QueryPlan
    tree: GroupNode
    notes: tuple[Note, ...]


class RelaxedQuery(NamedTuple):
    """The plan of a query without the conditions that leave nothing, None without such a plan, and a note on them."""

    plan: QueryPlan | None
    note: Note


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
        typed = strip_invisible(query)
        read = typed[:MAX_QUERY_LENGTH]
        pasted = read_pasted_text(read, self._analyzer, self._has_value)
        tree, notes = parse(read if pasted is None else pasted.filters)
        if pasted is not None:
            tree = GroupNode((*tree.nodes, TextNode(pasted.text, pasted=True)))
            notes += (pasted_text_note(pasted.marks),) if pasted.marks else ()
            notes += (unknown_filter_note(pasted.unknown_filter),) if pasted.unknown_filter else ()
        if len(typed) > MAX_QUERY_LENGTH:
            notes += (cut_note(MAX_QUERY_LENGTH, len(typed)),)
        rewritten, rewrite_notes = self._rewriter.rewrite(tree)
        plan = QueryPlan(rewritten, self._analyzer, self._reader)
        notes += rewrite_notes + tuple(
            Note("dropped", _("“{text}” has nothing to search for").format(text=text[:40])) for text in plan.dropped
        )
        if not self._analyzer.entities and _has_name_filter(rewritten):
            notes += (no_names_note(),)
        if plan.is_empty:
            notes += (Note("empty", _("there is nothing to search for")),)
        return ParsedQuery(plan, tree, notes)

    def _has_value(self, field: KeywordField, value: str) -> bool:
        return self._reader.count(self._rewriter.filter_clause(field, value)) > 0

    def relax(self, tree: GroupNode, filters: Mapping[str, Clause]) -> RelaxedQuery:
        """Return a query that matches no article without the conditions that leave nothing, if others are left.

        `filters` are those of the search, by name. They always hold.
        """

        def plan_of(nodes: GroupNode) -> QueryPlan:
            return QueryPlan(self._rewriter.rewrite(nodes)[0], self._analyzer, self._reader)

        def matches(nodes: GroupNode, *outside: Clause) -> bool:
            plan = plan_of(nodes)
            levels = Or((plan.match_clause(MatchLevel.APART), plan.match_clause(MatchLevel.PARTIAL)))
            return self._reader.count(And((*outside, *(() if plan.is_empty else (levels,))))) > 0

        clauses = tuple(filters.values())
        if filters and not self._reader.count(And(clauses)):
            empty = [name for name, clause in filters.items() if not self._reader.count(clause)]
            return RelaxedQuery(None, empty_filters_note(empty or list(filters)))
        relaxation = relax(tree, lambda nodes: matches(nodes, *clauses))
        dropped = [describe(node) for node in relaxation.dropped]
        if relaxation.tree is not None:
            return RelaxedQuery(plan_of(relaxation.tree), without_note(dropped))
        if filters and matches(tree):
            others = {name: [clause for other, clause in filters.items() if other != name] for name in filters}
            blocking = [name for name, outside in others.items() if matches(tree, *outside)]
            return RelaxedQuery(None, blocking_filters_note(blocking or list(filters)))
        return RelaxedQuery(None, nothing_note(dropped))

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

    def list_newest(
        self, filters: Sequence[Clause], *, limit: int, facets: tuple[FacetField, ...], facet_limit: int
    ) -> MatchResult:
        """Return all articles that pass the filters, the newest `limit` of them as candidates."""
        clause = And(tuple(filters))
        request = SearchRequest(match=clause, sort="newest", limit=limit, facets=facets, facet_limit=facet_limit)
        result = self._reader.search(request)
        return MatchResult(MatchLevel.WHOLE_WORDS, clause, result, result.total)

    def count(
        self, query: str, filters: Sequence[Clause], facets: tuple[FacetField, ...], facet_limit: int
    ) -> tuple[MatchResult, tuple[Note, ...]]:
        """Count full matches and their facets, without candidates.

        A query of white space matches all articles that pass the filters.
        """
        clauses: dict[MatchLevel, tuple[Clause, ...]] = {MatchLevel.WHOLE_WORDS: ()}
        notes: tuple[Note, ...] = ()
        if query.strip():
            plan, _tree, notes = self.parse(query)
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
        is_empty = any(note.kind == "empty" for note in notes)
        return _no_matches(facets), notes if is_empty else (*notes, no_full_match_note())

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
