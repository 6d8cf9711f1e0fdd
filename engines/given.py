"""What is left to ask of articles of which something is known already."""

from collections.abc import Set

from .clauses import All, AnyOf, AtLeast, Clause, Not

MET = All(())  # what every article meets


def conjuncts(clause: Clause) -> frozenset[Clause]:
    """Clauses that hold wherever `clause` does."""
    if isinstance(clause, All):
        return frozenset({clause}.union(*map(conjuncts, clause.clauses)))
    return frozenset({clause})


def given(clause: Clause, known: Set[Clause]) -> Clause:
    """What matches the same as `clause` among the articles that meet all of `known`.

    >>> from .clauses import Has
    >>> one, two = Has("text", "一"), Has("text", "二")
    >>> given(All((AtLeast(1, (one, two)), two)), {one})
    Has(field='text', word='二')
    """
    if clause in known:
        return MET
    match clause:
        case All(clauses):
            left = tuple(each for each in (given(child, known) for child in clauses) if each != MET)
            return left[0] if len(left) == 1 else All(left)
        case AnyOf(clauses):
            left = tuple(given(child, known) for child in clauses)
            return MET if MET in left else AnyOf(left)
        case AtLeast(count, clauses):
            left = tuple(each for each in (given(child, known) for child in clauses) if each != MET)
            missing = count - (len(clauses) - len(left))
            return AtLeast(missing, left) if missing > 0 else MET
        case Not(child):
            return Not(given(child, known))
    return clause
