"""Finds what a query matches in a text.

Matching works on folded text; since folding keeps every offset, ranges hold for the text as written.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from ..analysis import Analyzer, fold, name_words
from ..engines import TextField
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
    """Marks what a query, answered at `level`, matches in titles and in bodies: strings anywhere, words where the
    segmenter cuts them."""

    def __init__(self, needs: Iterable[Need], level: int, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._needs = list(needs)
        self._level = level

    @cached_property
    def _in_title(self) -> tuple[list[str], set[str]]:
        return self._marked("title")

    @cached_property
    def _in_body(self) -> tuple[list[str], set[str]]:
        return self._marked("body")

    def _marked(self, field: TextField) -> tuple[list[str], set[str]]:
        """The strings and words to mark in one field."""
        all_strings: dict[str, None] = {}
        all_words: set[str] = set()
        for need in self._needs:
            if need.field in ("text", field):
                strings, words = need.marked(self._level)
                all_strings.update(dict.fromkeys(strings))
                all_words.update(words)
        return list(all_strings), all_words

    def in_title(self, title: str) -> list[Match]:
        """All matches in a title, in order. Those of one string do not overlap each other."""
        return self._matches(title, *self._in_title)

    def in_body(self, body: str) -> list[Match]:
        """All matches in a body, likewise."""
        return self._matches(body, *self._in_body)

    def _matches(self, text: str, strings: list[str], words: set[str]) -> list[Match]:
        folded = fold(text)
        found = [match for string in strings for match in _occurrences(folded, string)]
        if words and _may_have(folded, words):
            for sentence in SENTENCE.finditer(folded):
                if _may_have(sentence.group(), words):
                    found += self._word_matches(sentence.group(), sentence.start(), words)
        return sorted(found)

    def _word_matches(self, sentence: str, offset: int, words: set[str]) -> Iterator[Match]:
        for word in (*self._analyzer.words(sentence), *name_words(self._analyzer.names(sentence))):
            if word.term in words:
                yield Match(offset + word.start, offset + word.end, word.term)


def _may_have(folded: str, words: set[str]) -> bool:
    """Saves the segmenter most sentences. Dates and numbers are words that stand in the text otherwise spelled."""
    undotted = folded.replace("·", "").replace("-", "")
    return any(word in undotted or word[0] == "=" or word[0].isdecimal() for word in words)


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
