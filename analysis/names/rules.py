"""Names found by rules: one pass over what the words of a text can be (see `name_words`) joins words to names.

On their own they find seven names of ten; the name model learns when to believe them.
"""

from typing import Literal, NamedTuple

from .word_roles import Can

EntityKind = Literal["person", "place", "organisation"]


class Span(NamedTuple):
    """A name and where it stands, in characters."""

    start: int
    end: int
    kind: EntityKind


_LONGEST_ORGANISATION = 8  # words


# Each of these gives the word after the longest name of its kind that begins at word `first`, or `first` for none.
# `bits` ends in empty words, so that looking ahead never runs off it.


def _end_of_foreign(bits: list[int], first: int) -> int:
    last, strong, dots = first, False, 0
    if bits[first] & Can.ECHO and bits[first] & Can.SURNAME and bits[first + 1] & Can.FOREIGN:
        last += 1
    while True:
        if bits[last] & Can.SOUND or (bits[last] & Can.ECHO and strong):
            strong = strong or bool(bits[last] & Can.FOREIGN)
            last += 1
        elif last > first and bits[last] & Can.DOT and bits[last + 1] & (Can.SOUND | Can.PERSON):
            strong = strong or bool(bits[last + 1] & (Can.FOREIGN | Can.PERSON))
            dots += 1
            last += 2
        else:
            return last if strong or last - first - dots > 3 else first


def _end_of_chinese(bits: list[int], first: int) -> int:
    here, second, third = bits[first : first + 3]
    after_title = first > 0 and bits[first - 1] & Can.TITLE
    if here & Can.PERSON or (here & Can.MAYBE and (second & Can.EVIDENCE or after_title)):
        return first + 1
    if here & Can.SURNAME:
        if second & Can.PAIR:
            return first + 2
        if second & Can.GIVEN:
            if third & Can.GIVEN:
                return first + 3
            if third & Can.EVIDENCE or after_title:
                return first + 2
    return first


def _end_of_organisation(bits: list[int], first: int) -> int:
    end = first + 1 if bits[first] & Can.ORG else first
    if bits[first] & Can.OPENS:
        for last in range(first + 1, first + _LONGEST_ORGANISATION):
            if bits[last] & Can.ORG_END:
                end = last + 1
            elif not bits[last] & Can.NOUN:
                break
    if end == first + 2 and bits[first] & Can.COUNTRY and bits[first + 1] & Can.COMMON:
        return first
    return end


def _end_of_place(bits: list[int], first: int) -> int:
    if bits[first] & (Can.PLACE | Can.FOREIGN | Can.OPENS | Can.PERSON) and bits[first + 1] & Can.PLACE_END:
        return first + 2
    return first + 1 if bits[first] & Can.PLACE else first


def ruled(bits: list[int], starts: list[int]) -> list[Span]:
    """The names in a text whose words have these bits and start at these characters; `starts` ends with the text's."""
    can_start = [word for word, can in enumerate(bits) if can & Can.STARTS]
    bits = [*bits, *[0] * _LONGEST_ORGANISATION]
    found: list[Span] = []
    end = 0
    for word in can_start:
        if word < end:
            continue
        kind: EntityKind = "organisation"
        end = _end_of_organisation(bits, word)
        if (place := _end_of_place(bits, word)) > end:
            end, kind = place, "place"
        if (person := max(_end_of_chinese(bits, word), _end_of_foreign(bits, word))) > end:
            end, kind = person, "person"
        if end > word:
            found.append(Span(starts[word], starts[end], kind))
    return found
