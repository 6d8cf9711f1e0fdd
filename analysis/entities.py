"""Named entities: the people, places and organisations a text speaks of, found by rules.

Every word of the segmenter gets a set of bits that say what it can be (see `name_words`); one pass over these bits
joins words to names.
"""

import re
from functools import cache
from itertools import accumulate
from typing import Literal, NamedTuple

from .fold import fold
from .name_words import Can, Pieces, pieces
from .segment import Segmenter

Kind = Literal["person", "place", "organisation"]


class Entity(NamedTuple):
    """One mention: `text` is `original[start:end]`, offsets in characters of the text as it was given."""

    text: str
    kind: Kind
    start: int
    end: int


_LONGEST_ORGANISATION = 8  # words
_WORDS_KEPT = 50_000
_DOTS = "·-"  # what fold() leaves of the dots and hyphens of names
_RUNS = re.compile(rf"([\u3400-\u9fff\u3007]+)|[{_DOTS}]|[^\u3400-\u9fff\u3007{_DOTS}]+")  # Han, a dot, anything else


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


class NameFinder:
    """Finds the names in texts that `segmenter` cuts. It remembers what words can be."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._pieces: dict[str, Pieces] = {}

    def find(self, text: str, folded: str) -> list[Entity]:
        """See `extract`; `folded` is `fold(text)`."""
        bits, starts = self._read(folded)
        can_start = [word for word, can in enumerate(bits) if can & Can.STARTS]
        bits += [0] * _LONGEST_ORGANISATION
        found: list[Entity] = []
        end = 0
        for word in can_start:
            if word < end:
                continue
            kind: Kind = "organisation"
            end = _end_of_organisation(bits, word)
            if (place := _end_of_place(bits, word)) > end:
                end, kind = place, "place"
            if (person := max(_end_of_chinese(bits, word), _end_of_foreign(bits, word))) > end:
                end, kind = person, "person"
            if end > word:
                found.append(Entity(text[starts[word] : starts[end]], kind, starts[word], starts[end]))
        return found

    def _read(self, folded: str) -> tuple[list[int], list[int]]:
        """The bits of every word, and where it starts; `starts` has one more, the end of the text."""
        bits: list[int] = []
        sizes: list[int] = []
        for run in _RUNS.finditer(folded):
            if run[1]:
                for lengths, can in self._words(run[1]):
                    sizes += lengths
                    bits += can
            else:
                sizes.append(run.end() - run.start())
                bits.append(Can.DOT if run[0] in _DOTS else 0)
        return bits, list(accumulate(sizes, initial=0))

    def _words(self, run: str) -> list[Pieces]:
        """What the words of a run can be."""
        known = self._pieces
        words = self._segmenter.cut(run)
        try:
            return [known[word] for word in words]
        except KeyError:
            if len(known) > _WORDS_KEPT:
                known.clear()
            known.update((word, pieces(word, tag)) for word, tag in self._segmenter.tag(run) if word not in known)
            return [known[word] for word in words]


@cache
def _default_finder() -> NameFinder:
    return NameFinder(Segmenter())


def extract(text: str, segmenter: Segmenter | None = None) -> list[Entity]:
    """Every mention of a person, a place or an organisation in `text`, in order, none overlapping another.

    >>> [entity.text for entity in extract("美国国务卿安东尼·布林肯访问北京")]
    ['美国', '安东尼·布林肯', '北京']
    """
    return (NameFinder(segmenter) if segmenter else _default_finder()).find(text, fold(text))
