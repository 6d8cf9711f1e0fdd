"""Planner: turns the tree of a query into engine clauses, one for each `MatchLevel`, and into scoring terms."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from math import log
from typing import TypeAlias

from ..analysis import Analyzer
from ..engines import (
    MATCH_NONE,
    And,
    Clause,
    DateRange,
    FacetValue,
    IndexedField,
    Keyword,
    Not,
    Or,
    Reader,
    ScoringTerm,
    Stream,
)
from .match_level import MatchLevel
from .parser import FilterNode, GroupNode, Node, NotNode, TextNode
from .query_part import QueryPart
from .relaxation import is_condition

MAX_SCORING_TERMS = 400
COMMON_IDF = log(4)  # of a term that a quarter of the articles have

PartClause: TypeAlias = Callable[[QueryPart], Clause]


class QueryPlan:
    """A query in the clauses of the engines.

    Attributes:
        parts: The texts to find, without excluded ones.
        dropped: Texts without a letter or digit, as typed. They match nothing and are left out.
        is_empty: Whether nothing is left to search for.
        is_text: Whether the query is a text (a headline, a question, a paragraph), not keywords.
    """

    def __init__(self, tree: GroupNode, analyzer: Analyzer, reader: Reader) -> None:
        self._reader = reader
        self._part_of = {node: QueryPart(node, analyzer) for node in _text_nodes(tree)}
        self.dropped = tuple(node.text for node, part in self._part_of.items() if not part.string)
        pruned = self._prune(tree)
        self.is_empty = pruned is None
        self._tree = pruned if isinstance(pruned, GroupNode) else GroupNode(())
        self.is_text = any(node.pasted for node in self._part_of)
        self.parts = [self._part_of[node] for node in _text_nodes(self._tree, excluded=False)]

    def _prune(self, node: Node) -> Node | None:
        """Return `node` without dropped texts, None if nothing is left."""
        if isinstance(node, TextNode):
            return node if self._part_of[node].string else None
        if isinstance(node, NotNode):
            child = self._prune(node.node)
            return NotNode(child) if child is not None else None
        if isinstance(node, GroupNode):
            children = tuple(child for child in map(self._prune, node.nodes) if child is not None)
            return GroupNode(children, node.any_of) if children else None
        return node

    def describe(self) -> str:
        """Return the query as it was understood, in the query language."""
        return (" OR " if self._tree.any_of else " ").join(map(describe, self._tree.nodes))

    def variants(self) -> list[list[str]]:
        """Return the folded strings to find: for each part of the query its spellings, as typed first."""
        return _variants(self._tree, self._part_of)

    def match_clause(self, level: MatchLevel) -> Clause:
        """Return the clause that an article must match to be listed at a level."""
        if any(part.is_long for part in self.parts):
            self._reader.idfs(self._all_terms)  # all in one request: readers cache them
        if level < MatchLevel.PARTIAL:
            return self._clause(self._tree, self._match_at(level))
        nodes = (self._tree,) if self._tree.any_of else self._tree.nodes
        strict, loose = self._match_at(MatchLevel.INSIDE_WORDS), self._match_at(MatchLevel.APART)
        required = [self._clause(node, strict) for node in nodes if is_condition(node)]
        relaxed = [self._clause(node, loose) for node in nodes if not is_condition(node)]
        pieces = [part.any_term_clause() for part in self.parts if not part.quoted]
        return And((*required, Or((*relaxed, *pieces))))

    def full_match_clause(self, level: MatchLevel) -> Clause:
        """Return the clause that an article must match to have all of the query. At `PARTIAL`, no article does."""
        if level == MatchLevel.PARTIAL:
            return MATCH_NONE
        return self._clause(self._tree, self._full_match_at(level))

    def exact_clause(self) -> Clause:
        """Return the clause that has every part as typed, between word boundaries."""
        return self._clause(self._tree, lambda part: part.all_terms_clause() if part.is_long else part.exact_clause())

    def scoring_terms(self) -> tuple[ScoringTerm, ...]:
        """Return the terms that score.

        Bigrams and unigrams that most articles have are left out: they cost much to read and hardly change the order.
        """
        idfs = self._reader.idfs(self._all_terms)
        selective = tuple(
            term for term, idf in zip(self._all_terms, idfs, strict=True) if term.stream == "words" or idf >= COMMON_IDF
        )
        return selective or self._all_terms

    @cached_property
    def _all_terms(self) -> tuple[ScoringTerm, ...]:
        """The terms of all parts; the weight of a repeated term is the sum of its weights."""
        weights: dict[tuple[IndexedField, Stream, str], float] = {}
        for part in self.parts:
            for term in part.scoring_terms():
                key = (term.field, term.stream, term.term)
                weights[key] = weights.get(key, 0.0) + term.weight
        return tuple(ScoringTerm(*key, weight) for key, weight in weights.items())[:MAX_SCORING_TERMS]

    def _match_at(self, level: MatchLevel) -> PartClause:
        return lambda part: part.match_clause(level, self._reader)

    def _full_match_at(self, level: MatchLevel) -> PartClause:
        return lambda part: part.all_terms_clause() if part.is_long else part.match_clause(level, self._reader)

    def _clause(self, node: Node, part_clause: PartClause) -> Clause:
        """Return the clause of a node, with `part_clause` applied to its texts."""
        if isinstance(node, TextNode):
            return part_clause(self._part_of[node])
        if isinstance(node, FilterNode):
            return Keyword(node.field, node.value)
        if isinstance(node, FacetValue | DateRange):
            return node
        if isinstance(node, NotNode):
            return Not(self._clause(node.node, self._full_match_at(MatchLevel.WHOLE_WORDS)))
        clauses = tuple(self._clause(child, part_clause) for child in node.nodes)
        return Or(clauses) if node.any_of else And(clauses)


def _variants(node: Node, part_of: Mapping[TextNode, QueryPart]) -> list[list[str]]:
    if isinstance(node, TextNode):
        return [[part_of[node].string]]
    if not isinstance(node, GroupNode):
        return []
    children = [_variants(child, part_of) for child in node.nodes]
    if node.any_of:
        return [[string for child in children for strings in child for string in strings]] if any(children) else []
    return [strings for child in children for strings in child]


def describe(node: Node) -> str:
    """Return a node in the query language."""
    if isinstance(node, TextNode):
        text = f'"{node.text}"' if node.quoted else node.text
        return text if node.field == "text" else f"{node.field}:{text}"
    if isinstance(node, FilterNode | FacetValue):
        return f"{node.field}={node.value}"
    if isinstance(node, DateRange):
        return f"date={node.first or ''}..{node.last or ''}"
    if isinstance(node, NotNode):
        return f"-{describe(node.node)}"
    children = (" OR " if node.any_of else " ").join(map(describe, node.nodes))
    return f"({children})" if len(node.nodes) > 1 else children


def _text_nodes(node: Node, *, excluded: bool = True) -> Iterator[TextNode]:
    """Yield the texts of a tree in order, with or without excluded ones."""
    if isinstance(node, TextNode):
        yield node
    elif isinstance(node, NotNode):
        if excluded:
            yield from _text_nodes(node.node)
    elif isinstance(node, GroupNode):
        for child in node.nodes:
            yield from _text_nodes(child, excluded=excluded)
