"""Simplification of a clause that is only evaluated where another clause holds."""

from collections.abc import Set

from .clauses import MATCH_ALL, And, Clause, MinShouldMatch, Not, Or


def simplify(clause: Clause, *, assuming: Clause) -> Clause:
    """Return a clause that matches the same as `clause` among the articles that match `assuming`.

    The result is `MATCH_ALL` if all of them match.

    >>> from .clauses import Term
    >>> first, second = Term("text", "一"), Term("text", "二")
    >>> simplify(And((MinShouldMatch(1, (first, second)), second)), assuming=first)
    Term(field='text', word='二')
    """
    facts = _facts(assuming)
    result = _simplify(clause, facts)
    for fact in facts:
        if result != MATCH_ALL and isinstance(fact, Or) and fact.clauses:
            # One of the alternatives holds. If the result is the same under each, it holds here.
            first, *others = fact.clauses
            candidate = _simplify(result, facts | _facts(first))
            if candidate != result and all(_simplify(result, facts | _facts(other)) == candidate for other in others):
                result = candidate
    return result


def _facts(clause: Clause) -> frozenset[Clause]:
    """Return clauses that hold wherever `clause` does."""
    if isinstance(clause, And):
        return frozenset({clause}.union(*map(_facts, clause.clauses)))
    return frozenset({clause})


def _simplify(clause: Clause, facts: Set[Clause]) -> Clause:
    """Return a clause that matches the same as `clause` where all of `facts` hold."""
    if clause in facts:
        return MATCH_ALL
    match clause:
        case And(clauses):
            undecided = _undecided(clauses, facts)
            return undecided[0] if len(undecided) == 1 else And(undecided)
        case Or(clauses):
            alternatives = []
            for child in clauses:
                alternatives.append(_simplify(child, facts))
                if alternatives[-1] == MATCH_ALL:
                    return MATCH_ALL
            return Or(tuple(alternatives))
        case MinShouldMatch(count, clauses):
            undecided = _undecided(clauses, facts)
            missing = count - (len(clauses) - len(undecided))
            return MinShouldMatch(missing, undecided) if missing > 0 else MATCH_ALL
        case Not(child):
            return Not(_simplify(child, facts))
    return clause


def _undecided(clauses: tuple[Clause, ...], facts: Set[Clause]) -> tuple[Clause, ...]:
    """Return the simplified clauses without those that hold."""
    simplified = (_simplify(clause, facts) for clause in clauses)
    return tuple(clause for clause in simplified if clause != MATCH_ALL)
