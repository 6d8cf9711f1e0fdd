"""Named-entity recognition: finds the people, places and organisations that a text mentions.

Rules join words to names (see `rules`). A trained model, which sees those names as features, labels the characters (see
`model`). Then the names are made consistent within the text (see `consistency`).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..text.fold import fold
from ..text.layout import JoinedText, find_narrow_gaps, join_name
from ..text.segmenter import Segmenter
from .consistency import make_consistent
from .features import BEGIN, OUTSIDE, extract_features
from .model import LABEL_COUNT, name_model
from .rules import EntityKind, Span, find_by_rules
from .word_table import WINDOW, WordTable


class EntityMention(NamedTuple):
    """One mention: `text` is `original[start:end]` without gaps (王毅 for 王　毅).

    Offsets are in characters of the text as given.
    """

    text: str
    kind: EntityKind
    start: int
    end: int


NAMES_VERSION = 2  # raise it when the same text yields other names, as after a new model.npz

_KINDS = {label: kind for kind, label in BEGIN.items()}
_IS_BEGIN = np.isin(np.arange(LABEL_COUNT), list(_KINDS))  # by label
_BLOCK_SIZE = 4_000  # characters that are labeled together
_SENTENCE_END = re.compile("[。！？!?\x1e\n ]")


def _blocks(folded: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of blocks, which bound the memory; a block ends with a sentence if possible."""
    start = 0
    while start < len(folded):
        end = start + _BLOCK_SIZE
        if end < len(folded):
            sentence_ends = [match.end() for match in _SENTENCE_END.finditer(folded, start + _BLOCK_SIZE // 2, end)]
            end = sentence_ends[-1] if sentence_ends else end
        yield start, min(end, len(folded))
        start = end


def _spans(labels: NDArray[np.uint8]) -> Iterator[Span]:
    """Yield the names, given the label of each character."""
    padded = np.append(labels, np.uint8(OUTSIDE))
    is_begin = _IS_BEGIN[padded]
    starts, ends = np.flatnonzero(is_begin), np.flatnonzero(is_begin | (padded == OUTSIDE))
    ends = ends[np.searchsorted(ends, starts, side="right")]
    for start, end, label in zip(starts.tolist(), ends.tolist(), padded[starts].tolist(), strict=True):
        yield Span(start, end, _KINDS[label])


class NameFinder:
    """Finds names in texts that `segmenter` cuts. It caches the attributes of words."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._word_table = WordTable(segmenter)

    def find(self, text: str, folded: str) -> list[EntityMention]:
        """Return every mention, as `extract_entities` does; `folded` is `fold(text)`."""
        joined = JoinedText(folded, find_narrow_gaps(text, folded))
        model_spans: list[Span] = []
        rule_spans: list[Span] = []
        for start, end in _blocks(joined.text):
            block_model_spans, block_rule_spans = self._find_in_block(joined.text[start:end])
            model_spans += _shift(block_model_spans, start)
            rule_spans += _shift(block_rule_spans, start)
        spans = make_consistent(joined.text, model_spans, rule_spans)
        return _mentions(text, ((*joined.original(start, end), kind) for start, end, kind in spans))

    def find_by_rules(self, text: str, folded: str) -> list[EntityMention]:
        """Return every mention that the rules find.

        On a text as short as a query, the model would take ten times as long.
        """
        _, roles, starts = self._word_table.read(folded)
        spans = find_by_rules(roles, starts)
        return _mentions(text, make_consistent(folded, spans, spans))

    def _find_in_block(self, folded: str) -> tuple[Iterable[Span], list[Span]]:
        """Return the names that the model finds, and those that the rules find."""
        model = name_model()
        words = self._word_table.read(folded)
        rule_spans = find_by_rules(words.roles, words.starts)
        attributes = self._word_table.attributes(words)
        selected = np.flatnonzero(attributes.skippable[WINDOW:-WINDOW] == 0)
        features = extract_features(folded, words, attributes, rule_spans, selected)
        return _spans(model.labels(features, len(folded))), rule_spans


def _shift(spans: Iterable[Span], offset: int) -> Iterable[Span]:
    return (Span(start + offset, end + offset, kind) for start, end, kind in spans) if offset else spans


def _mentions(text: str, spans: Iterable[tuple[int, int, EntityKind]]) -> list[EntityMention]:
    return [EntityMention(join_name(text[start:end]), kind, start, end) for start, end, kind in spans]


@cache
def _default_finder() -> NameFinder:
    return NameFinder(Segmenter())


def extract_entities(text: str, segmenter: Segmenter | None = None) -> list[EntityMention]:
    """Return every mention of a person, a place or an organisation in `text`, in order, without overlaps.

    >>> [entity.text for entity in extract_entities("美国国务卿安东尼·布林肯访问北京")]
    ['美国', '安东尼·布林肯', '北京']
    """
    return (NameFinder(segmenter) if segmenter else _default_finder()).find(text, fold(text))
