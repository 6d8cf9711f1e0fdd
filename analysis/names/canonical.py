"""The normal form of names: one for the ways in which an article, or many, write the same name."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ..text.fold import fold
from .finder import EntityMention

INTERPUNCT = "·"  # joins the parts of a name in its normal form
_FORMS_KEPT = 1 << 16  # names come again and again
_BEFORE = 1  # mentions of a last name alone that may come before the full name
_JOINT = re.compile(r"(?<=[^\x00-\x7f])[·-](?=[^\x00-\x7f])")  # of a folded name; Latin letters keep their hyphens


@lru_cache(_FORMS_KEPT)
def with_interpuncts(name: str) -> str:
    """`name`, with one dot for all that may join its parts: 安东尼·布林肯 for 安东尼-布林肯."""
    joints = {joint.start() for joint in _JOINT.finditer(fold(name))}
    return "".join(INTERPUNCT if at in joints else character for at, character in enumerate(name)) if joints else name


@lru_cache(_FORMS_KEPT)
def name_key(name: str) -> str:
    """What names are compared by: the same for all ways to write one, scripts and dots aside."""
    return fold(with_interpuncts(name))


def canonical_names(names: Sequence[EntityMention]) -> list[str]:
    """The normal form of each of the names of an article, which come in order: with dots, as it is mostly written
    there. A person's last name alone stands for the full name, where the article has one such full name and no other,
    and had the last name alone once at the most, as in a headline, before it: 拜登 is not 亨特·拜登, of whom an article
    on him tells later.

    >>> from .finder import extract_entities
    >>> canonical_names(extract_entities("国务卿安东尼-布林肯抵达北京。布林肯说"))
    ['安东尼·布林肯', '北京', '安东尼·布林肯']
    """
    keys = [name_key(name.text) for name in names]
    spellings = Counter(zip(keys, (with_interpuncts(name.text) for name in names), strict=True))
    shown = {key: spelling for (key, spelling), _ in reversed(spellings.most_common())}
    persons = [key for name, key in zip(names, keys, strict=True) if name.kind == "person"]
    whole = {last: shown[key] for last, key in _full_names(persons).items()}
    return [
        whole.get(key, shown[key]) if name.kind == "person" else shown[key]
        for name, key in zip(names, keys, strict=True)
    ]


def _full_names(persons: Sequence[str]) -> dict[str, str]:
    """Last names with the full names for which they stand; `persons` are the keys of mentions in order."""
    full: dict[str, str] = {}
    seen: Counter[str] = Counter()
    others: set[str] = set()  # last names that may be those of several persons
    for key in persons:
        if INTERPUNCT in key:
            last = key.rpartition(INTERPUNCT)[2]
            if full.setdefault(last, key) != key or (key not in seen and seen[last] > _BEFORE):
                others.add(last)
        seen[key] += 1
    return {last: key for last, key in full.items() if last not in others}
