"""Finds what a query matches in a text.

Matching works on folded text; since folding keeps every offset, ranges hold for the text as written.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from ..analysis import HAN, TITLE_END, Analyzer, Article, EntityMention, entity_tokens, fold
from ..engines import TextField
from .query_part import Need
from .results import Range

MOST_MATCHES = 200  # of one string in one text; later ones are not marked
# A sentence ends at 。！？； or … or with the line; closing quotes and brackets still belong to it.
SENTENCE = re.compile(r"(?:[^。！？；!?;…\n.]+|\.(?!\s))+(?:[。！？；!?;….]+[”’」』\"'）)》]*)?")
# No word reaches across these, but those of the user's own.
_BREAK = re.compile(rf"[、:;?!\"()]|(?<=[{HAN}]),")
_NUMBER = re.compile(r"[\d〇零一二三四五六七八九十百千万亿]")


class Match(NamedTuple):
    """`what`, a string or word of the query, stands from `start` to `end`."""

    start: int
    end: int
    what: str


class FieldNames:
    """The names that an article was indexed with, by where they stand: places are offsets in the title, or in the body.
    Few articles are asked for them."""

    def __init__(self, article: Article, names: Sequence[EntityMention]) -> None:
        self._title_end = len(article.title)
        self._names = names

    def title(self) -> list[EntityMention]:
        """Those in the title."""
        return [name for name in self._names if name.end <= self._title_end]

    @cached_property
    def _in_body(self) -> list[EntityMention]:
        begin = self._title_end + len(TITLE_END)
        return [EntityMention(text, kind, at - begin, to - begin) for text, kind, at, to in self._names if at >= begin]

    def body(self) -> list[EntityMention]:
        """Those in the body."""
        return self._in_body


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

    def in_title(self, title: str, names: FieldNames) -> list[Match]:
        """All matches in a title with these names, in order. Those of one string do not overlap each other."""
        folded = fold(title)
        strings, words = self._in_title
        return sorted(
            [*_all_occurrences(folded, strings), *self._word_matches(folded, 0, len(folded), words, names.title)]
        )

    def strings_in_body(self, folded: str) -> list[Match]:
        """Where the strings stand in a folded body, in order."""
        return sorted(_all_occurrences(folded, self._in_body[0]))

    def words_in_body(self, folded: str, start: int, end: int, names: FieldNames) -> list[Match]:
        """Where the words stand in one sentence of a folded body with these names."""
        return list(self._word_matches(folded, start, end, self._in_body[1], names.body))

    def in_body(self, body: str, names: FieldNames) -> list[Match]:
        """All matches in a body, in order; words are looked for sentence by sentence, as for snippets."""
        folded = fold(body)
        words = (self.words_in_body(folded, *sentence.span(), names) for sentence in SENTENCE.finditer(body))
        return sorted([*self.strings_in_body(folded), *chain.from_iterable(words)])

    def likely_in_body(self, sentence: str) -> set[str]:
        """The words that a folded sentence may have; segmenting it tells whether it has."""
        return _likely(sentence, self._in_body[1])

    def _word_matches(
        self, folded: str, first: int, last: int, words: set[str], names: Callable[[], list[EntityMention]]
    ) -> Iterator[Match]:
        """Where words stand between two places of a folded text with these names."""
        part = folded[first:last]
        likely = _likely(part, words)
        if not likely:
            return
        missing = set(likely)
        for start, end in _clauses(part, likely):
            for word in self._analyzer.words(part[start:end]):
                if word.term in words:
                    missing.discard(word.term)
                    yield Match(first + start + word.start, first + start + word.end, word.term)
        if missing:  # they may be names that jieba cuts
            for word in entity_tokens(name for name in names() if first <= name.start and name.end <= last):
                if word.term in missing:
                    yield Match(word.start, word.end, word.term)


def _likely(folded: str, words: set[str]) -> set[str]:
    """Those of the words that may stand in a text. Dates and numbers are words that may be spelled otherwise there."""
    if not words:
        return words
    undotted = folded.replace("·", "").replace("-", "")
    if undotted != folded:
        folded += "\n" + undotted
    has_number = _NUMBER.search(folded) is not None
    return {word for word in words if word in folded or (has_number and (word[0] == "=" or word[0].isdecimal()))}


def _clauses(folded: str, words: set[str]) -> Iterator[Range]:
    """The pieces of a sentence that may have one of the words: segmenting costs more than all else."""
    if any(map(_BREAK.search, words)):
        yield 0, len(folded)
        return
    start = 0
    for end in (*(found.end() for found in _BREAK.finditer(folded)), len(folded)):
        if _likely(folded[start:end], words):
            yield start, end
        start = end


def _all_occurrences(folded: str, strings: Iterable[str]) -> Iterator[Match]:
    return (match for string in strings for match in _occurrences(folded, string))


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
