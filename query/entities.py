"""The names that articles mention, by how many do."""

from collections.abc import Iterator, Sequence
from typing import get_args

from ..analysis import INTERPUNCT, EntityKind, name_key
from ..engines import And, Clause, FacetCount, Reader, SearchRequest
from .aliases import Aliases
from .executor import EVERY_VALUE
from .facets import Counts, having
from .name_groups import Group
from .results import EntityCount

ENTITY_KINDS: tuple[EntityKind, ...] = get_args(EntityKind)


class NameCounter:
    """Counts names over the articles that match a clause."""

    def __init__(self, reader: Reader, aliases: Aliases, counts: Counts) -> None:
        self._reader = reader
        self._aliases = aliases
        self._counts = counts

    def count(
        self,
        match: Clause,
        kind: EntityKind,
        counted: Sequence[FacetCount],
        limit: int,
        *,
        with_entities: Sequence[str],
        over_time: bool,
    ) -> Iterator[EntityCount]:
        """The first `limit` names of a kind but those of `with_entities`; `counted` as for `Counts`."""
        hidden = {name_key(self._aliases.first(name)) for name in with_entities}
        for group in self._counts.groups(match, kind, counted, limit + len(hidden)):
            if limit > 0 and not _is_one_of(group, hidden):
                limit -= 1
                months = self._months(And((match, having(kind, group)))) if over_time else ()
                yield EntityCount(group.shown, kind, group.articles, months)

    def _months(self, match: Clause) -> tuple[FacetCount, ...]:
        (months,) = self._reader.search(
            SearchRequest(match=match, limit=0, facets=("month",), facet_limit=EVERY_VALUE)
        ).facets
        return tuple(sorted(months))


def _is_one_of(group: Group, keys: set[str]) -> bool:
    """Whether the group is a name with one of the keys, or one that ends in it: 安东尼·布林肯 for 布林肯."""
    own = {name_key(group.shown), *group.keys}
    return any(key in keys or key.rpartition(INTERPUNCT)[2] in keys for key in own)
