"""From the tree of a query to what is asked of the engine, at four levels of strictness.

0  every part stands where the query has it: a dictionary word as a word of its own, a short part whole
1  dictionary words may also stand inside other words
2  of a short part, all its words anywhere
3  any of the parts, but still everything quoted, filtered and excluded

The first level that finds anything answers. A long part (a headline, a question) is soft at every level: articles
with some of its words match, those with all of them come first.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from math import log

from ..analysis import Analyzer
from ..engines import And, Clause, DateRange, FacetValue, IndexedField, Keyword, Not, Or, ScoringTerm, Stream
from .date_ranges import Period
from .idf_cache import IdfCache
from .parser import Excluded, Filter, Group, Node, Part
from .query_part import Need

LEVELS = (0, 1, 2, 3)
MOST_SCORED = 400  # terms
COMMON_IDF = log(4)  # of what a quarter of the articles have


class Plan:
    """A query, ready to be asked. `needs` are the parts to be found; `dropped` those without a letter or digit, as
    typed. `is_empty` tells that nothing is left to ask."""

    def __init__(self, tree: Group, analyzer: Analyzer, idfs: IdfCache) -> None:
        self.idfs = idfs
        self._analysed = {part: Need(part, analyzer) for part in _parts(tree)}
        self.dropped = tuple(part.text for part, need in self._analysed.items() if not need.string)
        pruned = self._pruned(tree)
        self.is_empty = pruned is None
        self._tree = pruned if isinstance(pruned, Group) else Group(())
        self.needs = [self._analysed[part] for part in _parts(self._tree, positive=True)]

    def _pruned(self, node: Node) -> Node | None:
        """`node` without dropped parts; None if that leaves nothing."""
        if isinstance(node, Part):
            return node if self._analysed[node].string else None
        if isinstance(node, Excluded):
            inner = self._pruned(node.node)
            return Excluded(inner) if inner is not None else None
        if isinstance(node, Group):
            kept = tuple(child for child in map(self._pruned, node.nodes) if child is not None)
            return Group(kept, node.any_of) if kept else None
        return node

    def reading(self) -> str:
        """The query as it was understood, in its own language."""
        return (" OR " if self._tree.any_of else " ").join(map(_shown, self._tree.nodes))

    def variants(self) -> list[list[str]]:
        """The strings to be found, folded: for each part of the query the ways to put it."""
        return _variants(self._tree, self._analysed)

    def match(self, level: int) -> Clause:
        """What an article must meet to be listed at a level."""
        if any(need.soft for need in self.needs):
            self.idfs(self._terms)  # all at once: servers are asked only once
        if level < 3:
            return self._clause(self._tree, lambda need: need.clause(level, self.idfs))
        nodes = (self._tree,) if self._tree.any_of else self._tree.nodes
        strict = [
            self._clause(node, lambda need: need.clause(1, self.idfs)) for node in nodes if not self._is_relaxable(node)
        ]
        relaxed = [
            self._clause(node, lambda need: need.clause(2, self.idfs)) for node in nodes if self._is_relaxable(node)
        ]
        pieces = [need.any_piece() for need in self.needs if not need.quoted]
        return And((*strict, Or((*relaxed, *pieces))))

    def full(self, level: int) -> Clause:
        """What an article must meet to match all of the query. At level 3 none does."""
        if level == 3:
            return Or(())
        return self._clause(self._tree, lambda need: need.full() if need.soft else need.clause(level, self.idfs))

    def aligned(self) -> Clause:
        """Every part stands as the query has it, between word boundaries."""
        return self._clause(self._tree, lambda need: need.full() if need.soft else need.aligned())

    def weights(self) -> tuple[ScoringTerm, ...]:
        """What scores. Pairs and single characters that are all over the archive cost much to look at and tell
        nothing."""
        idfs = self.idfs(self._terms)
        telling = tuple(
            term for term, idf in zip(self._terms, idfs, strict=True) if term.stream == "words" or idf >= COMMON_IDF
        )
        return telling or self._terms

    @cached_property
    def _terms(self) -> tuple[ScoringTerm, ...]:
        """All that may score, the weights of repeated terms added up."""
        total: dict[tuple[IndexedField, Stream, str], float] = {}
        for need in self.needs:
            for term in need.weights():
                key = (term.field, term.stream, term.term)
                total[key] = total.get(key, 0.0) + term.weight
        return tuple(ScoringTerm(*key, weight) for key, weight in total.items())[:MOST_SCORED]

    def _is_relaxable(self, node: Node) -> bool:
        if isinstance(node, Part):
            return not node.quoted
        return isinstance(node, Group) and all(map(self._is_relaxable, node.nodes))

    def _clause(self, node: Node, ask: Callable[[Need], Clause]) -> Clause:
        if isinstance(node, Part):
            return ask(self._analysed[node])
        if isinstance(node, Filter):
            return Keyword(node.field, node.value)
        if isinstance(node, FacetValue):
            return node
        if isinstance(node, Period):
            return DateRange(node.first, node.last)
        if isinstance(node, Excluded):
            return Not(self._clause(node.node, lambda need: need.full() if need.soft else need.clause(0, self.idfs)))
        clauses = tuple(self._clause(child, ask) for child in node.nodes)
        return Or(clauses) if node.any_of else And(clauses)


def _variants(node: Node, analysed: Mapping[Part, Need]) -> list[list[str]]:
    if isinstance(node, Part):
        return [[analysed[node].string]]
    if not isinstance(node, Group):
        return []
    inside = [_variants(child, analysed) for child in node.nodes]
    if node.any_of:
        return [[string for part in inside for strings in part for string in strings]] if any(inside) else []
    return [strings for part in inside for strings in part]


def _shown(node: Node) -> str:
    if isinstance(node, Part):
        text = f'"{node.text}"' if node.quoted else node.text
        return text if node.field == "text" else f"{node.field}:{text}"
    if isinstance(node, Filter | FacetValue):
        return f"{node.field}={node.value}"
    if isinstance(node, Period):
        return f"date={node.first or ''}..{node.last or ''}"
    if isinstance(node, Excluded):
        return f"-{_shown(node.node)}"
    inside = (" OR " if node.any_of else " ").join(map(_shown, node.nodes))
    return f"({inside})" if len(node.nodes) > 1 else inside


def _parts(node: Node, *, positive: bool = False) -> Iterator[Part]:
    """The parts of a tree in order; with `positive`, without those that are excluded."""
    if isinstance(node, Part):
        yield node
    elif isinstance(node, Excluded):
        if not positive:
            yield from _parts(node.node)
    elif isinstance(node, Group):
        for child in node.nodes:
            yield from _parts(child, positive=positive)
