"""Translation of clauses and weighted terms into Tantivy queries."""

from collections.abc import Callable, Iterator, Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from ..bm25 import K1
from ..clauses import (
    MATCH_ALL,
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
    TextField,
    bigram_cover,
)
from ..facets import stored_field
from ..matching import day_number
from ..simplify import simplify
from .schema import DAY, TITLE_IN_BODY, escape, keyword_term


class QueryBuilder:
    """Builds queries over one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def clause_query(self, clause: Clause) -> Query:
        """Return a query for the articles that match `clause`; its scores have no meaning."""
        match clause:
            case Term(field, word):
                return self._in_field(field, lambda indexed: self._term(f"{indexed}_words", escape(word)))
            case Substring(field, string):
                return self._in_field(field, lambda indexed: self._substring(indexed, escape(string)))
            case Keyword(field, value):
                return self._term(field, keyword_term(value))
            case FacetValue(field, value):
                return self._term(stored_field(field), value)
            case DateRange(first, last):
                bounds = (day_number(first) if first else 1, day_number(last) if last else None)
                return Query.range_query(self._schema, DAY, FieldType.Integer, *bounds)
            case And(clauses):
                return self._and(clauses)
            case Or():
                return self._min_should_match(1, tuple(dict.fromkeys(_alternatives(clause))))
            case MinShouldMatch(count, clauses):
                return self._min_should_match(count, clauses)
            case Not():
                return self._and((clause,))

    def tier_queries(self, request: SearchRequest) -> list[Query]:
        """Return one query for the new matches of each tier, then one for the remaining matches.

        The new matches of a tier are those that no earlier tier has.
        """
        queries = []
        for index, tier in enumerate((*request.tiers, MATCH_ALL)):
            # A tier implies most of what `match` and the earlier tiers require. Only the rest is searched for.
            required = [
                (Occur.Must, self.clause_query(clause))
                for clause in (tier, simplify(request.match, assuming=tier))
                if clause != MATCH_ALL
            ]
            earlier = [simplify(other, assuming=tier) for other in _widest(request.tiers[:index])]
            excluded = [(Occur.MustNot, self.clause_query(clause)) for clause in earlier]
            queries.append(Query.boolean_query([*(required or [(Occur.Must, Query.all_query())]), *excluded]))
        return queries

    def scored_query(self, match: Query, terms: Sequence[ScoringTerm]) -> Query:
        """Return a query for the articles of `match` that scores them by the sum of weight × BM25 over the terms."""
        unscored = Query.const_score_query(match, 0.0)
        if not terms:
            return unscored
        scoring = Query.boolean_query([(Occur.Should, self._weighted(term)) for term in terms])
        return Query.boolean_query([(Occur.Must, unscored), (Occur.Should, scoring)])

    def term_query(self, term: ScoringTerm) -> Query:
        """Return a query for the articles that contain the term."""
        return self._term(field_name(term), escape(term.term))

    def _weighted(self, term: ScoringTerm) -> Query:
        """Return a query that scores weight × BM25, without the constant factor k1 + 1 of Tantivy's BM25."""
        return Query.boost_query(self.term_query(term), term.weight / (K1 + 1))

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")

    def _substring(self, field: str, string: str) -> Query:
        if len(string) == 1:
            return self._term(f"{field}_unigrams", string)
        if len(string) == 2:
            return self._term(f"{field}_bigrams", string)
        return Query.phrase_query(self._schema, f"{field}_bigrams", list(bigram_cover(string)))

    def _in_field(self, field: TextField, build: Callable[[str], Query]) -> Query:
        """Return the query that `build` makes for an indexed field; the body is searched by way of the others."""
        if field != "body":
            return build(field)
        outside_title = Query.boolean_query([(Occur.Must, build("text")), (Occur.MustNot, build("title"))])
        return Query.boolean_query([(Occur.Should, outside_title), (Occur.Should, build(TITLE_IN_BODY))])

    def _and(self, clauses: Sequence[Clause]) -> Query:
        parts = [
            (Occur.MustNot, self.clause_query(clause.clause))
            if isinstance(clause, Not)
            else (Occur.Must, self.clause_query(clause))
            for clause in clauses
        ]
        if all(occur == Occur.MustNot for occur, _ in parts):
            parts.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(parts)

    def _min_should_match(self, count: int, clauses: Sequence[Clause]) -> Query:
        if count > len(clauses) or not clauses:
            return Query.empty_query()
        parts = [(Occur.Should, self.clause_query(clause)) for clause in clauses]
        return Query.boolean_query(parts, count if count > 1 else None)


def field_name(term: ScoringTerm) -> str:
    """Return the name of the schema field that holds the term."""
    return f"{term.field}_{term.stream}"


def _widest(tiers: Sequence[Clause]) -> list[Clause]:
    """Return the tiers without those whose matches another tier includes."""
    widest: list[Clause] = []
    for tier in tiers:
        if not any(simplify(wider, assuming=tier) == MATCH_ALL for wider in widest):
            widest = [*(narrower for narrower in widest if simplify(tier, assuming=narrower) != MATCH_ALL), tier]
    return widest


def _alternatives(clause: Clause) -> Iterator[Clause]:
    """Yield the alternatives of a clause, with nested ones flattened.

    The spellings of one part of a query share most alternatives, so that flattening removes duplicates.
    """
    if isinstance(clause, Or):
        for child in clause.clauses:
            yield from _alternatives(child)
    else:
        yield clause
