"""The most frequent words of an index, merged from its segments."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import TypeAlias

from ..top_terms import MAX_ARTICLES_FOR_EXACT_COUNTS, TopTerms
from .segment_reader import SegmentReader

_WORDS_PER_STEP = 1 << 14  # of a segment
_WordCount: TypeAlias = tuple[bytes, int]
_WordCounts: TypeAlias = Iterator[list[_WordCount]]  # sorted by word, some at a time


def top_words(segments: Sequence[SegmentReader]) -> list[tuple[str, int]]:
    """Return the result of `Reader.vocabulary`.

    Words that are too rare in a segment are skipped there. So if the index has more words than `MAX_VOCABULARY`, a
    word's count omits segments in which it is very rare.
    """
    top_terms: TopTerms[bytes] = TopTerms()
    exact = sum(segment.size for segment in segments) <= MAX_ARTICLES_FOR_EXACT_COUNTS

    def min_articles() -> int:
        # A word in at least `min_count` articles is in at least this many of one segment.
        return math.ceil(top_terms.min_count / len(segments))

    for counts in _add_up([segment.word_counts(min_articles, exact=exact) for segment in segments]):
        top_terms.add(counts)
    return [(word.decode("utf-8", "surrogatepass"), articles) for word, articles in top_terms.top()]


def _add_up(sources: Sequence[_WordCounts]) -> _WordCounts:
    """Yield the words of all sources, with the sums of their counts."""
    cursors = [(chain.from_iterable(source), list[_WordCount]()) for source in sources]
    while active := [
        (source, pending) for source, rest in cursors if (pending := rest or list(islice(source, _WORDS_PER_STEP)))
    ]:
        if len(active) == 1:
            ((source, pending),) = active
            cursors = [(source, [])]
            yield pending
            continue
        # Every source has been read up to this word. Later words may have more counts to come.
        last_complete = min(pending[-1][0] for _, pending in active)
        counts: dict[bytes, int] = {}
        cursors = []
        for source, pending in active:
            split = bisect_right(pending, last_complete, key=itemgetter(0))
            for word, articles in pending[:split]:
                counts[word] = counts.get(word, 0) + articles
            cursors.append((source, pending[split:]))
        yield sorted(counts.items())
