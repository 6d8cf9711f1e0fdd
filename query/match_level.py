"""The levels of strictness at which a query is tried, strictest first."""

from enum import IntEnum


class MatchLevel(IntEnum):
    """The strictness with which articles must match a query.

    The first level that finds any article answers the query. At every level a long part (a headline, a question)
    matches articles that have some of its words, and those that have all of them come first.
    """

    WHOLE_WORDS = 0
    """Every part matches as the query has it: a dictionary word as a word of its own, a short part as a whole."""

    INSIDE_WORDS = 1
    """Dictionary words also match inside other words."""

    APART = 2
    """All words of a short part match, in any position."""

    PARTIAL = 3
    """Any of the parts matches; quoted parts, filters and exclusions still hold."""
