"""Named entities: the people, places and organisations a text speaks of.

A trained model labels the characters (see `name_model`); what the rest of the text tells of a name follows (see
`name_text`).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .fold import fold
from .name_columns import Words
from .name_features import BEGIN, OUTSIDE, REACH, features
from .name_model import name_model
from .name_rules import Kind, Span
from .name_text import settled
from .segment import Segmenter


class Entity(NamedTuple):
    """One mention: `text` is `original[start:end]`, offsets in characters of the text as it was given."""

    text: str
    kind: Kind
    start: int
    end: int


_KINDS = {label: kind for kind, label in BEGIN.items()}
_BLOCK = 4_000  # characters that are looked at together
_SENTENCE_END = re.compile("[。！？!?\x1e\n ]")


def _blocks(folded: str) -> Iterator[tuple[int, int]]:
    """Parts of a text that bound the memory; they end with a sentence if there is one."""
    start = 0
    while start < len(folded):
        end = start + _BLOCK
        if end < len(folded):
            ends = [found.end() for found in _SENTENCE_END.finditer(folded, start + _BLOCK // 2, end)]
            end = ends[-1] if ends else end
        yield start, min(end, len(folded))
        start = end


def _spans(labels: NDArray[np.uint8], offset: int) -> Iterator[Span]:
    """Where names begin and end, given the label of each character."""
    inside = np.append(labels, OUTSIDE)
    begins = np.isin(inside, list(_KINDS))
    starts, ends = np.flatnonzero(begins), np.flatnonzero(begins | (inside == OUTSIDE))
    for start, end in zip(starts.tolist(), ends[np.searchsorted(ends, starts, side="right")].tolist(), strict=True):
        yield Span(start + offset, end + offset, _KINDS[int(inside[start])])


class NameFinder:
    """Finds the names in texts that `segmenter` cuts. It remembers what is known of words."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._words = Words(segmenter, REACH)

    def find(self, text: str, folded: str) -> list[Entity]:
        """See `extract`; `folded` is `fold(text)`."""
        spans: list[Span] = []
        ruled: list[Span] = []
        for at, end in _blocks(folded):
            seen = features(folded[at:end], self._words)
            spans += _spans(name_model().labels(seen.keys), at)
            ruled += (Span(start + at, end + at, kind) for start, end, kind in seen.ruled)
        return [Entity(text[start:end], kind, start, end) for start, end, kind in settled(folded, spans, ruled)]


@cache
def _default_finder() -> NameFinder:
    return NameFinder(Segmenter())


def extract(text: str, segmenter: Segmenter | None = None) -> list[Entity]:
    """Every mention of a person, a place or an organisation in `text`, in order, none overlapping another.

    >>> [entity.text for entity in extract("美国国务卿安东尼·布林肯访问北京")]
    ['美国', '安东尼·布林肯', '北京']
    """
    return (NameFinder(segmenter) if segmenter else _default_finder()).find(text, fold(text))
