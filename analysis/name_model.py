"""The name model: a linear-chain conditional random field over characters, as tables of small integers.

Every feature of a character (see `name_features`) has a weight for each label; the score of a labelling is the sum of
these and of the weights of neighbouring labels, and the best labelling is found by Viterbi's algorithm, over all
doubtful passages of a text side by side.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from .name_columns import Codes
from .name_features import FEATURE_BITS, OUTSIDE, Features, Places

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
_LAST = np.uint32(0xFFFF_FFFF)


def slots_of(keys: Codes) -> Codes:
    """Where in the table features stand."""
    slots: Codes = keys >> np.uint32(_SIGNATURE_BITS)
    return slots


def signatures_of(keys: Codes) -> NDArray[np.uint64]:
    """What tells a feature from others of the same slot."""
    return (keys & np.uint32((1 << _SIGNATURE_BITS) - 1)).astype(np.uint64)


class NameModel:
    """`rows` of the table stand in `slots`, all others are neutral. `transitions[a, b]` is the weight of label b after
    label a, in the units of the rows. Outside of names a label must win by `margin` to be beyond doubt. `plain` are the
    spellings, as numbers and in order, of frequent words that are hardly ever in a name."""

    def __init__(
        self,
        slots: Codes,
        rows: NDArray[np.uint64],
        transitions: NDArray[np.int32],
        margin: NDArray[np.int32],
        plain: Codes,
    ) -> None:
        self._table = np.full(1 << SLOT_BITS, NEUTRAL, np.uint64)
        self._table[slots] = rows
        self._transitions = transitions
        self._margin = int(margin)
        self._plain = np.append(plain, _LAST)

    def worth_a_look(self, spellings: Codes) -> Places:
        """Which words of a text may be in names."""
        return np.flatnonzero(self._plain[np.searchsorted(self._plain, spellings)] != spellings)

    def labels(self, features: Features, size: int) -> NDArray[np.uint8]:
        """The best label of each character of a text of this size; those without features are outside."""
        scores = self._scores(features.keys)
        lead = scores[:, OUTSIDE] - scores[:, OUTSIDE + 1 :].max(axis=1)
        doubtful = np.flatnonzero(lead < self._margin)
        labels = np.zeros(size, np.uint8)
        if len(doubtful):
            places = features.places[doubtful]
            labels[places] = self._decoded(scores[doubtful], places)
        return labels

    def _scores(self, keys: Codes) -> NDArray[np.int32]:
        """A row for each character, a column for each label."""
        rows = np.take(self._table, slots_of(keys))
        rows = np.where(rows >> _SIGNATURE == signatures_of(keys), rows, NEUTRAL)
        scores = np.empty((keys.shape[1], 8), np.int32)
        scores[:, 0::2] = (rows & _EVEN).sum(axis=0).view(np.uint16).reshape(-1, 4)
        scores[:, 1::2] = ((rows >> _BYTE) & _ODD).sum(axis=0).view(np.uint16).reshape(-1, 4)
        return scores[:, :LABELS]

    def _decoded(self, scores: NDArray[np.int32], places: Places) -> NDArray[np.uint8]:
        """The best labels of the characters at `places`; around each passage of neighbours there are no names."""
        first = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        size = np.diff(first, append=len(places))
        if size.max() > _LONGEST_PASSAGE:
            first = np.concatenate([np.arange(at, at + n, _LONGEST_PASSAGE) for at, n in zip(first, size, strict=True)])
            size = np.diff(first, append=len(places))
        order = np.argsort(-size, kind="stable")
        first, size = first[order], size[order]
        # Passages that have a character at this distance from their beginning; the longest come first.
        left = np.searchsorted(-size, -np.arange(size[0]), side="left")
        back = np.zeros((len(places), LABELS), np.uint8)
        best = self._transitions[OUTSIDE] + scores[first]
        for step in range(1, int(size[0])):
            n = left[step]
            paths = best[:n, :, None] + self._transitions
            back[first[:n] + step] = paths.argmax(axis=1)
            best[:n] = paths.max(axis=1) + scores[first[:n] + step]
        labels = np.zeros(len(places), np.uint8)
        now = (best + self._transitions[:, OUTSIDE]).argmax(axis=1)
        for step in range(int(size[0]) - 1, -1, -1):
            n = left[step]
            labels[first[:n] + step] = now[:n]
            now[:n] = back[first[:n] + step, now[:n]]
        return labels


@cache
def name_model() -> NameModel:
    """The model that is shipped."""
    with files(__package__).joinpath("name_model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return NameModel(**arrays)
