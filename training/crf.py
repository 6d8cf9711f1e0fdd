"""Trains a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) over hashed features.

Stochastic gradient descent with AdaGrad's steps; in each batch half of the features are left out, so that what is rare
learns beside what is frequent.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from souwen.analysis.names.features import BEGIN, FEATURE_BITS, OUTSIDE
from souwen.analysis.names.model import LABELS
from souwen.analysis.names.word_columns import Codes

Floats = NDArray[np.float32]

FEATURES = 2 << FEATURE_BITS  # half of them for the training alone
LEARNING_RATE = 0.1
LAST_RATE = 0.1  # of the first
REGULARISATION = 0.003  # L2, for each time that a feature is seen
LEFT_OUT = 0.5  # of the features of a batch
BATCH = 2_500  # characters
NEVER = np.float32(-1e4)
_SMALL = 1e-30


class Example(NamedTuple):
    """Features of a sentence, one row for each kind, and the probability of each label (characters by labels). Only
    of what people have labelled (`certain`) it is learnt which label follows which."""

    keys: Codes
    labels: Floats
    certain: bool


def one_hot(labels: Codes) -> Floats:
    """Labels as probabilities."""
    return np.eye(LABELS, dtype=np.float32)[labels]


def _allowed() -> tuple[Floats, Floats]:
    """What is added to the scores of neighbouring labels, and of the first: nothing, or NEVER."""
    first = np.zeros(LABELS, np.float32)
    pairs = np.zeros((LABELS, LABELS), np.float32)
    for begin in BEGIN.values():
        first[begin + 1] = NEVER
        pairs[:, begin + 1] = NEVER
        pairs[[begin, begin + 1], begin + 1] = 0
    return first, pairs


class Model:
    """Weights of features, and of neighbouring labels. Only features for which `kept` is true have weights."""

    def __init__(self, kept: NDArray[np.bool_], seed: int) -> None:
        self._number = np.full(FEATURES, -1, np.int32)
        self._number[kept] = np.arange(np.count_nonzero(kept), dtype=np.int32)
        self.keys = np.flatnonzero(kept).astype(np.uint32)
        self.weights = np.zeros((len(self.keys), LABELS), np.float32)
        self.transitions = np.zeros((LABELS, LABELS), np.float32)
        self._steps = np.full_like(self.weights, 1e-2)
        self._transition_steps = np.full_like(self.transitions, 1e-2)
        self._random = np.random.default_rng(seed)

    def learn(self, examples: Iterable[Example], rate: float) -> None:
        """Go through the examples once."""
        batches = list(_batches(examples, BATCH))
        for number in self._random.permutation(len(batches)):
            self._step(batches[number], rate)

    def marginals(self, keys: Sequence[Codes]) -> list[Floats]:
        """The probability of each label of each character of sentences that have these features."""
        found: dict[int, Floats] = {}
        blank = [Example(one, np.zeros((one.shape[1], LABELS), np.float32), False) for one in keys]
        numbered = {id(one): number for number, one in enumerate(blank)}
        for batch in _batches(blank, 4 * BATCH):
            given, used = self._matrix(batch)
            mask = _mask(batch)
            probability, _ = _expected(_spread(given @ self.weights[used], mask), mask, self.pairs())
            for row, example in enumerate(batch):
                found[numbered[id(example)]] = probability[row, : len(example.labels)]
        return [found[number] for number in range(len(blank))]

    def pairs(self) -> Floats:
        """Weights of each label after each other one."""
        return self.transitions + _allowed()[1]

    def _matrix(self, batch: Sequence[Example]) -> tuple[sparse.csr_matrix, NDArray[np.intp]]:
        """Characters by features, and the features' numbers."""
        numbers = self._number[np.concatenate([example.keys for example in batch], axis=1).T]
        known = numbers >= 0
        used, columns = np.unique(numbers[known], return_inverse=True)
        rows = np.concatenate(([0], np.cumsum(known.sum(axis=1))))
        ones = np.ones(len(columns), np.float32)
        return sparse.csr_matrix((ones, columns.astype(np.int32), rows), (len(numbers), len(used))), used

    def _step(self, batch: Sequence[Example], rate: float) -> None:
        given, used = self._matrix(batch)
        mask = _mask(batch)
        labels = np.concatenate([example.labels for example in batch])
        left = ((self._random.random(len(used)) > LEFT_OUT) / (1 - LEFT_OUT)).astype(np.float32)[:, None]
        scores = _spread(given @ (self.weights[used] * left), mask)
        probability, pairs = _expected(scores, mask, self.pairs())
        slope = given.T.tocsr() @ (probability[mask] - labels) * left
        seen = np.bincount(given.indices, minlength=len(used))[:, None]
        slope += np.float32(REGULARISATION) * seen * self.weights[used]
        self._steps[used] += slope**2
        self.weights[used] -= rate * slope / np.sqrt(self._steps[used])
        if batch[0].certain:
            for example in batch:
                pairs -= example.labels[:-1].T @ example.labels[1:]
            self._transition_steps += pairs**2
            self.transitions -= rate * pairs / np.sqrt(self._transition_steps)


def averaged(models: Sequence[Model]) -> Model:
    """The first of models with the same features, with the weights that all have on average."""
    models[0].weights = np.mean([model.weights for model in models], axis=0)
    models[0].transitions = np.mean([model.transitions for model in models], axis=0)
    return models[0]


def _batches(examples: Iterable[Example], size: int) -> Iterable[list[Example]]:
    """Examples of about the same length, certain ones apart."""
    batch: list[Example] = []
    for example in sorted(examples, key=lambda one: (one.certain, len(one.labels))):
        full = (len(batch) + 1) * len(example.labels) > size
        if batch and (full or batch[0].certain != example.certain):
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


def _mask(batch: Sequence[Example]) -> NDArray[np.bool_]:
    """Sentences by characters: where there is one."""
    sizes = np.array([len(example.labels) for example in batch])
    mask: NDArray[np.bool_] = np.arange(sizes.max())[None, :] < sizes[:, None]
    return mask


def _spread(scores: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Sentences by characters by labels; where there is no character, OUTSIDE is certain."""
    spread = np.full((*mask.shape, LABELS), NEVER, np.float32)
    spread[:, :, OUTSIDE] = 0
    spread[mask] = scores
    return spread


def _expected(scores: Floats, mask: NDArray[np.bool_], pairs: Floats) -> tuple[Floats, Floats]:
    """By the forward-backward algorithm: the probability of each label of each character, and how many of each pair of
    neighbouring labels there are, all sentences together."""
    steps = np.exp(pairs)
    scores = scores.transpose(1, 0, 2).copy()
    scores[0] += _allowed()[0]
    emitted = np.exp(scores - scores.max(axis=2, keepdims=True))
    forward, backward = np.empty_like(emitted), np.ones_like(emitted)
    forward[0] = emitted[0]
    for step in range(1, len(emitted)):
        paths = forward[step - 1] @ steps * emitted[step]
        forward[step] = paths / (paths.sum(axis=1, keepdims=True) + _SMALL)
    for step in range(len(emitted) - 2, -1, -1):
        paths = (backward[step + 1] * emitted[step + 1]) @ steps.T
        backward[step] = paths / (paths.sum(axis=1, keepdims=True) + _SMALL)
    both = forward * backward
    probability = both / (both.sum(axis=2, keepdims=True) + _SMALL)
    onward = backward[1:] * emitted[1:]
    total = np.einsum("tsa,ab,tsb->ts", forward[:-1], steps, onward, optimize=True) + _SMALL
    within = np.where(mask.T[1:], 1 / total, 0).astype(np.float32)[:, :, None]
    counted = (forward[:-1] * within).reshape(-1, LABELS).T @ onward.reshape(-1, LABELS) * steps
    return probability.transpose(1, 0, 2), counted
