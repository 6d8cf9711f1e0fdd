"""Named entities: the people, places and organisations that a text mentions."""

from .canonical import INTERPUNCT, canonical_names, name_key, with_interpuncts
from .finder import EntityMention, extract_entities
from .rules import EntityKind

__all__ = [
    "INTERPUNCT",
    "EntityKind",
    "EntityMention",
    "canonical_names",
    "extract_entities",
    "name_key",
    "with_interpuncts",
]
