"""Snippets: the sentences of an article that have most of the query, with the matches highlighted."""

from typing import NamedTuple

from ..analysis import Analyzer, fold
from .highlighter import SENTENCE, Highlighter, MentionsByField, TextMatch, merge_ranges
from .results import Snippet

MAX_SNIPPETS = 3
MAX_SNIPPET_LENGTH = 140  # characters; a longer sentence is cut, unless one match alone is longer
CONTEXT_LENGTH = 40  # characters before the first match of a cut sentence


class _Passage(NamedTuple):
    start: int
    end: int
    matches: list[TextMatch]


def make_snippets(
    body: str, mentions: MentionsByField, highlighter: Highlighter, analyzer: Analyzer
) -> tuple[Snippet, ...]:
    """Return up to three passages of a body in its order, or its beginning if nothing in it matches.

    Segmenting costs more than all else. Therefore only the best sentences are segmented: those whose characters hold
    most of the query.
    """
    folded = fold(body)
    passages = _split_passages(body, highlighter.string_matches(folded))
    possible_terms = [
        {match.term for match in passage.matches} | highlighter.possible_words(folded[passage.start : passage.end])
        for passage in passages
    ]
    scores = [sum(map(len, terms)) for terms in possible_terms]
    chosen: list[_Passage] = []
    for index in sorted(range(len(passages)), key=lambda index: (-scores[index], index)):
        if not scores[index] or len(chosen) == MAX_SNIPPETS:
            break
        start, end, matches = passages[index]
        if matches := sorted([*matches, *highlighter.word_matches(folded, start, end, mentions)]):
            chosen.append(_Passage(start, end, matches))
    return tuple(_make_snippet(body, passage, analyzer) for passage in sorted(chosen) or passages[:1])


def _split_passages(body: str, matches: list[TextMatch]) -> list[_Passage]:
    """Return the sentences of `body` with their matches; sentences that one match spans become one passage."""
    passages: list[_Passage] = []
    remaining = list(reversed(matches))
    for sentence in SENTENCE.finditer(body):
        start, end = sentence.span()
        if passages and passages[-1].matches and max(match.end for match in passages[-1].matches) > start:
            previous = passages.pop()
            start, inside = previous.start, previous.matches
        else:
            inside = []
        while remaining and remaining[-1].start < end:
            inside.append(remaining.pop())
        if inside or body[start:end].strip():
            passages.append(_Passage(start, end, inside))
    return passages


def _make_snippet(body: str, passage: _Passage, analyzer: Analyzer) -> Snippet:
    start, end = _strip(body, passage.start, passage.end)
    low, high = start, end
    if end - start > MAX_SNIPPET_LENGTH:
        first = passage.matches[0] if passage.matches else TextMatch(start, start, "")
        low = start if first.end - start <= MAX_SNIPPET_LENGTH else max(start, first.start - CONTEXT_LENGTH)
        high = min(end, max(low + MAX_SNIPPET_LENGTH, first.end))
        low, high = _move_to_word_boundaries(body, start, end, low, high, first, analyzer)
        low, high = _strip(body, low, high)
    return Snippet(body[low:high], merge_ranges(passage.matches, low, high), low, low > start, high < end)


def _move_to_word_boundaries(
    body: str, start: int, end: int, low: int, high: int, first: TextMatch, analyzer: Analyzer
) -> tuple[int, int]:
    """Move `low` forward and `high` backward out of words, but never into the first match."""
    for token in analyzer.tokenize(body[start:end]):
        if start + token.start < low < start + token.end:
            low = min(start + token.end, first.start)
        if start + token.start < high < start + token.end:
            high = max(start + token.start, first.end)
    return low, high


def _strip(body: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without the white space at its ends."""
    text = body[start:end]
    return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
