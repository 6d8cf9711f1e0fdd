"""Vocabulary of an index: words with their article counts, for completions, pinyin, wildcards and corrections."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import NamedTuple

from ..analysis import HAN
from ..analysis.text import pinyin

MAX_WORD_LENGTH = 12  # characters
_HAN_WORD = re.compile(f"[{HAN}]+")


class VocabularyEntry(NamedTuple):
    """A word and the number of articles that have it."""

    word: str
    articles: int


class Vocabulary:
    """The words of two and more characters among `word_counts`, which come most frequent first.

    The words are kept as one text, a word a line, so that one regular expression searches all of them.
    """

    def __init__(self, word_counts: Iterable[tuple[str, int]]) -> None:
        entries = [
            VocabularyEntry(word, articles)
            for word, articles in word_counts
            if 2 <= len(word) <= MAX_WORD_LENGTH and word[0] != "="
        ]
        self._entries = entries
        self._text = "\n" + "".join(f"{entry.word}\n" for entry in entries)
        self._starts = list(accumulate((len(entry.word) + 1 for entry in entries), initial=1))
        self._article_counts = dict(entries)

    def article_count(self, word: str) -> int:
        """Return the number of articles that have `word`."""
        return self._article_counts.get(word, 0)

    def match_pattern(self, pattern: str, limit: int) -> list[VocabularyEntry]:
        """Return the most frequent words that match a regular expression as a whole."""
        matches = re.finditer(f"(?<=\\n)(?:{pattern})(?=\\n)", self._text)
        return [self._entries[bisect_right(self._starts, match.start()) - 1] for match in islice(matches, limit)]

    def with_prefix(self, prefix: str, limit: int) -> list[VocabularyEntry]:
        """Return the most frequent words that begin with `prefix` and are longer."""
        return self.match_pattern(f"{re.escape(prefix)}[^\\n]+", limit)

    def with_pinyin(self, letters: str, limit: int) -> list[VocabularyEntry]:
        """Return the most frequent Han words that `letters` spell in full pinyin."""
        patterns = pinyin.patterns(letters)
        return self.match_pattern("|".join(patterns), limit) if patterns else []

    def complete(self, typed: str, limit: int) -> list[VocabularyEntry]:
        """Return the most frequent completions of `typed`.

        It may be the beginning of a word, of its pinyin, or of the initials of its syllables.
        """
        entries = self.with_prefix(typed, limit)
        beginnings = (pinyin.prefix_pattern(typed), pinyin.initials_pattern(typed))
        for pattern in (*pinyin.patterns(typed, open_end=True), *beginnings):
            if pattern:
                entries += self.match_pattern(f"(?:{pattern})[^\\na-z]*", limit)
        return sorted(dict.fromkeys(entries), key=lambda entry: -entry.articles)[:limit]

    def find_similar(self, string: str, limit: int) -> list[VocabularyEntry]:
        """Return words that `string` may be a misspelling of.

        They sound the same, or differ in one character that is changed, missing, added or swapped with the next. Words
        of the same sound come first, then the more frequent ones.
        """
        if not 2 <= len(string) <= MAX_WORD_LENGTH:
            return []
        is_han = _HAN_WORD.fullmatch(string)
        homophones = self.match_pattern(pinyin.homophone_pattern(string), limit) if is_han else []
        neighbors = self.match_pattern("|".join(_neighbor_patterns(string)), limit) if len(string) > 2 else []
        return [entry for entry in dict.fromkeys([*homophones, *neighbors]) if entry.word != string][:limit]


def _neighbor_patterns(string: str) -> Iterator[str]:
    """Yield regular expressions for the strings at an edit distance of 1; swapped neighbors count as one edit."""
    length = len(string)
    escaped = [re.escape(character) for character in string]
    for index in range(length):
        before, character, after = "".join(escaped[:index]), escaped[index], "".join(escaped[index + 1 :])
        yield f"{before}[^\\n]{after}"
        yield f"{before}[^\\n]{character}{after}"
        if length > 3:
            yield before + after
        if index + 1 < length:
            yield before + escaped[index + 1] + character + "".join(escaped[index + 2 :])
