"""Teacher of the name model: the network that jieba ships for its "paddle mode", as a source of features.

LAC (Jiao, Sun and Sun 2018, MIT licence) has two layers of bidirectional gated recurrent units (GRU) over characters
and a conditional random field. It knows far more names than the labeled collections contain. But it costs as much as
thirty taggers like ours, and its annotation conventions differ from theirs. So a teacher model, which has LAC's tag
probabilities as features, is trained on the labeled sentences and labels unlabeled ones. The name model is trained on
these and does not need LAC.
"""

from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from souwen.analysis.names.features import FEATURE_BITS, Features, IndexArray
from souwen.analysis.names.word_table import UInt32Array

from .crf import FloatArray

_HIDDEN_SIZE = 128
_TAG_COUNT = 57
_UNKNOWN = "OOV"
_BATCH_SIZE = 6_000  # characters
_FIRST_TEMPLATE = 1_000  # number of the first template, which is hashed
_MULTIPLIER = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(15)
_TAG_GROUPS = {
    "person": ("PER-B", "nr-B"),
    "in person": ("PER-I", "nr-I"),
    "place": ("LOC-B", "ns-B"),
    "in place": ("LOC-I", "ns-I"),
    "organisation": ("ORG-B", "nt-B"),
    "in organisation": ("ORG-I", "nt-I"),
    "other name": ("nz-B", "nw-B"),
    "noun": ("n-B",),
    "verb": ("v-B", "vn-B"),
}
_PROBABILITY_BINS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)


def _read_ids(name: str) -> dict[str, int]:
    """Read a dictionary file of LAC, with lines of number, TAB, text; return a map from texts to numbers."""
    lines = files("jieba").joinpath("lac_small", name).read_text("utf-8").split("\n")
    return {text: int(number) for number, _, text in (line.partition("\t") for line in lines) if text}


def _read_parameters(name: str, *shape: int) -> FloatArray:
    """Read a parameter file of LAC: a header, then single-precision floats."""
    data = files("jieba").joinpath("lac_small", "model_baseline", name).read_bytes()
    return np.frombuffer(data[-4 * int(np.prod(shape)) :], "<f4").reshape(shape)


def combine_hashes(*values: UInt32Array) -> UInt32Array:
    """Return one hash of several numbers; their order matters."""
    hashed = values[0] * _MULTIPLIER
    for value in values[1:]:
        hashed ^= hashed >> _SHIFT
        hashed ^= value
        hashed *= _MULTIPLIER
    return hashed


def shift(values: UInt32Array, offset: int) -> UInt32Array:
    """Return for each character the value of the character `offset` positions later; 0 beyond the text."""
    shifted = np.zeros_like(values)
    if offset > 0:
        shifted[:-offset] = values[offset:]
    elif offset < 0:
        shifted[-offset:] = values[:offset]
    else:
        shifted[:] = values
    return shifted


def _sigmoid(values: FloatArray) -> FloatArray:
    result: FloatArray = 0.5 * np.tanh(0.5 * values) + 0.5
    return result


class Teacher:
    """LAC's tag probabilities for folded sentences, and features made of them."""

    def __init__(self) -> None:
        self._character_ids = _read_ids("word.dic")
        self._tag_ids = _read_ids("tag.dic")
        self._embedding = _read_parameters("word_emb", max(self._character_ids.values()) + 1, _HIDDEN_SIZE)
        self._input_layers = [
            (
                _read_parameters(f"fc_{layer}.w_0", size, 3 * _HIDDEN_SIZE),
                _read_parameters(f"fc_{layer}.b_0", 3 * _HIDDEN_SIZE),
            )
            for layer, size in enumerate((_HIDDEN_SIZE, _HIDDEN_SIZE, 2 * _HIDDEN_SIZE, 2 * _HIDDEN_SIZE))
        ]
        self._gru_layers = [
            (
                _read_parameters(f"gru_{layer}.w_0", _HIDDEN_SIZE * 3 * _HIDDEN_SIZE),
                _read_parameters(f"gru_{layer}.b_0", 3 * _HIDDEN_SIZE),
            )
            for layer in range(4)
        ]
        self._output_weights = _read_parameters("fc_4.w_0", 2 * _HIDDEN_SIZE, _TAG_COUNT)
        self._output_bias = _read_parameters("fc_4.b_0", _TAG_COUNT)
        crf = _read_parameters("crfw", _TAG_COUNT + 2, _TAG_COUNT)
        self._start_scores, self._end_scores, self._transitions = crf[0], crf[1], np.exp(crf[2:])

    def probabilities(self, sentences: Sequence[str]) -> list[FloatArray]:
        """Return for each sentence an array of characters × tags. No sentence may be empty."""
        order = sorted(range(len(sentences)), key=lambda i: -len(sentences[i]))
        results: list[FloatArray] = [np.empty(0, np.float32)] * len(sentences)
        while order:
            batch = order[: max(1, _BATCH_SIZE // len(sentences[order[0]]))]
            order = order[len(batch) :]
            for i, probabilities in zip(batch, self._run_batch([sentences[i] for i in batch]), strict=True):
                results[i] = probabilities
        return results

    def _run_batch(self, sentences: list[str]) -> list[FloatArray]:
        """Return the same as `probabilities`, for sentences that come longest first."""
        sizes = np.array([len(sentence) for sentence in sentences])
        unknown = self._character_ids[_UNKNOWN]
        ids = np.full((sizes[0], len(sizes)), unknown)
        for column, sentence in enumerate(sentences):
            ids[: len(sentence), column] = [self._character_ids.get(character, unknown) for character in sentence]
        states = self._embedding[ids]
        for layer in (0, 2):
            states = np.concatenate(
                (self._run_gru(states, sizes, layer, 1), self._run_gru(states, sizes, layer + 1, -1)), axis=2
            )
        scores = self._marginals(states @ self._output_weights + self._output_bias, sizes)
        return [scores[:size, column] for column, size in enumerate(sizes)]

    def _run_gru(self, states: FloatArray, sizes: IndexArray, layer: int, direction: int) -> FloatArray:
        """Return the outputs of one layer; `direction` is 1 for forward and -1 for backward."""
        input_weights, input_bias = self._input_layers[layer]
        hidden_weights, hidden_bias = self._gru_layers[layer]
        gate_weights = hidden_weights[: 2 * _HIDDEN_SIZE * _HIDDEN_SIZE].reshape(_HIDDEN_SIZE, 2 * _HIDDEN_SIZE)
        candidate_weights = hidden_weights[2 * _HIDDEN_SIZE * _HIDDEN_SIZE :].reshape(_HIDDEN_SIZE, _HIDDEN_SIZE)
        inputs = states @ input_weights + (input_bias + hidden_bias)
        outputs = np.zeros((*states.shape[:2], _HIDDEN_SIZE), np.float32)
        hidden = np.zeros((len(sizes), _HIDDEN_SIZE), np.float32)
        for step in range(len(states))[::direction]:
            active = int(np.searchsorted(-sizes, -step))  # the number of sentences that are longer than `step`
            previous = hidden[:active]
            gates = _sigmoid(inputs[step, :active, : 2 * _HIDDEN_SIZE] + previous @ gate_weights)
            update, reset = gates[:, :_HIDDEN_SIZE], gates[:, _HIDDEN_SIZE:]
            candidate = np.tanh(inputs[step, :active, 2 * _HIDDEN_SIZE :] + (reset * previous) @ candidate_weights)
            hidden[:active] = outputs[step, :active] = previous + update * (candidate - previous)
        return outputs

    def _marginals(self, scores: FloatArray, sizes: IndexArray) -> FloatArray:
        """Return the probability of each tag given the whole sentence, by the forward-backward algorithm."""
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        forward, backward = np.zeros_like(scores), np.ones_like(scores)
        forward[0] = scores[0] * np.exp(self._start_scores)
        for step in range(1, len(scores)):
            active = int(np.searchsorted(-sizes, -step))
            paths = forward[step - 1, :active] @ self._transitions * scores[step, :active]
            forward[step, :active] = paths / paths.sum(axis=1, keepdims=True)
        for column, size in enumerate(sizes):
            backward[size - 1, column] = np.exp(self._end_scores)
        for step in range(len(scores) - 2, -1, -1):
            active = int(np.searchsorted(-sizes, -(step + 1)))
            paths = (backward[step + 1, :active] * scores[step + 1, :active]) @ self._transitions.T
            backward[step, :active] = paths / paths.sum(axis=1, keepdims=True)
        product = forward * backward
        totals = product.sum(axis=2, keepdims=True)
        marginals: FloatArray = np.divide(product, totals, out=np.zeros_like(product), where=totals > 0)
        return marginals

    def features(self, probabilities: FloatArray, model_features: Features) -> UInt32Array:
        """Return more features of a text, given LAC's tag probabilities and the features of the name model."""
        names = ("code", "rule", "tag", "spelling", "place")
        codes, rules, tag, spelling, place = map(model_features.value, names)
        best = probabilities.argmax(axis=1).astype(np.uint32) + np.uint32(1)
        group_levels = [
            np.digitize(probabilities[:, [self._tag_ids[tag] for tag in tags]].sum(axis=1), _PROBABILITY_BINS).astype(
                np.uint32
            )
            for tags in _TAG_GROUPS.values()
        ]
        before, after = shift(best, -1), shift(best, 1)
        rows = [
            *(combine_hashes(shift(best, offset)) for offset in (-2, -1, 0, 1, 2)),
            combine_hashes(before, best),
            combine_hashes(best, after),
            combine_hashes(before, best, after),
            combine_hashes(best, after, shift(best, 2)),
            combine_hashes(best, before, shift(best, -2)),
            combine_hashes(best, tag, place),
            combine_hashes(best, codes),
            combine_hashes(best, shift(codes, 1)),
            combine_hashes(best, shift(codes, -1)),
            combine_hashes(best, rules),
            combine_hashes(best, spelling, place),
            combine_hashes(*group_levels[:6]),
            *self._word_features(best, codes),
        ]
        for levels in group_levels:
            rows += [
                combine_hashes(levels),
                combine_hashes(levels, shift(levels, 1)),
                combine_hashes(levels, shift(levels, -1)),
                combine_hashes(levels, rules),
            ]
        keys = np.vstack(rows)
        templates = np.arange(_FIRST_TEMPLATE, _FIRST_TEMPLATE + len(keys), dtype=np.uint32)[:, None]
        return combine_hashes(keys, templates) >> np.uint32(32 - FEATURE_BITS)

    def _word_features(self, best: UInt32Array, codes: UInt32Array) -> list[UInt32Array]:
        """Return features of the words that LAC's best tags delimit."""
        is_start = np.array([0, *(tag.endswith("-I") for tag in self._tag_ids)])[best] == 0
        is_start[0] = True
        starts = np.flatnonzero(is_start)
        word = np.cumsum(is_start) - 1
        ends = np.append(starts[1:], len(best)) - 1
        position = np.arange(len(best))
        start, end = starts[word], ends[word]
        next_code, previous_code = np.append(codes, 0)[end + 1], np.append(codes, 0)[start - 1]
        next_tag, previous_tag = np.append(best, 0)[end + 1], np.append(best, 0)[start - 1]
        rows = (
            (best, np.minimum(end - start, 9), np.minimum(position - start, 3)),
            (best, codes[end], np.minimum(end - position, 3)),
            (best, next_code),
            (best, previous_code),
            (best, next_tag, previous_tag),
        )
        return [combine_hashes(*(value.astype(np.uint32) for value in row)) for row in rows]
