"""The words that most articles of an index have, those of all its segments together."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter

from ..top_terms import MAX_ARTICLES_FOR_EXACT_COUNTS, TopTerms
from .segment_reader import OpenSegment

_AT_ONCE = 1 << 14  # words of a segment
_Counted = tuple[bytes, int]
_Words = Iterator[list[_Counted]]  # in order, some at a time


def vocabulary(segments: Sequence[OpenSegment]) -> list[tuple[str, int]]:
    """See `base.Reader.vocabulary`. Words that are too rare in a segment are passed over there. So where there are too
    many words, a segment in which next to no article has a word is left out of its number."""
    chosen: TopTerms[bytes] = TopTerms()
    recounted = sum(segment.size for segment in segments) <= MAX_ARTICLES_FOR_EXACT_COUNTS

    def least() -> int:
        return math.ceil(
            chosen.min_count / len(segments)
        )  # who has as many as are asked for has so many in one of them

    for words in _summed([segment.words(least, recounted=recounted) for segment in segments]):
        chosen.add(words)
    return [(word.decode("utf-8", "surrogatepass"), articles) for word, articles in chosen.top()]


def _summed(sources: Sequence[_Words]) -> _Words:
    """The words of all sources, with their counts added up."""
    read = [(chain.from_iterable(source), list[_Counted]()) for source in sources]
    while waiting := [(source, more) for source, words in read if (more := words or list(islice(source, _AT_ONCE)))]:
        if len(waiting) == 1:
            ((source, words),) = waiting
            read = [(source, [])]
            yield words
            continue
        # What every source has been read up to. Words behind it may have more to come.
        until = min(words[-1][0] for _, words in waiting)
        counts: dict[bytes, int] = {}
        read = []
        for source, words in waiting:
            split = bisect_right(words, until, key=itemgetter(0))
            for word, articles in words[:split]:
                counts[word] = counts.get(word, 0) + articles
            read.append((source, words[split:]))
        yield sorted(counts.items())
