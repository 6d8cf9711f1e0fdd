"""Chooses what to show of an article: the sentences that hold most of the query, with the matches marked."""

from typing import NamedTuple

from ..analysis import Analyzer, fold
from .highlighter import SENTENCE, FieldNames, Marker, Match, merged
from .results import Snippet

SNIPPETS = 3
LONGEST = 140  # characters; of a longer sentence a part is shown, unless one match alone is longer
CONTEXT = 40  # characters before the first match in such a part


class _Passage(NamedTuple):
    start: int
    end: int
    matches: list[Match]


def snippets(body: str, names: FieldNames, marker: Marker, analyzer: Analyzer) -> tuple[Snippet, ...]:
    """Up to three passages of a body with these names, in its order; its beginning where nothing matches there.

    Only the most promising sentences are segmented, which costs more than all else: those that hold most of the query's
    characters, so far as a look at the letters tells.
    """
    folded = fold(body)
    passages = _passages(body, marker.strings_in_body(folded))
    promises = [
        {match.what for match in passage.matches} | marker.likely_in_body(folded[passage.start : passage.end])
        for passage in passages
    ]
    worth = [sum(map(len, promise)) for promise in promises]
    chosen: list[_Passage] = []
    for place in sorted(range(len(passages)), key=lambda place: (-worth[place], place)):
        if not worth[place] or len(chosen) == SNIPPETS:
            break
        start, end, matches = passages[place]
        if matches := sorted([*matches, *marker.words_in_body(folded, start, end, names)]):
            chosen.append(_Passage(start, end, matches))
    return tuple(_snippet(body, passage, analyzer) for passage in sorted(chosen) or passages[:1])


def _passages(body: str, matches: list[Match]) -> list[_Passage]:
    """The sentences of `body` with their matches; sentences that one match runs across become one passage."""
    passages: list[_Passage] = []
    waiting = list(reversed(matches))
    for sentence in SENTENCE.finditer(body):
        start, end = sentence.span()
        if passages and passages[-1].matches and max(match.end for match in passages[-1].matches) > start:
            before = passages.pop()
            start, here = before.start, before.matches
        else:
            here = []
        while waiting and waiting[-1].start < end:
            here.append(waiting.pop())
        if here or body[start:end].strip():
            passages.append(_Passage(start, end, here))
    return passages


def _snippet(body: str, passage: _Passage, analyzer: Analyzer) -> Snippet:
    start, end = _trimmed(body, passage.start, passage.end)
    low, high = start, end
    if end - start > LONGEST:
        first = passage.matches[0] if passage.matches else Match(start, start, "")
        low = start if first.end - start <= LONGEST else max(start, first.start - CONTEXT)
        high = min(end, max(low + LONGEST, first.end))
        low, high = _between_words(body, start, end, low, high, first, analyzer)
        low, high = _trimmed(body, low, high)
    return Snippet(body[low:high], merged(passage.matches, low, high), low, low > start, high < end)


def _between_words(
    body: str, start: int, end: int, low: int, high: int, first: Match, analyzer: Analyzer
) -> tuple[int, int]:
    """`low` and `high` moved apart from the inside of words, and of the first match."""
    for word in analyzer.words(body[start:end]):
        if start + word.start < low < start + word.end:
            low = min(start + word.end, first.start)
        if start + word.start < high < start + word.end:
            high = max(start + word.start, first.end)
    return low, high


def _trimmed(body: str, start: int, end: int) -> tuple[int, int]:
    text = body[start:end]
    return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
