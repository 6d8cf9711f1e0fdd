"""From the tree of a query to what is asked of the engine, at four levels of strictness.

0  every part stands where the query has it: a dictionary word as a word of its own, a short part whole
1  dictionary words may also stand inside other words
2  of a short part, all its words anywhere
3  any of the parts, but still everything quoted, filtered and excluded

The first level that finds anything answers. A long part (a headline, a question) is soft at every level: articles
with some of its words match, those with all of them come first.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from ..analysis import Analyzer, Word, fold
from ..engines import (
    All,
    AnyOf,
    AtLeast,
    Clause,
    Contains,
    Days,
    Has,
    IndexedField,
    Keyword,
    Not,
    Stream,
    TextField,
    Weighted,
)
from .language import Excluded, Filter, Group, Node, Part
from .periods import Period
from .stopwords import STOP_WORDS

LEVELS = (0, 1, 2, 3)
LONGEST_WHOLE_PART = 3  # words; longer parts are soft
SOFT_SHARE = 3  # a soft part matches articles that have one in so many of its words, or the part itself
# Weights of the streams in the score of a term; see docs/decisions.md for the measurement.
WORD_WEIGHT, PAIR_WEIGHT, SINGLE_WEIGHT = 1.0, 1.0, 0.3
_NAME_JOINT = re.compile("[·-]?")


class Need:
    """A part of a query that is to be found, analysed."""

    def __init__(self, part: Part, analyzer: Analyzer) -> None:
        self.field: TextField = part.field
        self.quoted = part.quoted
        folded = fold(part.text)
        self.words = list(analyzer.words(part.text))
        if part.quoted:
            self.string = folded
        else:  # without the punctuation around it
            self.string = folded[self.words[0].start : max(word.end for word in self.words)] if self.words else ""
        self.outer = _outermost(self.words)
        gaps = (folded[one.end : two.start] for one, two in zip(self.outer, self.outer[1:], strict=False))
        joined = all(_NAME_JOINT.fullmatch(gap) for gap in gaps)
        self.soft = not part.quoted and not (joined and len(self.outer) <= LONGEST_WHOLE_PART)
        self._analyzer = analyzer

    def _knows(self, word: str) -> bool:
        """Whether the segmenter cuts `word` reliably: it is in the dictionary, or cut by signs and spaces."""
        return not word.isalpha() or word.isascii() or self._analyzer.segmenter.knows(word)

    @cached_property
    def subject(self) -> list[str]:
        """The words that carry the meaning: without stop words, unless there are no others."""
        terms = list(dict.fromkeys(word.term for word in self.outer))
        return [term for term in terms if term not in STOP_WORDS] or terms

    @property
    def is_one_known_word(self) -> bool:
        """Whether it matters that this stands as a word of its own. Not for a single character, which hardly ever
        does; nor for a word that no dictionary has, which the segmenter cuts now this way, now that."""
        return not self.quoted and len(self.outer) == 1 and len(self.string) > 1 and self._knows(self.string)

    def is_matched_as_word(self, term: str) -> bool:
        """Whether `term` must be a word of its own in an article, or may stand anywhere. A single character among
        other words means little anywhere."""
        return self._knows(term) and (len(term) > 1 or len(self.outer) > 1)

    def word(self, term: str) -> Clause:
        """Has `term`; as a word where the dictionary has it."""
        return Has(self.field, term) if self.is_matched_as_word(term) else Contains(self.field, term)

    def clause(self, level: int) -> Clause:
        """What an article must have to match at one of the levels 0 to 2."""
        whole = Contains(self.field, self.string)
        if self.quoted:
            return whole
        if self.soft:
            enough = -(-len(self.subject) // SOFT_SHARE)
            return AnyOf((AtLeast(enough, tuple(map(self.word, self.subject))), whole))
        if level == 0 and self.is_one_known_word:
            return Has(self.field, self.string)
        if level == 2:
            return AnyOf((whole, self.full()))
        return whole

    def full(self) -> Clause:
        """All words of the part."""
        return All(tuple(map(self.word, self.subject)))

    def aligned(self) -> Clause:
        """The part with word boundaries where the query has them."""
        words: Clause = All(tuple(Has(self.field, term) for term in self.subject if len(term) > 1))
        return All((Contains(self.field, self.string), AnyOf((Has(self.field, self.string), words))))

    def weights(self) -> Iterator[Weighted]:
        """What scores: every word, every pair and, a little, every character."""
        field: IndexedField = "title" if self.field == "title" else "text"
        for word in self.words:
            yield Weighted(field, "words", word.term, WORD_WEIGHT)
        for run in re.findall(r"[^\W\d_a-z]+", self.string):
            for start in range(len(run) - 1):
                yield Weighted(field, "pairs", run[start : start + 2], PAIR_WEIGHT)
            for character in run:
                yield Weighted(field, "singles", character, SINGLE_WEIGHT)


def _outermost(words: list[Word]) -> list[Word]:
    """The words that are not part of a longer one before them."""
    outer: list[Word] = []
    for word in words:
        if not outer or word.start >= outer[-1].end:
            outer.append(word)
    return outer


class Plan:
    """A query, ready to be asked. `needs` are the parts to be found; `dropped` those without a letter or digit, as
    typed. `is_empty` tells that nothing is left to ask."""

    def __init__(self, tree: Group, analyzer: Analyzer) -> None:
        self._analysed = {part: Need(part, analyzer) for part in _parts(tree)}
        self.dropped = tuple(part.text for part, need in self._analysed.items() if not need.string)
        pruned = self._pruned(tree)
        self.is_empty = pruned is None
        self._tree = pruned or Group(())
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

    def match(self, level: int) -> Clause:
        """What an article must meet to be listed at a level."""
        if level < 3:
            return self._clause(self._tree, level, full=False)
        nodes = self._tree.nodes if isinstance(self._tree, Group) and not self._tree.any_of else (self._tree,)
        strict = [self._clause(node, 1, full=False) for node in nodes if not self._relaxable(node)]
        relaxed = [self._clause(node, 2, full=False) for node in nodes if self._relaxable(node)]
        words = [need.word(term) for need in self.needs if not need.quoted for term in need.subject]
        return All((*strict, AnyOf((*relaxed, *words))))

    def full(self, level: int) -> Clause:
        """What an article must meet to match all of the query. At level 3 none does."""
        return self._clause(self._tree, level, full=True) if level < 3 else AnyOf(())

    def aligned(self) -> Clause:
        """Every part stands between word boundaries."""
        return All(tuple(need.aligned() for need in self.needs if not need.soft))

    def weights(self) -> tuple[Weighted, ...]:
        """What scores, the weights of repeated terms added up."""
        total: dict[tuple[IndexedField, Stream, str], float] = {}
        for need in self.needs:
            for term in need.weights():
                key = (term.field, term.stream, term.term)
                total[key] = total.get(key, 0.0) + term.weight
        return tuple(Weighted(*key, weight) for key, weight in total.items())

    def _relaxable(self, node: Node) -> bool:
        if isinstance(node, Part):
            return not node.quoted
        return isinstance(node, Group) and all(map(self._relaxable, node.nodes))

    def _clause(self, node: Node, level: int, *, full: bool) -> Clause:
        if isinstance(node, Part):
            need = self._analysed[node]
            return need.full() if full and need.soft else need.clause(level)
        if isinstance(node, Filter):
            return Keyword(node.field, node.value)
        if isinstance(node, Period):
            return Days(node.first, node.last)
        if isinstance(node, Excluded):
            return Not(self._clause(node.node, 0, full=True))
        clauses = tuple(self._clause(child, level, full=full) for child in node.nodes)
        return AnyOf(clauses) if node.any_of else All(clauses)


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
