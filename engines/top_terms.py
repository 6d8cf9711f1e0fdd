"""Selection of the most frequent terms in one pass with bounded memory."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, TypeVar

MAX_VOCABULARY = 300_000  # words; 20,000 articles have 244,000
# Articles of a local index. In a larger one, the counts of words include deleted articles.
MAX_ARTICLES_FOR_EXACT_COUNTS = 50_000

_Word = TypeVar("_Word", str, bytes)


class TopTerms(Generic[_Word]):
    """Collects words with their document frequencies and keeps the `MAX_VOCABULARY` most frequent.

    Words of equal frequency must be added in order. Words in fewer than `min_count` articles will not be kept, so
    callers may leave them out; `min_count` rises.
    """

    def __init__(self) -> None:
        self.min_count = 1
        self._max_size = MAX_VOCABULARY
        self._counts: list[tuple[_Word, int]] = []

    def add(self, counts: Iterable[tuple[_Word, int]]) -> None:
        """Add words, each with the number of articles that have it."""
        self._counts += counts
        if len(self._counts) > self._max_size * 3 // 2:
            self._truncate()

    def top(self) -> list[tuple[_Word, int]]:
        """Return the most frequent words first, words of equal frequency in order."""
        self._truncate()
        return self._counts

    def _truncate(self) -> None:
        self._counts.sort(key=itemgetter(1), reverse=True)
        if len(self._counts) >= self._max_size:
            del self._counts[self._max_size :]
            self.min_count = self._counts[-1][1]
