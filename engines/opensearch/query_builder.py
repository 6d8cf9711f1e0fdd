"""Translation of clauses and weighted terms into the servers' query language.

A request with tiers repeats its clauses, and servers limit the number of clauses. So the queries here contain no
duplicates, nor clauses that all or no articles match.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

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
)
from ..facets import stored_field
from ..matching import day_number
from ..simplify import simplify
from .term_encoding import encode_bigrams, encode_keyword, encode_term

MAX_CLAUSES = 1_000  # of one search; by default, servers accept 1,024, nested clauses included
MAX_MATCH_CLAUSES = 800  # of these, that decide what matches; a longer request is truncated
_MAX_LIST_CLAUSES = 16  # as which a longer list of terms counts
_OCCURRENCES = ("filter", "must_not", "should")

Query = dict[str, Any]
MATCH_ALL_QUERY: Query = {"match_all": {}}
MATCH_NONE_QUERY: Query = {"match_none": {}}


def match_query(*clauses: Clause) -> Query:
    """Return a query for the articles that match all of the clauses."""
    return _and(list(map(_clause_query, _conjuncts(clauses))))


def tier_queries(request: SearchRequest) -> Iterator[Query]:
    """Yield one query for the new matches of each tier, then one for the remaining matches.

    The new matches of a tier are those that no earlier tier has.
    """
    earlier: list[Clause] = []
    for tier in (*request.tiers, MATCH_ALL):
        assumption = And((request.match, tier))
        excluded = (Not(simplify(clause, assuming=assumption)) for clause in earlier)
        yield match_query(request.match, simplify(tier, assuming=request.match), *excluded)
        earlier.append(tier)


def limit_clauses(query: Query) -> Query:
    """Return the query, truncated to `MAX_MATCH_CLAUSES` clauses."""
    return _truncate(query, MAX_MATCH_CLAUSES)


def scoring_queries(terms: Sequence[ScoringTerm], bm25_factor: float, max_clauses: int) -> list[Query]:
    """Return queries that score weight × BM25 for the first `max_clauses` terms.

    `bm25_factor` is the constant factor by which the server's BM25 is too large.
    """
    return [
        {"term": {f"{term.field}_{term.stream}": {"value": encode_term(term.term), "boost": term.weight / bm25_factor}}}
        for term in terms[:max_clauses]
    ]


def count_clauses(query: Query) -> int:
    """Return the number of clauses that a server counts in the query."""
    ((kind, body),) = query.items()
    if kind == "bool":
        return sum(count_clauses(child) for name in _OCCURRENCES for child in body.get(name, ()))
    if kind == "terms":
        ((_, values),) = body.items()
        return min(len(values), _MAX_LIST_CLAUSES)
    return 1


def _conjuncts(clauses: Iterable[Clause]) -> dict[Clause, None]:
    """Return the different clauses that must all match, with nested conjunctions flattened."""
    conjuncts: dict[Clause, None] = {}
    for clause in clauses:
        conjuncts |= _conjuncts(clause.clauses) if isinstance(clause, And) else {clause: None}
    return conjuncts


def _clause_query(clause: Clause) -> Query:
    match clause:
        case Term(field, word):
            return {"term": {f"{field}_words": encode_term(word)}}
        case Substring(field, string):
            return _substring(field, string)
        case Keyword(field, value):
            return {"term": {field: encode_keyword(value)}}
        case FacetValue(field, value):
            return {"term": {stored_field(field): value}}
        case DateRange(first, last):
            bounds = {"gte": day_number(first) if first else 1, **({"lte": day_number(last)} if last else {})}
            return {"range": {"day": bounds}}
        case And(clauses):
            return match_query(*clauses)
        case Or(clauses):
            return _or([_clause_query(child) for child in clauses])
        case MinShouldMatch(count, clauses):
            return _min_should_match(count, [_clause_query(child) for child in clauses])
        case Not(child):
            return _not(_clause_query(child))


def _substring(field: str, string: str) -> Query:
    if len(string) <= 2:
        stream = "unigrams" if len(string) == 1 else "bigrams"
        return {"term": {f"{field}_{stream}": "".join(map(encode_term, string))}}
    if field == "text":
        return _or([_substring("title", string), _substring("body", string)])
    return {"match_phrase": {f"{field}_bigrams": {"query": encode_bigrams(string), "analyzer": "whitespace"}}}


def _and(queries: list[Query]) -> Query:
    if MATCH_NONE_QUERY in queries:
        return MATCH_NONE_QUERY
    required = [query for query in queries if query != MATCH_ALL_QUERY]
    if len(required) < 2:
        return required[0] if required else MATCH_ALL_QUERY
    return {"bool": {"filter": required}}


def _or(queries: list[Query]) -> Query:
    if MATCH_ALL_QUERY in queries:
        return MATCH_ALL_QUERY
    terms: dict[str, dict[str, None]] = {}  # servers look up the terms of one field as one list
    others: list[Query] = []
    for query in _alternatives(queries):
        ((kind, body),) = query.items()
        if kind == "term":
            ((field, value),) = body.items()
            terms.setdefault(field, {})[value] = None
        elif query not in others:
            others.append(query)
    alternatives = [_term_or_terms(field, list(values)) for field, values in terms.items()] + others
    if len(alternatives) < 2:
        return alternatives[0] if alternatives else MATCH_NONE_QUERY
    return {"bool": {"should": alternatives, "minimum_should_match": 1}}


def _alternatives(queries: Iterable[Query]) -> Iterator[Query]:
    """Yield alternatives, with nested alternatives and lists of terms flattened."""
    for query in queries:
        ((kind, body),) = query.items()
        if kind == "bool" and body.keys() == {"should", "minimum_should_match"} and body["minimum_should_match"] == 1:
            yield from _alternatives(body["should"])
        elif kind == "terms":
            ((field, values),) = body.items()
            yield from ({"term": {field: value}} for value in values)
        elif query != MATCH_NONE_QUERY:
            yield query


def _term_or_terms(field: str, values: list[str]) -> Query:
    return {"terms": {field: values}} if len(values) > 1 else {"term": {field: values[0]}}


def _min_should_match(count: int, queries: list[Query]) -> Query:
    count -= queries.count(MATCH_ALL_QUERY)
    optional = [query for query in queries if query not in (MATCH_ALL_QUERY, MATCH_NONE_QUERY)]
    if count <= 0:
        return MATCH_ALL_QUERY
    if count > len(optional):
        return MATCH_NONE_QUERY
    if count == 1:
        return _or(optional)
    return {"bool": {"should": optional, "minimum_should_match": count}}


def _not(query: Query) -> Query:
    if query == MATCH_ALL_QUERY:
        return MATCH_NONE_QUERY
    return MATCH_ALL_QUERY if query == MATCH_NONE_QUERY else {"bool": {"must_not": [query]}}


def _truncate(query: Query, max_clauses: int) -> Query:
    if count_clauses(query) <= max_clauses:
        return query
    ((kind, body),) = query.items()
    if kind != "bool":
        return query
    truncated: dict[str, Any] = {}
    for name in _OCCURRENCES:
        children: list[Query] = []
        for child in body.get(name, ()):
            if max_clauses <= 0:
                break
            children.append(_truncate(child, max_clauses))
            max_clauses -= count_clauses(children[-1])
        if children:
            truncated[name] = children
    if "should" in truncated:
        truncated["minimum_should_match"] = min(body["minimum_should_match"], len(truncated["should"]))
    return {"bool": truncated}
