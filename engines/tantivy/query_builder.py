"""From clauses and weighted terms to Tantivy's queries."""

from collections.abc import Callable, Iterator, Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from ..clauses import (
    And,
    Clause,
    DateRange,
    FacetValue,
    Keyword,
    MinShouldMatch,
    Not,
    Or,
    ScoringTerm,
    SearchRequest,
    Substring,
    Term,
)
from ..facets import stored_field
from ..fields import TextField
from ..grams import bigram_cover
from ..matching import K1, day_number
from ..simplify import MET, given
from .schema import AGAIN, DAY, escaped, keyword_term


class Queries:
    """Makes queries over one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def matching(self, clause: Clause) -> Query:
        """What matches `clause`; its scores mean nothing."""
        match clause:
            case Term(field, word):
                return self._in_field(field, lambda text: self._term(f"{text}_words", escaped(word)))
            case Substring(field, string):
                return self._in_field(field, lambda text: self._string(text, escaped(string)))
            case Keyword(field, value):
                return self._term(field, keyword_term(value))
            case FacetValue(field, value):
                return self._term(stored_field(field), value)
            case DateRange(first, last):
                ends = (day_number(first) if first else 1, day_number(last) if last else None)
                return Query.range_query(self._schema, DAY, FieldType.Integer, *ends)
            case And(clauses):
                return self._all(clauses)
            case Or():
                return self._at_least(1, tuple(dict.fromkeys(_alternatives(clause))))
            case MinShouldMatch(count, clauses):
                return self._at_least(count, clauses)
            case Not():
                return self._all((clause,))

    def tiers(self, request: SearchRequest) -> list[Query]:
        """What matches a request: for each of its tiers those that no earlier one has, then the rest."""
        found = []
        for place, tier in enumerate((*request.tiers, MET)):
            # Of what a tier asks for already, most of what `match` asks for follows, and what earlier tiers ask for.
            asked = [(Occur.Must, self.matching(each)) for each in (tier, given(request.match, tier)) if each != MET]
            earlier = [given(each, tier) for each in _widest(request.tiers[:place])]
            excluded = [(Occur.MustNot, self.matching(each)) for each in earlier]
            found.append(Query.boolean_query([*(asked or [(Occur.Must, Query.all_query())]), *excluded]))
        return found

    def scored(self, match: Query, weights: Sequence[ScoringTerm]) -> Query:
        """What `match` matches, by the sum of weight × BM25 over the terms."""
        matched = Query.const_score_query(match, 0.0)
        if not weights:
            return matched
        scoring = Query.boolean_query([(Occur.Should, self._weighted(term)) for term in weights])
        return Query.boolean_query([(Occur.Must, matched), (Occur.Should, scoring)])

    def having(self, term: ScoringTerm) -> Query:
        """What has the term."""
        return self._term(field_of(term), escaped(term.term))

    def _weighted(self, term: ScoringTerm) -> Query:
        """A term that scores weight × BM25. Tantivy's has the constant factor k1 + 1."""
        return Query.boost_query(self.having(term), term.weight / (K1 + 1))

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")

    def _string(self, text: str, string: str) -> Query:
        if len(string) == 1:
            return self._term(f"{text}_unigrams", string)
        if len(string) == 2:
            return self._term(f"{text}_bigrams", string)
        return Query.phrase_query(self._schema, f"{text}_bigrams", list(bigram_cover(string)))

    def _in_field(self, field: TextField, within: Callable[[str], Query]) -> Query:
        """The body has what the title has not, or what it has again."""
        if field != "body":
            return within(field)
        beside = Query.boolean_query([(Occur.Must, within("text")), (Occur.MustNot, within("title"))])
        return Query.boolean_query([(Occur.Should, beside), (Occur.Should, within(AGAIN))])

    def _all(self, clauses: Sequence[Clause]) -> Query:
        parts = [
            (Occur.MustNot, self.matching(each.clause)) if isinstance(each, Not) else (Occur.Must, self.matching(each))
            for each in clauses
        ]
        if all(occur == Occur.MustNot for occur, _ in parts):
            parts.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(parts)

    def _at_least(self, count: int, clauses: Sequence[Clause]) -> Query:
        if count > len(clauses) or not clauses:
            return Query.empty_query()
        parts = [(Occur.Should, self.matching(each)) for each in clauses]
        return Query.boolean_query(parts, count if count > 1 else None)


def field_of(term: ScoringTerm) -> str:
    """The field that a term is looked up in."""
    return f"{term.field}_{term.stream}"


def _widest(tiers: Sequence[Clause]) -> list[Clause]:
    """The tiers without those all of whose articles another one has."""
    widest: list[Clause] = []
    for tier in tiers:
        if not any(given(wider, tier) == MET for wider in widest):
            widest = [*(each for each in widest if given(tier, each) != MET), tier]
    return widest


def _alternatives(clause: Clause) -> Iterator[Clause]:
    """What an article may meet instead of each other, from alternatives within alternatives, too: spellings of one part
    share most of what they ask for."""
    if isinstance(clause, Or):
        for each in clause.clauses:
            yield from _alternatives(each)
    else:
        yield clause
