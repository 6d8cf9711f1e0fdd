"""Name groups: different spellings of one name, to be counted as one.

Within an article the analysis already gives names a canonical form. This module works across articles, when values are
counted. Spellings that differ in script or interpunct are one value. Aliases count as the first name of their group. A
last name alone, in an article that never has the full name, counts as the full name that the index clearly has for it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ..analysis import INTERPUNCT, name_key
from ..engines import FacetCount, keyword
from .aliases import Aliases

# A last name alone counts as a full name if both hold. Of all articles with any full name that ends in the last name,
# this share has that full name:
MIN_DOMINANT_SHARE = 0.8
# The articles with that full name are at least this share of the articles with the last name alone:
MIN_FULL_NAME_SHARE = 0.1


class NameGroup(NamedTuple):
    """Values that are one, shown as `label`.

    `articles` counts the articles that have any of the values. It is too high where articles have several of them,
    which only groups of several `keys` allow.
    """

    label: str
    values: tuple[str, ...]
    keys: frozenset[str]
    articles: int


class KnownNames:
    """The names of an index. `persons` are those of most articles, with their article counts."""

    def __init__(self, persons: Iterable[FacetCount], aliases: Aliases) -> None:
        self._aliases = aliases
        self._full_names: dict[str, str] = {}  # key of a last name → full name
        self._bare_last_names: dict[str, tuple[str, ...]] = {}  # keyword of a full name → last names
        groups = {name_key(group.label): group for group in self.group(persons)}
        by_last_name: dict[str, list[NameGroup]] = defaultdict(list)
        for key, group in groups.items():
            if INTERPUNCT in key:
                by_last_name[key.rpartition(INTERPUNCT)[2]].append(group)
        for last_name, full_names in by_last_name.items():
            best = max(full_names, key=lambda group: group.articles)
            bare = groups.get(last_name)
            if bare and any(INTERPUNCT in key for key in bare.keys):
                continue  # an alias already gives the last name to somebody
            # A rare full name whose last name alone is very frequent is somebody else's: 布丽吉特·马克龙.
            required = max(
                MIN_DOMINANT_SHARE * sum(group.articles for group in full_names),
                MIN_FULL_NAME_SHARE * bare.articles if bare else 0,
            )
            if best.articles >= required:
                self._full_names[last_name] = best.label
                if bare:
                    self._bare_last_names[keyword("person", best.label)] = bare.values

    def bare_last_names(self, full_name: str) -> tuple[str, ...]:
        """Return the last names that, standing alone, count as a full name, which is given as a keyword."""
        return self._bare_last_names.get(full_name, ())

    def group(self, counts: Iterable[FacetCount]) -> list[NameGroup]:
        """Return groups of names that are one, in the order of their first names."""
        return _group((self._label(value), value, articles) for value, articles in counts)

    def _label(self, name: str) -> str:
        """Return the form that a name is shown in, except for its script.

        唐纳德·川普 is shown as 唐纳德·特朗普 if 川普 is an alias of 特朗普.
        """
        first = self._aliases.first(name)
        given_names, interpunct, last_name = name_key(first).rpartition(INTERPUNCT)
        if not interpunct:
            return self._full_names.get(last_name, first)
        alias = self._aliases.first(last_name)
        is_unchanged = name_key(alias) == last_name or INTERPUNCT in alias
        return first if is_unchanged else self._aliases.first(given_names + INTERPUNCT + alias)


def group_spellings(counts: Iterable[FacetCount]) -> list[NameGroup]:
    """Return groups of values that differ only in script, width or case."""
    return _group((value, value, articles) for value, articles in counts)


def _group(counts: Iterable[tuple[str, str, int]]) -> list[NameGroup]:
    """Group triples of label, value and article count by the key of the label."""
    groups: dict[str, NameGroup] = {}
    for label, value, articles in counts:
        key = name_key(label)
        first_label, values, keys, total = groups.get(key, (label, (), frozenset[str](), 0))
        groups[key] = NameGroup(first_label, (*values, value), keys | {name_key(value)}, total + articles)
    return list(groups.values())
