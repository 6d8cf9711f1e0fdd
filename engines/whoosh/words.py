"""The words that most articles of an index have, those of all its segments together."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter

from ..frequent import RECOUNTED, MostFrequent
from .segment import OpenSegment

_AT_ONCE = 1 << 14  # words of a segment
_Counted = tuple[bytes, int]
_Words = Iterator[list[_Counted]]  # in order, some at a time


def vocabulary(segments: Sequence[OpenSegment]) -> list[tuple[str, int]]:
    """See `base.Reader.vocabulary`."""
    chosen: MostFrequent[bytes] = MostFrequent()
    recounted = sum(segment.size for segment in segments) <= RECOUNTED
    if len(segments) == 1:  # words that too few articles have need not even be made
        parts = segments[0].words(lambda: chosen.least, recounted=recounted)
    else:
        parts = _summed([segment.words(lambda: 1, recounted=recounted) for segment in segments])
    for words in parts:
        chosen.add(words)
    return [(word.decode("utf-8", "surrogatepass"), articles) for word, articles in chosen.chosen()]


def _summed(sources: Sequence[_Words]) -> _Words:
    """The words of all sources, with their counts added up."""
    read = [(chain.from_iterable(source), list[_Counted]()) for source in sources]
    while waiting := [(source, more) for source, words in read if (more := words or list(islice(source, _AT_ONCE)))]:
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
