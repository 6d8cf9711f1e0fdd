"""Rule-based names: one pass over the roles of a text's words (see `word_roles`) joins words to names.

On their own the rules find seven of ten names; the model, which sees their names as features, learns when to trust
them.
"""

from typing import Literal, NamedTuple

from .word_roles import Role

EntityKind = Literal["person", "place", "organisation"]


class Span(NamedTuple):
    """The range and the kind of a name; offsets in characters."""

    start: int
    end: int
    kind: EntityKind


_MAX_ORGANISATION_WORDS = 8


# Each of these functions returns the index after the last word of the longest name of its kind that begins at word
# `first`, or `first` if there is none. `roles` ends in padding, so that looking ahead never runs off its end.


def _end_of_transliteration(roles: list[int], first: int) -> int:
    last, is_certain, joints = first, False, 0
    if roles[first] & Role.RARE_SYLLABLE and roles[first] & Role.SURNAME and roles[first + 1] & Role.TRANSLITERATION:
        last += 1
    while True:
        if roles[last] & Role.SYLLABLE or (roles[last] & Role.RARE_SYLLABLE and is_certain):
            is_certain = is_certain or bool(roles[last] & Role.TRANSLITERATION)
            last += 1
        elif last > first and roles[last] & Role.JOINT and roles[last + 1] & (Role.SYLLABLE | Role.PERSON):
            is_certain = is_certain or bool(roles[last + 1] & (Role.TRANSLITERATION | Role.PERSON))
            joints += 1
            last += 2
        else:
            return last if is_certain or last - first - joints > 3 else first


def _end_of_chinese_name(roles: list[int], first: int) -> int:
    current, second, third = roles[first : first + 3]
    after_title = first > 0 and roles[first - 1] & Role.TITLE
    if current & Role.PERSON or (current & Role.MAYBE_PERSON and (second & Role.PERSON_EVIDENCE or after_title)):
        return first + 1
    if current & Role.SURNAME:
        if second & Role.GIVEN_NAME:
            return first + 2
        if second & Role.GIVEN_CHARACTER:
            if third & Role.GIVEN_CHARACTER:
                return first + 3
            if third & Role.PERSON_EVIDENCE or after_title:
                return first + 2
    return first


def _end_of_organisation(roles: list[int], first: int) -> int:
    end = first + 1 if roles[first] & Role.ORGANISATION else first
    if roles[first] & Role.ORGANISATION_START:
        for last in range(first + 1, first + _MAX_ORGANISATION_WORDS):
            if roles[last] & Role.ORGANISATION_SUFFIX:
                end = last + 1
            elif not roles[last] & Role.NOUN:
                break
    if end == first + 2 and roles[first] & Role.COUNTRY and roles[first + 1] & Role.COMMON_SUFFIX:
        return first
    return end


def _end_of_place(roles: list[int], first: int) -> int:
    if roles[first] & Role.BEFORE_PLACE_SUFFIX and roles[first + 1] & Role.PLACE_SUFFIX:
        return first + 2
    return first + 1 if roles[first] & Role.PLACE else first


def find_by_rules(roles: list[int], starts: list[int]) -> list[Span]:
    """Return the names in a text, given the roles and the start offsets of its words.

    `starts` has one more entry, the length of the text.
    """
    name_starts = [word for word, word_roles in enumerate(roles) if word_roles & Role.NAME_START]
    roles = [*roles, *[0] * _MAX_ORGANISATION_WORDS]
    spans: list[Span] = []
    end = 0
    for word in name_starts:
        if word < end:
            continue
        kind: EntityKind = "organisation"
        end = _end_of_organisation(roles, word)
        if (place_end := _end_of_place(roles, word)) > end:
            end, kind = place_end, "place"
        if (person_end := max(_end_of_chinese_name(roles, word), _end_of_transliteration(roles, word))) > end:
            end, kind = person_end, "person"
        if end > word:
            spans.append(Span(starts[word], starts[end], kind))
    return spans
