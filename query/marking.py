"""Finds what a query matches in a text.

Matching works on folded text; since folding keeps every offset, ranges hold for the text as written.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..analysis import Analyzer, fold, name_words
from .need import Need
from .results import Range

MOST_MATCHES = 200  # of one string in one text; later ones are not marked
# A sentence ends at 。！？； or … or with the line; closing quotes and brackets still belong to it.
SENTENCE = re.compile(r"(?:[^。！？；!?;…\n.]|\.(?!\s))+(?:[。！？；!?;….]+[”’」』\"'）)》]*)?")


class Match(NamedTuple):
    """`what`, a string or word of the query, stands from `start` to `end`."""

    start: int
    end: int
    what: str


class Marker:
    """Marks the matches of a query that was answered at `level`: strings anywhere, dictionary words where the segmenter
    cuts them."""

    def __init__(self, needs: Iterable[Need], level: int, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._strings: dict[str, None] = {}
        self._words: set[str] = set()
        for need in needs:
            strings, words = need.marked(level)
            self._strings.update(dict.fromkeys(strings))
            self._words.update(words)

    def matches(self, text: str) -> list[Match]:
        """All matches in order. Those of one string do not overlap each other."""
        folded = fold(text)
        found = [match for string in self._strings for match in _occurrences(folded, string)]
        if self._may_have_words(folded):
            for sentence in SENTENCE.finditer(folded):
                if self._may_have_words(sentence.group()):
                    found += self._word_matches(sentence.group(), sentence.start())
        return sorted(found)

    def _may_have_words(self, folded: str) -> bool:
        """Saves the segmenter most sentences. Dates and numbers are words that stand in the text otherwise spelled."""
        undotted = folded.replace("·", "").replace("-", "")
        return any(word in undotted or word[0] == "=" or word[0].isdecimal() for word in self._words)

    def _word_matches(self, sentence: str, offset: int) -> Iterator[Match]:
        for word in (*self._analyzer.words(sentence), *name_words(self._analyzer.names(sentence))):
            if word.term in self._words:
                yield Match(offset + word.start, offset + word.end, word.term)


def _occurrences(folded: str, string: str) -> Iterator[Match]:
    at = folded.find(string)
    for _ in range(MOST_MATCHES):
        if at < 0:
            return
        yield Match(at, at + len(string), string)
        at = folded.find(string, at + len(string))


def merged(matches: Iterable[Match], low: int, high: int) -> tuple[Range, ...]:
    """The ranges of `matches` that lie within [low, high), relative to `low`; overlapping ones become one."""
    ranges: list[Range] = []
    for start, end, _ in matches:
        if low <= start and end <= high:
            if ranges and start - low < ranges[-1][1]:
                ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end - low))
            else:
                ranges.append((start - low, end - low))
    return tuple(ranges)
