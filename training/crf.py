"""Training of a linear-chain conditional random field over hashed features.

After Lafferty, McCallum and Pereira (2001). Trained by stochastic gradient descent with AdaGrad. Dropout removes half
of the features of each batch, so that rare features learn too.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from souwen.analysis.names.features import BEGIN, FEATURE_BITS, OUTSIDE, IndexArray
from souwen.analysis.names.model import LABEL_COUNT
from souwen.analysis.names.word_table import UInt32Array

FloatArray = NDArray[np.float32]

FEATURE_COUNT = 2 << FEATURE_BITS  # the upper half exists during training only
LEARNING_RATE = 0.1
FINAL_RATE_FACTOR = 0.1  # of the learning rate, in the last epoch
REGULARIZATION = 0.003  # L2, for each occurrence of a feature
DROPOUT = 0.5  # of the features of a batch
BATCH_SIZE = 2_500  # characters
FORBIDDEN = np.float32(-1e4)  # score of an impossible transition
_EPSILON = 1e-30


class Example(NamedTuple):
    """A sentence to train on.

    `keys` are hashed features: templates × characters. `label_probabilities` are characters × labels. The transition
    weights are trained only on sentences that people have labeled (`is_gold`).
    """

    keys: UInt32Array
    label_probabilities: FloatArray
    is_gold: bool


def one_hot(labels: UInt32Array) -> FloatArray:
    """Return labels as probabilities."""
    return np.eye(LABEL_COUNT, dtype=np.float32)[labels]


def _constraints() -> tuple[FloatArray, FloatArray]:
    """Return the scores, 0 or FORBIDDEN, of each label at the start of a sentence, and of each transition."""
    initial = np.zeros(LABEL_COUNT, np.float32)
    transitions = np.zeros((LABEL_COUNT, LABEL_COUNT), np.float32)
    for begin in BEGIN.values():
        initial[begin + 1] = FORBIDDEN
        transitions[:, begin + 1] = FORBIDDEN
        transitions[[begin, begin + 1], begin + 1] = 0
    return initial, transitions


class Model:
    """Feature weights and transition weights. Only features for which `has_weights` is true have weights."""

    def __init__(self, has_weights: NDArray[np.bool_], seed: int) -> None:
        self._rows = np.full(FEATURE_COUNT, -1, np.int32)  # by feature, its row in `weights`
        self._rows[has_weights] = np.arange(np.count_nonzero(has_weights), dtype=np.int32)
        self.keys = np.flatnonzero(has_weights).astype(np.uint32)
        self.weights = np.zeros((len(self.keys), LABEL_COUNT), np.float32)
        self.transitions = np.zeros((LABEL_COUNT, LABEL_COUNT), np.float32)
        self._squared_gradients = np.full_like(self.weights, 1e-2)
        self._squared_transition_gradients = np.full_like(self.transitions, 1e-2)
        self._random = np.random.default_rng(seed)

    def train_epoch(self, examples: Iterable[Example], learning_rate: float) -> None:
        """Train on all examples once, in random order."""
        batches = list(_batches(examples, BATCH_SIZE))
        for i in self._random.permutation(len(batches)):
            self._train_batch(batches[i], learning_rate)

    def marginals(self, keys: Sequence[UInt32Array]) -> list[FloatArray]:
        """Return the probability of each label of each character, for sentences with these features."""
        marginals_by_sentence: dict[int, FloatArray] = {}
        examples = [
            Example(sentence_keys, np.zeros((sentence_keys.shape[1], LABEL_COUNT), np.float32), False)
            for sentence_keys in keys
        ]
        indices = {id(example): i for i, example in enumerate(examples)}
        for batch in _batches(examples, 4 * BATCH_SIZE):
            matrix, rows = self._feature_matrix(batch)
            mask = _mask(batch)
            scores = _pad(matrix @ self.weights[rows], mask)
            probabilities, _ = _forward_backward(scores, mask, self.transition_scores())
            for i, example in enumerate(batch):
                marginals_by_sentence[indices[id(example)]] = probabilities[i, : len(example.label_probabilities)]
        return [marginals_by_sentence[i] for i in range(len(examples))]

    def transition_scores(self) -> FloatArray:
        """Return the transition weights with the constraints applied: label × next label."""
        return self.transitions + _constraints()[1]

    def _feature_matrix(self, batch: Sequence[Example]) -> tuple[sparse.csr_matrix, IndexArray]:
        """Return a matrix of characters × features, and the rows of these features in `weights`."""
        rows = self._rows[np.concatenate([example.keys for example in batch], axis=1).T]
        has_weights = rows >= 0
        used_rows, columns = np.unique(rows[has_weights], return_inverse=True)
        row_pointers = np.concatenate(([0], np.cumsum(has_weights.sum(axis=1))))
        ones = np.ones(len(columns), np.float32)
        shape = (len(rows), len(used_rows))
        return sparse.csr_matrix((ones, columns.astype(np.int32), row_pointers), shape), used_rows

    def _train_batch(self, batch: Sequence[Example], learning_rate: float) -> None:
        matrix, rows = self._feature_matrix(batch)
        mask = _mask(batch)
        expected = np.concatenate([example.label_probabilities for example in batch])
        dropout = ((self._random.random(len(rows)) > DROPOUT) / (1 - DROPOUT)).astype(np.float32)[:, None]
        scores = _pad(matrix @ (self.weights[rows] * dropout), mask)
        probabilities, transition_counts = _forward_backward(scores, mask, self.transition_scores())
        gradient = matrix.T.tocsr() @ (probabilities[mask] - expected) * dropout
        occurrences = np.bincount(matrix.indices, minlength=len(rows))[:, None]
        gradient += np.float32(REGULARIZATION) * occurrences * self.weights[rows]
        self._squared_gradients[rows] += gradient**2
        self.weights[rows] -= learning_rate * gradient / np.sqrt(self._squared_gradients[rows])
        if batch[0].is_gold:
            transition_gradient = transition_counts
            for example in batch:
                transition_gradient -= example.label_probabilities[:-1].T @ example.label_probabilities[1:]
            self._squared_transition_gradients += transition_gradient**2
            self.transitions -= learning_rate * transition_gradient / np.sqrt(self._squared_transition_gradients)


def average(models: Sequence[Model]) -> Model:
    """Return the first of some models with the same features, with the average weights of all."""
    models[0].weights = np.mean([model.weights for model in models], axis=0)
    models[0].transitions = np.mean([model.transitions for model in models], axis=0)
    return models[0]


def _batches(examples: Iterable[Example], size: int) -> Iterable[list[Example]]:
    """Yield batches of examples of about the same length; gold examples have batches of their own."""
    batch: list[Example] = []
    for example in sorted(examples, key=lambda example: (example.is_gold, len(example.label_probabilities))):
        is_full = (len(batch) + 1) * len(example.label_probabilities) > size
        if batch and (is_full or batch[0].is_gold != example.is_gold):
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


def _mask(batch: Sequence[Example]) -> NDArray[np.bool_]:
    """Return an array of sentences × steps that is true for characters and false for padding."""
    sizes = np.array([len(example.label_probabilities) for example in batch])
    mask: NDArray[np.bool_] = np.arange(sizes.max())[None, :] < sizes[:, None]
    return mask


def _pad(scores: FloatArray, mask: NDArray[np.bool_]) -> FloatArray:
    """Return scores as sentences × steps × labels; padding is OUTSIDE for certain."""
    padded = np.full((*mask.shape, LABEL_COUNT), FORBIDDEN, np.float32)
    padded[:, :, OUTSIDE] = 0
    padded[mask] = scores
    return padded


def _forward_backward(
    scores: FloatArray, mask: NDArray[np.bool_], transition_scores: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return marginal probabilities and expected transition counts, by the forward-backward algorithm.

    The probabilities are sentences × steps × labels. The counts are label × next label, summed over all sentences.
    """
    transitions = np.exp(transition_scores)
    scores = scores.transpose(1, 0, 2).copy()
    scores[0] += _constraints()[0]
    emissions = np.exp(scores - scores.max(axis=2, keepdims=True))
    forward, backward = np.empty_like(emissions), np.ones_like(emissions)
    forward[0] = emissions[0]
    for step in range(1, len(emissions)):
        paths = forward[step - 1] @ transitions * emissions[step]
        forward[step] = paths / (paths.sum(axis=1, keepdims=True) + _EPSILON)
    for step in range(len(emissions) - 2, -1, -1):
        paths = (backward[step + 1] * emissions[step + 1]) @ transitions.T
        backward[step] = paths / (paths.sum(axis=1, keepdims=True) + _EPSILON)
    product = forward * backward
    probabilities = product / (product.sum(axis=2, keepdims=True) + _EPSILON)
    onward = backward[1:] * emissions[1:]
    totals = np.einsum("tsa,ab,tsb->ts", forward[:-1], transitions, onward, optimize=True) + _EPSILON
    weights = np.where(mask.T[1:], 1 / totals, 0).astype(np.float32)[:, :, None]
    counts = (forward[:-1] * weights).reshape(-1, LABEL_COUNT).T @ onward.reshape(-1, LABEL_COUNT) * transitions
    return probabilities.transpose(1, 0, 2), counts
