"""Chooses the words of an index that most articles have, in one pass that holds no more than it needs."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, TypeVar

MOST_WORDS = 300_000  # 20,000 articles have 244,000
# Articles of a local index. In a larger one, words are counted with the articles that were deleted.
RECOUNTED = 50_000

_Word = TypeVar("_Word", str, bytes)


class MostFrequent(Generic[_Word]):
    """Takes words with the number of articles that have them, a bounded number at a time, those of equal number in
    order. What has fewer than `least` articles will not be chosen and may be left out; `least` rises."""

    def __init__(self) -> None:
        self.least = 1
        self._most = MOST_WORDS
        self._held: list[tuple[_Word, int]] = []

    def add(self, words: Iterable[tuple[_Word, int]]) -> None:
        self._held += words
        if len(self._held) > self._most * 3 // 2:
            self._choose()

    def chosen(self) -> list[tuple[_Word, int]]:
        """The most frequent first, of equals in order of the words."""
        self._choose()
        return self._held

    def _choose(self) -> None:
        self._held.sort(key=itemgetter(1), reverse=True)
        if len(self._held) >= self._most:
            del self._held[self._most :]
            self.least = self._held[-1][1]
