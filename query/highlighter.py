"""Highlighter: finds the matches of a query in a text.

Matching works on folded text without gaps. Ranges are mapped to the text as written, so a match includes its gaps.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from ..analysis import (
    HAN,
    TITLE_END,
    Analyzer,
    Article,
    EntityMention,
    JoinedText,
    entity_tokens,
    find_gaps,
    fold,
    remove_gaps,
)
from ..engines import TextField
from .match_level import MatchLevel
from .query_part import QueryPart
from .results import Range

MAX_OCCURRENCES = 200  # of one string in one text; later ones are not highlighted
# A sentence ends with 。！？； or … or with its line; closing quotation marks and brackets belong to it.
SENTENCE = re.compile(r"(?:[^。！？；!?;…\n.]+|\.(?!\s))+(?:[。！？；!?;….]+[”’」』\"'）)》]*)?")
# No word extends across these characters, except words of the user's dictionary.
_CLAUSE_BREAK = re.compile(rf"[、:;?!\"()]|(?<=[{HAN}]),")
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万亿]")


class TextMatch(NamedTuple):
    """An occurrence of `term`, a string or word of the query, with its range in the text as written."""

    start: int
    end: int
    term: str


class MentionsByField:
    """The entity mentions that an article was indexed with, with offsets in its title or in its body.

    Few articles need those of the body, which are computed at their first use.
    """

    def __init__(self, article: Article, mentions: Sequence[EntityMention]) -> None:
        self._title_end = len(article.title)
        self._mentions = mentions

    def in_title(self) -> list[EntityMention]:
        """Return the mentions in the title."""
        return [mention for mention in self._mentions if mention.end <= self._title_end]

    @cached_property
    def _in_body(self) -> list[EntityMention]:
        offset = self._title_end + len(TITLE_END)
        return [
            EntityMention(text, kind, start - offset, end - offset)
            for text, kind, start, end in self._mentions
            if start >= offset
        ]

    def in_body(self) -> list[EntityMention]:
        """Return the mentions in the body."""
        return self._in_body


class Highlighter:
    """Finds the matches of a query that was answered at `level`.

    Strings match anywhere in a text, words only where the segmenter cuts them.
    """

    def __init__(self, parts: Iterable[QueryPart], level: MatchLevel, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._parts = list(parts)
        self._level = level

    @cached_property
    def _title_terms(self) -> tuple[list[str], set[str]]:
        return self._terms("title")

    @cached_property
    def _body_terms(self) -> tuple[list[str], set[str]]:
        return self._terms("body")

    def _terms(self, field: TextField) -> tuple[list[str], set[str]]:
        """Return the strings and the words to highlight in one field."""
        all_strings: dict[str, None] = {}
        all_words: set[str] = set()
        for part in self._parts:
            if part.field in ("text", field):
                strings, words = part.highlight_terms(self._level)
                all_strings.update(dict.fromkeys(strings))
                all_words.update(words)
        return list(all_strings), all_words

    def title_matches(self, title: str, mentions: MentionsByField) -> list[TextMatch]:
        """Return all matches in a title, in order. Matches of the same string do not overlap."""
        folded = fold(title)
        word_matches = self._word_matches(folded, 0, len(folded), self._title_terms[1], mentions.in_title)
        return sorted([*self._string_matches(folded, "title", *self._title_terms), *word_matches])

    def body_matches(self, body: str, mentions: MentionsByField) -> list[TextMatch]:
        """Return all matches in a body, in order; words are searched sentence by sentence, as for snippets."""
        folded = fold(body)
        words = (self.word_matches(folded, *sentence.span(), mentions) for sentence in SENTENCE.finditer(body))
        return sorted([*self.string_matches(folded), *chain.from_iterable(words)])

    def string_matches(self, folded_body: str) -> list[TextMatch]:
        """Return the matches of strings in a folded body, in order; words with a gap inside are matched as strings."""
        return sorted(self._string_matches(folded_body, "body", *self._body_terms))

    def word_matches(self, folded_body: str, start: int, end: int, mentions: MentionsByField) -> list[TextMatch]:
        """Return the matches of words in the sentence of a folded body from `start` to `end`."""
        return list(self._word_matches(folded_body, start, end, self._body_terms[1], mentions.in_body))

    def possible_words(self, folded_sentence: str) -> set[str]:
        """Return the words that a folded sentence may have. Only segmenting it shows whether it has them."""
        return _possible_words(folded_sentence, self._body_terms[1])

    def _string_matches(
        self, folded: str, field: TextField, strings: Iterable[str], words: Iterable[str]
    ) -> Iterator[TextMatch]:
        joined = JoinedText(folded, find_gaps(folded))
        for string in strings:
            for start in _occurrences(joined.text, string):
                yield _match(joined, start, string)
        for part in self._parts:
            if part.field in ("text", field) and part.string not in joined.text:
                for letter in part.letters:
                    yield from (TextMatch(start, start + 1, letter) for start in _occurrences(folded, letter))
        for word in words if len(joined.text) < len(folded) else ():
            for start in _occurrences(joined.text, word):
                if joined.has_gap_within(start, start + len(word)):  # no sentence has the word
                    yield _match(joined, start, word)

    def _word_matches(
        self, folded: str, start: int, end: int, words: set[str], mentions: Callable[[], list[EntityMention]]
    ) -> Iterator[TextMatch]:
        """Yield the matches of words between two positions of a folded text."""
        text = folded[start:end]
        possible = _possible_words(text, words)
        if not possible:
            return
        missing = set(possible)
        for clause_start, clause_end in _clauses_with(text, possible):
            offset = start + clause_start
            for token in self._analyzer.tokenize(text[clause_start:clause_end]):
                if token.term in words:
                    missing.discard(token.term)
                    yield TextMatch(offset + token.start, offset + token.end, token.term)
        if missing:  # they may be names that the segmenter cuts
            inside = (mention for mention in mentions() if start <= mention.start and mention.end <= end)
            for token in entity_tokens(inside):
                if token.term in missing:
                    yield TextMatch(token.start, token.end, token.term)


def _possible_words(folded: str, words: set[str]) -> set[str]:
    """Return those of the words that a text may have. Dates and numbers may have another spelling there."""
    if not words:
        return words
    folded = remove_gaps(folded)
    without_joints = folded.replace("·", "").replace("-", "")
    if without_joints != folded:
        folded += "\n" + without_joints
    has_numeral = _NUMERAL.search(folded) is not None
    return {word for word in words if word in folded or (has_numeral and (word[0] == "=" or word[0].isdecimal()))}


def _clauses_with(folded: str, words: set[str]) -> Iterator[Range]:
    """Yield the clauses of a sentence that may have one of the words: segmenting costs more than all else."""
    if any(map(_CLAUSE_BREAK.search, words)):
        yield 0, len(folded)
        return
    start = 0
    for end in (*(match.end() for match in _CLAUSE_BREAK.finditer(folded)), len(folded)):
        if _possible_words(folded[start:end], words):
            yield start, end
        start = end


def _match(joined: JoinedText, start: int, term: str) -> TextMatch:
    start, end = joined.original(start, start + len(term))
    return TextMatch(start, end, term)


def _occurrences(folded: str, string: str) -> Iterator[int]:
    """Yield the offsets of the first occurrences of a string, which do not overlap."""
    start = folded.find(string)
    for _ in range(MAX_OCCURRENCES):
        if start < 0:
            return
        yield start
        start = folded.find(string, start + len(string))


def merge_ranges(matches: Iterable[TextMatch], low: int, high: int) -> tuple[Range, ...]:
    """Return the ranges of sorted `matches` within [low, high), relative to `low`; overlapping ranges are merged."""
    ranges: list[Range] = []
    for start, end, _ in matches:
        if low <= start and end <= high:
            if ranges and start - low < ranges[-1][1]:
                ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end - low))
            else:
                ranges.append((start - low, end - low))
    return tuple(ranges)
