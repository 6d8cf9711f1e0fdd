"""From clauses to the servers' query language.

What a clause asks for twice is asked once, and what can't match is not asked at all: a request with tiers repeats its
clauses, and servers count them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

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
from ..matching import day_number
from ..simplify import MET, given
from .term_encoding import bigrams, keyword, term

MOST_CLAUSES = 1_000  # of one search; servers take 1,024, by default, counting those within others
MOST_MATCHING = 800  # of these, that tell what matches; what a longer request has beyond is left out
_LISTED = 16  # of a list of terms so many count as clauses

Query = dict[str, Any]
EVERYTHING: Query = {"match_all": {}}
NOTHING: Query = {"match_none": {}}


def matching(*clauses: Clause) -> Query:
    """The articles that match all of the clauses."""
    return _all(list(map(_query, _conjuncts(clauses))))


def tiers(request: SearchRequest) -> Iterator[Query]:
    """What matches each tier of a request, and none before; last, what matches none."""
    before: list[Clause] = []
    for tier in (*request.tiers, MET):
        known = And((request.match, tier))
        unmatched = (Not(given(each, known)) for each in before)
        yield matching(request.match, given(tier, request.match), *unmatched)
        before.append(tier)


def fitting(query: Query) -> Query:
    """The query, of a very long one as much as servers take."""
    return _cut(query, MOST_MATCHING)


def scoring(weights: Sequence[ScoringTerm], factor: float, room: int) -> list[Query]:
    """The terms that score, so many as there is room for. `factor` is what the server's BM25 has too much."""
    return [
        {"term": {f"{each.field}_{each.stream}": {"value": term(each.term), "boost": each.weight / factor}}}
        for each in weights[:room]
    ]


def clauses_in(query: Query) -> int:
    """How many clauses a server counts in the query."""
    ((kind, asked),) = query.items()
    if kind == "bool":
        return sum(clauses_in(child) for children in _children(asked) for child in children)
    if kind == "terms":
        ((_, values),) = asked.items()
        return min(len(values), _LISTED)
    return 1


def _conjuncts(clauses: Iterable[Clause]) -> dict[Clause, None]:
    """What must all match, each once."""
    found: dict[Clause, None] = {}
    for clause in clauses:
        found |= _conjuncts(clause.clauses) if isinstance(clause, And) else {clause: None}
    return found


def _query(clause: Clause) -> Query:
    match clause:
        case Term(field, word):
            return {"term": {f"{field}_words": term(word)}}
        case Substring(field, string):
            return _containing(field, string)
        case Keyword(field, value):
            return {"term": {field: keyword(value)}}
        case FacetValue(field, value):
            return {"term": {stored_field(field): value}}
        case DateRange(first, last):
            bounds = {"gte": day_number(first) if first else 1, **({"lte": day_number(last)} if last else {})}
            return {"range": {"day": bounds}}
        case And(clauses):
            return matching(*clauses)
        case Or(clauses):
            return _any([_query(child) for child in clauses])
        case MinShouldMatch(count, clauses):
            return _at_least(count, [_query(child) for child in clauses])
        case Not(child):
            return _not(_query(child))


def _containing(field: str, string: str) -> Query:
    if len(string) <= 2:
        return {"term": {f"{field}_{'unigrams' if len(string) == 1 else 'bigrams'}": "".join(map(term, string))}}
    if field == "text":
        return _any([_containing("title", string), _containing("body", string)])
    return {"match_phrase": {f"{field}_bigrams": {"query": bigrams(string), "analyzer": "whitespace"}}}


def _all(queries: list[Query]) -> Query:
    if NOTHING in queries:
        return NOTHING
    wanted = [query for query in queries if query != EVERYTHING]
    if len(wanted) < 2:
        return wanted[0] if wanted else EVERYTHING
    return {"bool": {"filter": wanted}}


def _any(queries: list[Query]) -> Query:
    if EVERYTHING in queries:
        return EVERYTHING
    listed: dict[str, dict[str, None]] = {}  # single terms of a field are looked up as one list
    others: list[Query] = []
    for query in _alternatives(queries):
        ((kind, asked),) = query.items()
        if kind == "term":
            ((field, value),) = asked.items()
            listed.setdefault(field, {})[value] = None
        elif query not in others:
            others.append(query)
    wanted = [_listed(field, list(values)) for field, values in listed.items()] + others
    if len(wanted) < 2:
        return wanted[0] if wanted else NOTHING
    return {"bool": {"should": wanted, "minimum_should_match": 1}}


def _alternatives(queries: Iterable[Query]) -> Iterator[Query]:
    """Single queries, those within lists of alternatives, too."""
    for query in queries:
        ((kind, asked),) = query.items()
        if kind == "bool" and asked.keys() == {"should", "minimum_should_match"} and asked["minimum_should_match"] == 1:
            yield from _alternatives(asked["should"])
        elif kind == "terms":
            ((field, values),) = asked.items()
            yield from ({"term": {field: value}} for value in values)
        elif query != NOTHING:
            yield query


def _listed(field: str, values: list[str]) -> Query:
    return {"terms": {field: values}} if len(values) > 1 else {"term": {field: values[0]}}


def _at_least(count: int, queries: list[Query]) -> Query:
    count -= queries.count(EVERYTHING)
    wanted = [query for query in queries if query not in (EVERYTHING, NOTHING)]
    if count <= 0:
        return EVERYTHING
    if count > len(wanted):
        return NOTHING
    if count == 1:
        return _any(wanted)
    return {"bool": {"should": wanted, "minimum_should_match": count}}


def _not(query: Query) -> Query:
    if query == EVERYTHING:
        return NOTHING
    return EVERYTHING if query == NOTHING else {"bool": {"must_not": [query]}}


def _children(asked: dict[str, Any]) -> list[list[Query]]:
    return [asked[name] for name in ("filter", "must_not", "should") if name in asked]


def _cut(query: Query, room: int) -> Query:
    if clauses_in(query) <= room:
        return query
    ((kind, asked),) = query.items()
    if kind != "bool":
        return query
    cut: dict[str, Any] = {}
    for name in ("filter", "must_not", "should"):
        kept: list[Query] = []
        for child in asked.get(name, ()):
            if room <= 0:
                break
            kept.append(_cut(child, room))
            room -= clauses_in(kept[-1])
        if kept:
            cut[name] = kept
    if "should" in cut:
        cut["minimum_should_match"] = min(asked["minimum_should_match"], len(cut["should"]))
    return {"bool": cut}
