"""Facets: counts of the values of a field over the articles that match; spellings of one value count as one."""

from collections.abc import Sequence
from heapq import heappush, heappushpop

from ..engines import (
    ENTITY_FIELDS,
    FACET_FIELDS,
    MATCH_ALL,
    And,
    Clause,
    FacetCount,
    FacetField,
    FacetValue,
    Or,
    Reader,
    SearchRequest,
    ValueField,
    check_deadline,
    has_stored_values,
)
from .aliases import Aliases
from .errors import InvalidFacet
from .lazy import lazy
from .name_groups import KnownNames, NameGroup, group_spellings

# Values of a facet that a search reads from the engine, those of most articles. Only these are grouped and recounted.
MAX_VALUES_READ = 2_000
MAX_KNOWN_NAMES = 10_000  # persons of an index that decide which last names stand for a full name


def parse_facets(names: Sequence[str]) -> tuple[FacetField, ...]:
    """Return the facets with these names, each once, in the order of `FACET_FIELDS`.

    Raises:
        InvalidFacet: There is no such facet.
    """
    for name in names:
        if name not in FACET_FIELDS:
            raise InvalidFacet(name, FACET_FIELDS)
    return tuple(field for field in FACET_FIELDS if field in names)


class FacetCounter:
    """Groups the facet values that a reader counts."""

    def __init__(self, reader: Reader, aliases: Aliases) -> None:
        self._reader = reader
        self.known_names = lazy(lambda: _read_known_names(reader, aliases))

    def count(
        self, match: Clause, fields: Sequence[FacetField], counts: Sequence[Sequence[FacetCount]], limit: int
    ) -> dict[str, tuple[FacetCount, ...]]:
        """Return the first `limit` values of each facet, most articles first.

        `counts` has, for each of `fields`, the first `MAX_VALUES_READ` values over the articles that match `match`.
        """
        groups = {field: self.group(match, field, values, limit) for field, values in zip(fields, counts, strict=True)}
        return {
            field: tuple(FacetCount(group.label, group.articles) for group in groups_of_field)
            for field, groups_of_field in groups.items()
        }

    def group(self, match: Clause, field: FacetField, counts: Sequence[FacetCount], limit: int) -> list[NameGroup]:
        """Return the first `limit` groups of values of one facet, with exact article counts."""
        groups = self._group_values(field, counts)
        groups.sort(key=lambda group: (-group.articles, group.label))
        counted: list[NameGroup] = []
        top_counts: list[int] = []  # a heap of the `limit` highest counts so far
        for group in groups:
            check_deadline()
            if limit <= 0 or (len(top_counts) == limit and group.articles < top_counts[0]):
                break
            if len(group.keys) > 1 and has_stored_values(field):  # articles may have several of these values
                group = group._replace(articles=self._reader.count(And((match, group_clause(field, group)))))
            counted.append(group)
            if len(top_counts) < limit:
                heappush(top_counts, group.articles)
            else:
                heappushpop(top_counts, group.articles)
        return sorted(counted, key=lambda group: (-group.articles, group.label))[: max(limit, 0)]

    def _group_values(self, field: FacetField, counts: Sequence[FacetCount]) -> list[NameGroup]:
        if field in ENTITY_FIELDS:
            return self.known_names().group(counts)
        if not has_stored_values(field):
            return [NameGroup(value, (value,), frozenset((value,)), articles) for value, articles in counts]
        return group_spellings(counts)


def _read_known_names(reader: Reader, aliases: Aliases) -> KnownNames:
    """Return the names of the index."""
    request = SearchRequest(match=MATCH_ALL, limit=0, facets=("person",), facet_limit=MAX_KNOWN_NAMES)
    (persons,) = reader.search(request).facets
    return KnownNames(persons, aliases)


def group_clause(field: ValueField, group: NameGroup) -> Clause:
    """Return the clause that articles with any value of a group match."""
    return Or(tuple(FacetValue(field, value) for value in group.values))
