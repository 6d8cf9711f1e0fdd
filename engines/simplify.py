"""What is left to ask of articles of which something is known already."""

from collections.abc import Set

from .clauses import And, Clause, MinShouldMatch, Not, Or

MET = And(())  # what every article meets


def given(clause: Clause, known: Clause) -> Clause:
    """What matches the same as `clause` among the articles that match `known`.

    >>> from .clauses import Has
    >>> one, two = Has("text", "一"), Has("text", "二")
    >>> given(All((AtLeast(1, (one, two)), two)), one)
    Has(field='text', word='二')
    """
    facts = _facts(known)
    left = _left(clause, facts)
    for fact in facts:
        if left != MET and isinstance(fact, Or) and fact.clauses:
            first, *others = fact.clauses
            candidate = _left(left, facts | _facts(first))
            if candidate != left and all(_left(left, facts | _facts(other)) == candidate for other in others):
                left = candidate
    return left


def _facts(clause: Clause) -> frozenset[Clause]:
    """Clauses that hold wherever `clause` does."""
    if isinstance(clause, And):
        return frozenset({clause}.union(*map(_facts, clause.clauses)))
    return frozenset({clause})


def _left(clause: Clause, facts: Set[Clause]) -> Clause:
    """What matches the same as `clause` where all of `facts` hold."""
    if clause in facts:
        return MET
    match clause:
        case And(clauses):
            left = tuple(each for each in (_left(child, facts) for child in clauses) if each != MET)
            return left[0] if len(left) == 1 else And(left)
        case Or(clauses):
            rest = []
            for child in clauses:
                rest.append(_left(child, facts))
                if rest[-1] == MET:
                    return MET
            return Or(tuple(rest))
        case MinShouldMatch(count, clauses):
            left = tuple(each for each in (_left(child, facts) for child in clauses) if each != MET)
            missing = count - (len(clauses) - len(left))
            return MinShouldMatch(missing, left) if missing > 0 else MET
        case Not(child):
            return Not(_left(child, facts))
    return clause
