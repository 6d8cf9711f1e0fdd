"""Name model: a linear-chain conditional random field over characters, stored as a table of small integers.

Each feature of a character (see `features`) has a weight for each label. The score of a labeling is the sum of these
weights and of the transition weights of adjacent labels. Viterbi's algorithm finds the best labeling; it processes all
passages of a text that may contain names in parallel.
"""

from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .features import FEATURE_BITS, OUTSIDE, Features, IndexArray
from .word_table import UInt32Array

LABEL_COUNT = 7

SLOT_BITS = 19
_SIGNATURE_BITS = FEATURE_BITS - SLOT_BITS
# A row of the table has 8 bytes: seven weights, with 128 added to each, and a signature that distinguishes the feature
# from most others of the same slot. Rows are added up as a whole, 16 bits for a label: even bytes, then odd bytes.
NEUTRAL_ROW = np.uint64(0x0080_8080_8080_8080)
_EVEN_BYTES = np.uint64(0x00FF_00FF_00FF_00FF)
_ODD_BYTES = np.uint64(0x0000_00FF_00FF_00FF)  # after a shift by one byte
_BYTE_SHIFT = np.uint64(8)
_SIGNATURE_SHIFT = np.uint64(56)
_MAX_PASSAGE_LENGTH = 200  # characters
_LABEL_BITS = 3
_LABEL_MASK = np.int32((1 << _LABEL_BITS) - 1)
_BACKPOINTERS = _LABEL_MASK - np.arange(LABEL_COUNT, dtype=np.int32)[:, None]  # inverted, so that ties go to the first


def slots_of(keys: UInt32Array) -> UInt32Array:
    """Return the slots of features in the table."""
    slots: UInt32Array = keys >> np.uint32(_SIGNATURE_BITS)
    return slots


def signatures_of(keys: UInt32Array) -> NDArray[np.uint64]:
    """Return the signatures of features, which distinguish features of the same slot."""
    return (keys & np.uint32((1 << _SIGNATURE_BITS) - 1)).astype(np.uint64)


class NameModel:
    """The weights of the model, and decoding.

    `rows` are the rows of the table at `slots`; all other rows are neutral. `transitions[a, b]` is the weight of label
    b after label a, in the units of the rows.
    """

    def __init__(self, slots: UInt32Array, rows: NDArray[np.uint64], transitions: NDArray[np.int32]) -> None:
        self._table = np.full(1 << SLOT_BITS, NEUTRAL_ROW, np.uint64)
        self._table[slots] = rows
        self._transitions = transitions

    def labels(self, features: Features, size: int) -> NDArray[np.uint8]:
        """Return the best label of each character of a text of `size` characters; OUTSIDE without features."""
        labels = np.zeros(size, np.uint8)
        if len(features.positions):
            labels[features.positions] = self._viterbi(self._scores(features.keys), features.positions)
        return labels

    def _scores(self, keys: UInt32Array) -> NDArray[np.int32]:
        """Return the sums of the feature weights: labels × characters."""
        rows = np.take(self._table, slots_of(keys), mode="clip")  # faster than the default mode, "raise"
        np.copyto(rows, NEUTRAL_ROW, where=rows >> _SIGNATURE_SHIFT != signatures_of(keys))
        scores = np.empty((8, keys.shape[1]), np.int32)
        scores[0::2] = (rows & _EVEN_BYTES).sum(axis=0).view(np.uint16).reshape(-1, 4).T
        rows >>= _BYTE_SHIFT
        rows &= _ODD_BYTES
        scores[1::2] = rows.sum(axis=0).view(np.uint16).reshape(-1, 4).T
        return scores[:LABEL_COUNT]

    def _viterbi(self, scores: NDArray[np.int32], positions: IndexArray) -> NDArray[np.uint8]:
        """Return the best labels of the characters at `positions`; characters around a passage are OUTSIDE."""
        steps = _time_steps(positions)
        ends = np.cumsum([len(step) for step in steps]).tolist()
        order = np.concatenate(steps)
        # The lowest bits of a score hold the label that it came from, so that one maximum gives score and backpointer.
        scores = (scores[:, order] << _LABEL_BITS) + _BACKPOINTERS
        transitions = self._transitions << _LABEL_BITS
        best = transitions[OUTSIDE][:, None] + scores[:, : ends[0]]
        back = np.zeros_like(scores)
        columns = np.arange(len(order))
        for start, end in pairwise(ends):
            incoming = (best[:, None, : end - start] + transitions[:, :, None]).max(axis=0)
            back[:, start:end] = incoming
            best[:, : end - start] = (incoming & ~_LABEL_MASK) + scores[:, start:end]
        current = _backpointer((best + transitions[:, OUTSIDE, None]).max(axis=0))
        labels = np.zeros(len(order), np.uint8)
        for start, end in zip(reversed([0, *ends[:-1]]), reversed(ends), strict=True):
            labels[order[start:end]] = current[: end - start]
            if start:
                current[: end - start] = _backpointer(back[current[: end - start], columns[start:end]])
        return labels


def _backpointer(scores: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the labels that scores came from; of equal scores the first label."""
    return ~scores & _LABEL_MASK


def _time_steps(positions: IndexArray) -> list[IndexArray]:
    """Return the indices of the characters at each step: the first of every passage, then the second, and so on.

    A passage is a run of adjacent positions. Long passages are cut. The longest passage comes first in each step.
    """
    first = np.flatnonzero(np.diff(positions, prepend=-2) != 1)
    sizes = np.diff(first, append=len(positions))
    if sizes.max() > _MAX_PASSAGE_LENGTH:
        first = np.concatenate(
            [np.arange(start, start + n, _MAX_PASSAGE_LENGTH) for start, n in zip(first, sizes, strict=True)]
        )
        sizes = np.diff(first, append=len(positions))
    longest_first = np.argsort(-sizes, kind="stable")
    counts = np.searchsorted(-sizes[longest_first], -np.arange(sizes.max()), side="left").tolist()
    first = first[longest_first]
    return [first[:count] + step for step, count in enumerate(counts)]


@cache
def name_model() -> NameModel:
    """Return the model that the package ships."""
    with files(__package__).joinpath("model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return NameModel(arrays["slots"], arrays["rows"], arrays["transitions"])
