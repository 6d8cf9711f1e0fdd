"""The name model: a linear-chain conditional random field over characters, as tables of small integers.

Every feature of a character (see `name_features`) has a weight for each label; the score of a labelling is the sum of
these and of the weights of neighbouring labels, and the best labelling is found by Viterbi's algorithm, over all
passages of a text that may have names side by side.
"""

from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .features import FEATURE_BITS, OUTSIDE, Features, Places
from .word_columns import Codes

LABELS = 7

SLOT_BITS = 19
_SIGNATURE_BITS = FEATURE_BITS - SLOT_BITS
# A row of the table is 8 bytes: seven weights, 128 added to each, and a signature that tells most other features of the
# same slot. Sums are of all rows at once, 16 bits for a label: even bytes, odd bytes.
NEUTRAL = np.uint64(0x0080_8080_8080_8080)
_EVEN = np.uint64(0x00FF_00FF_00FF_00FF)
_ODD = np.uint64(0x0000_00FF_00FF_00FF)
_BYTE = np.uint64(8)
_SIGNATURE = np.uint64(56)
_LONGEST_PASSAGE = 200  # characters
_LABEL_BITS = 3
_LABEL = np.int32((1 << _LABEL_BITS) - 1)
_MARKS = _LABEL - np.arange(LABELS, dtype=np.int32)[:, None]


def slots_of(keys: Codes) -> Codes:
    """Where in the table features stand."""
    slots: Codes = keys >> np.uint32(_SIGNATURE_BITS)
    return slots


def signatures_of(keys: Codes) -> NDArray[np.uint64]:
    """What tells a feature from others of the same slot."""
    return (keys & np.uint32((1 << _SIGNATURE_BITS) - 1)).astype(np.uint64)


class NameModel:
    """`rows` of the table stand in `slots`, all others are neutral. `transitions[a, b]` is the weight of label b after
    label a, in the units of the rows."""

    def __init__(self, slots: Codes, rows: NDArray[np.uint64], transitions: NDArray[np.int32]) -> None:
        self._table = np.full(1 << SLOT_BITS, NEUTRAL, np.uint64)
        self._table[slots] = rows
        self._transitions = transitions

    def labels(self, features: Features, size: int) -> NDArray[np.uint8]:
        """The best label of each character of a text of this size; those without features are outside."""
        labels = np.zeros(size, np.uint8)
        if len(features.places):
            labels[features.places] = self._decoded(self._scores(features.keys), features.places)
        return labels

    def _scores(self, keys: Codes) -> NDArray[np.int32]:
        """A row for each label, a column for each character."""
        rows = np.take(self._table, slots_of(keys), mode="clip")  # which is faster than "raise"
        np.copyto(rows, NEUTRAL, where=rows >> _SIGNATURE != signatures_of(keys))
        scores = np.empty((8, keys.shape[1]), np.int32)
        scores[0::2] = (rows & _EVEN).sum(axis=0).view(np.uint16).reshape(-1, 4).T
        rows >>= _BYTE
        rows &= _ODD
        scores[1::2] = rows.sum(axis=0).view(np.uint16).reshape(-1, 4).T
        return scores[:LABELS]

    def _decoded(self, scores: NDArray[np.int32], places: Places) -> NDArray[np.uint8]:
        """The best labels of the characters at `places`; around each passage of neighbours there are no names."""
        steps = _steps(places)
        ends = np.cumsum([len(step) for step in steps]).tolist()
        turn = np.concatenate(steps)
        # Where a score came from is told by its last bits, so that the greatest of several is found and known at once.
        scores = (scores[:, turn] << _LABEL_BITS) + _MARKS
        pairs = self._transitions << _LABEL_BITS
        best = pairs[OUTSIDE][:, None] + scores[:, : ends[0]]
        back = np.zeros_like(scores)
        here = np.arange(len(turn))
        for start, end in pairwise(ends):
            came = (best[:, None, : end - start] + pairs[:, :, None]).max(axis=0)
            back[:, start:end] = came
            best[:, : end - start] = (came & ~_LABEL) + scores[:, start:end]
        now = _label((best + pairs[:, OUTSIDE, None]).max(axis=0))
        labels = np.zeros(len(turn), np.uint8)
        for start, end in zip(reversed([0, *ends[:-1]]), reversed(ends), strict=True):
            labels[turn[start:end]] = now[: end - start]
            if start:
                now[: end - start] = _label(back[now[: end - start], here[start:end]])
        return labels


def _label(marked: NDArray[np.int32]) -> NDArray[np.int32]:
    """The label that a score came from; of equal ones the first."""
    return ~marked & _LABEL


def _steps(places: Places) -> list[Places]:
    """The characters that are first of a passage of neighbours, those that are second …; the longest passage first."""
    first = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    size = np.diff(first, append=len(places))
    if size.max() > _LONGEST_PASSAGE:
        first = np.concatenate([np.arange(at, at + n, _LONGEST_PASSAGE) for at, n in zip(first, size, strict=True)])
        size = np.diff(first, append=len(places))
    order = np.argsort(-size, kind="stable")
    left = np.searchsorted(-size[order], -np.arange(size.max()), side="left").tolist()
    first = first[order]
    return [first[:n] + step for step, n in enumerate(left)]


@cache
def name_model() -> NameModel:
    """The model that is shipped."""
    with files(__package__).joinpath("model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return NameModel(arrays["slots"], arrays["rows"], arrays["transitions"])
