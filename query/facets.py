"""Counts the values of facets over what a clause matches, those that are one as one."""

from collections.abc import Sequence
from heapq import heappush, heappushpop

from ..engines import (
    ENTITY_FIELDS,
    FACET_FIELDS,
    And,
    Clause,
    FacetCount,
    FacetField,
    FacetValue,
    Or,
    Reader,
    SearchRequest,
    ValueField,
    is_valued,
)
from .aliases import Aliases
from .errors import InvalidFacet
from .lazy import lazy
from .name_groups import Group, KnownNames, spellings

VALUES_READ = 2_000  # of a facet: those that most matches have; what these are is told exactly
NAMES_READ = 10_000  # persons of an index from which is told whose last names stand alone


def facet_fields(asked: Sequence[str]) -> tuple[FacetField, ...]:
    """The facets that are asked for, each once. Raises InvalidFacet."""
    for name in asked:
        if name not in FACET_FIELDS:
            raise InvalidFacet(name, FACET_FIELDS)
    return tuple(field for field in FACET_FIELDS if field in asked)


class Counts:
    """Works on what a reader counts."""

    def __init__(self, reader: Reader, aliases: Aliases) -> None:
        self._reader = reader
        self.names = lazy(lambda: _known_names(reader, aliases))

    def first(
        self, match: Clause, field: FacetField, counted: Sequence[FacetCount], limit: int
    ) -> tuple[FacetCount, ...]:
        """The first `limit` values of a facet; `counted` are its first `VALUES_READ` values over `match`."""
        groups = self.groups(match, field, counted, limit)
        return tuple(FacetCount(group.shown, group.articles) for group in groups)

    def groups(self, match: Clause, field: FacetField, counted: Sequence[FacetCount], limit: int) -> list[Group]:
        """The same as groups of values, with the exact number of articles."""
        groups = self._merged(field, counted)
        groups.sort(key=lambda group: (-group.articles, group.shown))
        exact: list[Group] = []
        best: list[int] = []  # the numbers of the first `limit` so far
        for group in groups:
            if limit <= 0 or (len(best) == limit and group.articles < best[0]):
                break
            if len(group.keys) > 1 and is_valued(field):  # articles may have several of these values
                group = group._replace(articles=self._reader.count(And((match, having(field, group)))))
            exact.append(group)
            if len(best) < limit:
                heappush(best, group.articles)
            else:
                heappushpop(best, group.articles)
        return sorted(exact, key=lambda group: (-group.articles, group.shown))[: max(limit, 0)]

    def _merged(self, field: FacetField, counted: Sequence[FacetCount]) -> list[Group]:
        if field in ENTITY_FIELDS:
            return self.names().grouped(counted)
        if not is_valued(field):
            return [Group(value, (value,), frozenset((value,)), articles) for value, articles in counted]
        return spellings(counted)


def _known_names(reader: Reader, aliases: Aliases) -> KnownNames:
    """The names of the index."""
    request = SearchRequest(match=And(()), limit=0, facets=("person",), facet_limit=NAMES_READ)
    (persons,) = reader.search(request).facets
    return KnownNames(persons, aliases)


def having(field: ValueField, group: Group) -> Clause:
    """Counts for any of the values of a group."""
    return Or(tuple(FacetValue(field, value) for value in group.values))
