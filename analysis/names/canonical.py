"""Canonical names: one form for all spellings of a name in an article, or in many articles."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ..text.fold import fold
from .finder import EntityMention

INTERPUNCT = "·"  # joins the parts of a name in its canonical form
_NAME_CACHE_SIZE = 1 << 16  # names; the same ones recur throughout an archive
_MAX_EARLIER_MENTIONS = 1  # of a last name alone, before the full name
_JOINT = re.compile(r"(?<=[^\x00-\x7f])[·-](?=[^\x00-\x7f])")  # of a folded name; Latin letters keep their hyphens


@lru_cache(_NAME_CACHE_SIZE)
def with_interpuncts(name: str) -> str:
    """Return `name` with every joint of its parts written as an interpunct: 安东尼·布林肯 for 安东尼-布林肯."""
    joints = {joint.start() for joint in _JOINT.finditer(fold(name))}
    if not joints:
        return name
    return "".join(INTERPUNCT if offset in joints else character for offset, character in enumerate(name))


@lru_cache(_NAME_CACHE_SIZE)
def name_key(name: str) -> str:
    """Return the comparison key of a name: equal for all scripts and joints that it may be written with."""
    return fold(with_interpuncts(name))


def canonical_names(names: Sequence[EntityMention]) -> list[str]:
    """Return the canonical form of each of the names of one article, which are given in order.

    The canonical form has interpuncts and is the article's most frequent spelling. A person's last name alone stands
    for the full name if the article has exactly one such full name, and if the last name alone occurs at most once
    before it, as in a headline. In an article that mentions 拜登 several times before 亨特·拜登, 拜登 is somebody else.

    >>> from .finder import extract_entities
    >>> canonical_names(extract_entities("国务卿安东尼-布林肯抵达北京。布林肯说"))
    ['安东尼·布林肯', '北京', '安东尼·布林肯']
    """
    keys = [name_key(name.text) for name in names]
    spellings = Counter(zip(keys, (with_interpuncts(name.text) for name in names), strict=True))
    spelling_by_key = {key: spelling for (key, spelling), _ in reversed(spellings.most_common())}
    person_keys = [key for name, key in zip(names, keys, strict=True) if name.kind == "person"]
    full_names = {last: spelling_by_key[key] for last, key in _full_name_keys(person_keys).items()}
    return [
        full_names.get(key, spelling_by_key[key]) if name.kind == "person" else spelling_by_key[key]
        for name, key in zip(names, keys, strict=True)
    ]


def _full_name_keys(person_keys: Sequence[str]) -> dict[str, str]:
    """Return a map from last names to the full names that they stand for.

    `person_keys` are the keys of all mentions of persons, in order.
    """
    full_names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    ambiguous: set[str] = set()  # last names that may belong to several persons
    for key in person_keys:
        if INTERPUNCT in key:
            last = key.rpartition(INTERPUNCT)[2]
            is_first_mention = key not in counts
            if full_names.setdefault(last, key) != key or (is_first_mention and counts[last] > _MAX_EARLIER_MENTIONS):
                ambiguous.add(last)
        counts[key] += 1
    return {last: key for last, key in full_names.items() if last not in ambiguous}
