"""Named entities: the people, places and organisations a text speaks of.

Rules join words to names (see `name_rules`); a trained model that sees these labels the characters (see `name_model`);
what the rest of the text tells of a name follows (see `name_text`).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..text.fold import fold
from ..text.segmenter import Segmenter
from .consistency import settled
from .features import BEGIN, OUTSIDE, features
from .model import LABELS, name_model
from .rules import EntityKind, Span, ruled
from .word_columns import REACH, Words


class EntityMention(NamedTuple):
    """One mention: `text` is `original[start:end]`, offsets in characters of the text as it was given."""

    text: str
    kind: EntityKind
    start: int
    end: int


NAMES_VERSION = 1  # raise it when the same text gets other names, as after model.npz was made again

_KINDS = {label: kind for kind, label in BEGIN.items()}
_BEGINS = np.isin(np.arange(LABELS), list(_KINDS))
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


def _spans(labels: NDArray[np.uint8]) -> Iterator[Span]:
    """Where names begin and end, given the label of each character."""
    inside = np.append(labels, np.uint8(OUTSIDE))
    begins = _BEGINS[inside]
    starts, ends = np.flatnonzero(begins), np.flatnonzero(begins | (inside == OUTSIDE))
    ends = ends[np.searchsorted(ends, starts, side="right")]
    for start, end, label in zip(starts.tolist(), ends.tolist(), inside[starts].tolist(), strict=True):
        yield Span(start, end, _KINDS[label])


class NameFinder:
    """Finds the names in texts that `segmenter` cuts. It remembers what is known of words."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._words = Words(segmenter)

    def find(self, text: str, folded: str) -> list[EntityMention]:
        """See `extract_entities`; `folded` is `fold(text)`."""
        spans: list[Span] = []
        by_rules: list[Span] = []
        for at, end in _blocks(folded):
            labelled, seen = self._labelled(folded[at:end])
            spans += _moved(labelled, at)
            by_rules += _moved(seen, at)
        return _entities(text, settled(folded, spans, by_rules))

    def find_by_rules(self, text: str, folded: str) -> list[EntityMention]:
        """As `find`, without the model, which takes some ten times as long for a text as short as a query."""
        _, bits, starts = self._words.read(folded)
        spans = ruled(bits, starts)
        return _entities(text, settled(folded, spans, spans))

    def _labelled(self, folded: str) -> tuple[Iterable[Span], list[Span]]:
        """The names that the model finds, and those that the rules see."""
        model = name_model()
        reading = self._words.read(folded)
        by_rules = ruled(reading.bits, reading.starts)
        columns = self._words.columns(reading)
        words = np.flatnonzero(columns.plain[REACH:-REACH] == 0)
        labels = model.labels(features(folded, reading, columns, by_rules, words), len(folded))
        return _spans(labels), by_rules


def _moved(spans: Iterable[Span], by: int) -> Iterable[Span]:
    return (Span(start + by, end + by, kind) for start, end, kind in spans) if by else spans


def _entities(text: str, spans: Iterable[Span]) -> list[EntityMention]:
    return [EntityMention(text[start:end], kind, start, end) for start, end, kind in spans]


@cache
def _default_finder() -> NameFinder:
    return NameFinder(Segmenter())


def extract_entities(text: str, segmenter: Segmenter | None = None) -> list[EntityMention]:
    """Every mention of a person, a place or an organisation in `text`, in order, none overlapping another.

    >>> [entity.text for entity in extract_entities("美国国务卿安东尼·布林肯访问北京")]
    ['美国', '安东尼·布林肯', '北京']
    """
    return (NameFinder(segmenter) if segmenter else _default_finder()).find(text, fold(text))
