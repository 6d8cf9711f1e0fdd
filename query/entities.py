"""Entities: the persons, places and organisations that articles mention, with their article counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from ..analysis import INTERPUNCT, EntityKind, name_key
from ..engines import And, Clause, FacetCount, Reader, SearchRequest
from .aliases import Aliases
from .executor import UNLIMITED
from .facets import FacetCounter, group_clause
from .name_groups import NameGroup
from .notes import Note

ENTITY_KINDS: tuple[EntityKind, ...] = get_args(EntityKind)


@dataclass(frozen=True, slots=True)
class EntityCount:
    """A name, its kind and the number of articles that mention it; `months` counts them by month, if requested."""

    text: str
    kind: EntityKind
    articles: int
    months: tuple[FacetCount, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityCounts:
    """The names of each kind, those of most articles first, in the `articles` that match."""

    query: str
    articles: int
    names: tuple[EntityCount, ...]
    notes: tuple[Note, ...]


class EntityCounter:
    """Counts names over the articles that match a clause."""

    def __init__(self, reader: Reader, aliases: Aliases, facet_counter: FacetCounter) -> None:
        self._reader = reader
        self._aliases = aliases
        self._facet_counter = facet_counter

    def count(
        self,
        match: Clause,
        kind: EntityKind,
        counts: Sequence[FacetCount],
        limit: int,
        *,
        exclude: Sequence[str],
        over_time: bool,
    ) -> Iterator[EntityCount]:
        """Yield the first `limit` names of a kind without those of `exclude`; `counts` as for `FacetCounter`."""
        excluded_keys = {name_key(self._aliases.first(name)) for name in exclude}
        for group in self._facet_counter.group(match, kind, counts, limit + len(excluded_keys)):
            if limit > 0 and not _has_key(group, excluded_keys):
                limit -= 1
                months = self._count_months(And((match, group_clause(kind, group)))) if over_time else ()
                yield EntityCount(group.label, kind, group.articles, months)

    def _count_months(self, match: Clause) -> tuple[FacetCount, ...]:
        request = SearchRequest(match=match, limit=0, facets=("month",), facet_limit=UNLIMITED)
        (months,) = self._reader.search(request).facets
        return tuple(sorted(months))


def _has_key(group: NameGroup, keys: set[str]) -> bool:
    """Return whether one of the group's names has one of the keys, or ends in one: 安东尼·布林肯 in 布林肯."""
    group_keys = {name_key(group.label), *group.keys}
    return any(key in keys or key.rpartition(INTERPUNCT)[2] in keys for key in group_keys)
