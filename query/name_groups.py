"""Which names are one, whatever their spelling.

Within an article names have their normal form already; this goes across articles, when values are counted: spellings
that differ in script or dots are one value, other names count for the first of their list, and a last name alone (in
an article that never writes the full one) for the full name of an index that clearly has one.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ..analysis import INTERPUNCT, name_key
from ..engines import FacetCount, keyword
from .aliases import Aliases

DOMINANT = 0.8  # of the articles with a full name of a last name, the share that has to have the same one
KNOWN = 0.1  # of the articles with the last name alone, the share that as many have to have the full name


class Group(NamedTuple):
    """Values that are one. `articles` have any of them, or fewer do, where some have several of them: that can be only
    where there are several `keys`."""

    shown: str
    values: tuple[str, ...]
    keys: frozenset[str]
    articles: int


class KnownNames:
    """The names of an index; `persons` are those that most articles have, with the number of articles."""

    def __init__(self, persons: Iterable[FacetCount], aliases: Aliases) -> None:
        self._aliases = aliases
        self._full: dict[str, str] = {}  # by the keys of last names alone
        self._alone: dict[str, tuple[str, ...]] = {}  # by keywords of full names
        groups = {name_key(group.shown): group for group in self.grouped(persons)}
        full: dict[str, list[Group]] = defaultdict(list)
        for key, group in groups.items():
            if INTERPUNCT in key:
                full[key.rpartition(INTERPUNCT)[2]].append(group)
        for last, candidates in full.items():
            best = max(candidates, key=lambda group: group.articles)
            alone = groups.get(last)
            if alone and any(INTERPUNCT in key for key in alone.keys):
                continue  # by the aliases it is somebody's already
            # A rare full name beside a last name that everybody knows is another's: 布丽吉特·马克龙.
            needed = max(DOMINANT * sum(group.articles for group in candidates), KNOWN * alone.articles if alone else 0)
            if best.articles >= needed:
                self._full[last] = best.shown
                if alone:
                    self._alone[keyword("person", best.shown)] = alone.values

    def alone(self, full: str) -> tuple[str, ...]:
        """The last names that count for a full name, a keyword, where they stand alone."""
        return self._alone.get(full, ())

    def grouped(self, counts: Iterable[FacetCount]) -> list[Group]:
        """Names that are one, in the order of their first."""
        return _grouped((self._form(value), value, articles) for value, articles in counts)

    def _form(self, name: str) -> str:
        """The form that a name is shown in, but for its script: 唐纳德·川普 is 唐纳德·特朗普 where 川普 is 特朗普."""
        first = self._aliases.first(name)
        given, dot, last = name_key(first).rpartition(INTERPUNCT)
        if not dot:
            return self._full.get(last, first)
        other = self._aliases.first(last)
        is_same = name_key(other) == last or INTERPUNCT in other
        return first if is_same else self._aliases.first(given + INTERPUNCT + other)


def spellings(counts: Iterable[FacetCount]) -> list[Group]:
    """Values that are the same but for script, width and case."""
    return _grouped((value, value, articles) for value, articles in counts)


def _grouped(counts: Iterable[tuple[str, str, int]]) -> list[Group]:
    """Values, given with the form that each is shown in and its number, by their folded forms."""
    groups: dict[str, Group] = {}
    for form, value, articles in counts:
        key = name_key(form)
        shown, values, keys, before = groups.get(key, (form, (), frozenset[str](), 0))
        groups[key] = Group(shown, (*values, value), keys | {name_key(value)}, before + articles)
    return list(groups.values())
