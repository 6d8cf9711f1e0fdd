"""The words of an index, by how many articles have them: what suggestions, pinyin and corrections choose from."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import NamedTuple

from ..analysis import HAN
from ..analysis.text import pinyin

LONGEST_WORD = 12  # characters
_HAN_WORD = re.compile(f"[{HAN}]+")


class Entry(NamedTuple):
    """A word, and how many articles have it."""

    word: str
    articles: int


class Lexicon:
    """Words of two characters and more, most frequent first, as `vocabulary` has them.

    They are kept as one text, a word a line, so that a pattern is tried on all of them by one regular expression.
    """

    def __init__(self, vocabulary: Iterable[tuple[str, int]]) -> None:
        entries = [
            Entry(word, articles) for word, articles in vocabulary if 2 <= len(word) <= LONGEST_WORD and word[0] != "="
        ]
        self._entries = entries
        self._text = "\n" + "".join(f"{entry.word}\n" for entry in entries)
        self._starts = list(accumulate((len(entry.word) + 1 for entry in entries), initial=1))
        self._articles = dict(entries)

    def articles(self, word: str) -> int:
        """How many articles have `word`."""
        return self._articles.get(word, 0)

    def matching(self, pattern: str, limit: int) -> list[Entry]:
        """The most frequent words that match a regular expression in full."""
        found = re.finditer(f"(?<=\\n)(?:{pattern})(?=\\n)", self._text)
        return [self._entries[bisect_right(self._starts, match.start()) - 1] for match in islice(found, limit)]

    def beginning_with(self, prefix: str, limit: int) -> list[Entry]:
        """The most frequent words that begin with `prefix`, longer than it."""
        return self.matching(f"{re.escape(prefix)}[^\\n]+", limit)

    def spelled(self, letters: str, limit: int) -> list[Entry]:
        """The most frequent Han words that `letters` spell in pinyin, in full."""
        patterns = pinyin.patterns(letters)
        return self.matching("|".join(patterns), limit) if patterns else []

    def completing(self, typed: str, limit: int) -> list[Entry]:
        """The most frequent words that `typed` may be the beginning of: of the word itself, of its pinyin, or the
        first letters of its syllables."""
        found = self.beginning_with(typed, limit)
        beginnings = (pinyin.beginning_pattern(typed), pinyin.initials_pattern(typed))
        for pattern in (*pinyin.patterns(typed, open_end=True), *beginnings):
            if pattern:
                found += self.matching(f"(?:{pattern})[^\\na-z]*", limit)
        return sorted(dict.fromkeys(found), key=lambda entry: -entry.articles)[:limit]

    def resembling(self, string: str, limit: int) -> list[Entry]:
        """Words that `string` may be a slip for: of the same sound, or one character changed, missing, too many, or two
        changed places. Same sound comes first, then the more frequent."""
        if not 2 <= len(string) <= LONGEST_WORD:
            return []
        same_sound = self.matching(pinyin.same_sound_pattern(string), limit) if _HAN_WORD.fullmatch(string) else []
        near = self.matching("|".join(_near_patterns(string)), limit) if len(string) > 2 else []
        found = dict.fromkeys([*same_sound, *near])
        return [entry for entry in found if entry.word != string][:limit]


def _near_patterns(string: str) -> Iterator[str]:
    size = len(string)
    parts = [re.escape(character) for character in string]
    for at in range(size):
        before, here, after = "".join(parts[:at]), parts[at], "".join(parts[at + 1 :])
        yield f"{before}[^\\n]{after}"
        yield f"{before}[^\\n]{here}{after}"
        if size > 3:
            yield before + after
        if at + 1 < size:
            yield before + parts[at + 1] + here + "".join(parts[at + 2 :])
