"""The teacher of the name model: the network that jieba carries for its "paddle mode", as more features.

LAC (Jiao, Sun and Sun 2018, MIT licence), two layers of bidirectional gated recurrent units over characters, knows
far more names than any labelled collection at hand has; but its cost is that of thirty taggers like ours, and what it
takes for a name is not quite what they do. So a model that sees its opinion learns from labelled sentences, and
labels plain ones, from which the name model, which does not see it, learns.
"""

from collections.abc import Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from souwen.analysis.names.features import FEATURE_BITS, Features
from souwen.analysis.names.word_columns import Codes

Floats = NDArray[np.float32]

_HIDDEN = 128
_TAGS = 57
_UNKNOWN = "OOV"
_BATCH = 6_000  # characters
_FIRST_KIND = 1_000  # of features
_MULTIPLIER = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(15)
_GROUPS = {
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
_STEPS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)  # of probabilities


def _numbered(name: str) -> dict[str, int]:
    """A list of LAC: number, TAB, text."""
    lines = files("jieba").joinpath("lac_small", name).read_text("utf-8").split("\n")
    return {text: int(number) for number, _, text in (line.partition("\t") for line in lines) if text}


def _parameters(name: str, *shape: int) -> Floats:
    """A file of parameters: a header, then single floats."""
    data = files("jieba").joinpath("lac_small", "model_baseline", name).read_bytes()
    return np.frombuffer(data[-4 * int(np.prod(shape)) :], "<f4").reshape(shape)


def mixed(*values: Codes) -> Codes:
    """One hash of several numbers, in this order."""
    hashed = values[0] * _MULTIPLIER
    for value in values[1:]:
        hashed ^= hashed >> _SHIFT
        hashed ^= value
        hashed *= _MULTIPLIER
    return hashed


def shifted(values: Codes, offset: int) -> Codes:
    """The values of the characters that stand `offset` further on; beyond the ends of the text 0."""
    moved = np.zeros_like(values)
    if offset > 0:
        moved[:-offset] = values[offset:]
    elif offset < 0:
        moved[-offset:] = values[:offset]
    else:
        moved[:] = values
    return moved


def _sigmoid(values: Floats) -> Floats:
    between: Floats = 0.5 * np.tanh(0.5 * values) + 0.5
    return between


class Teacher:
    """LAC's opinion of folded sentences."""

    def __init__(self) -> None:
        self._numbers = _numbered("word.dic")
        self._tags = _numbered("tag.dic")
        self._embedding = _parameters("word_emb", max(self._numbers.values()) + 1, _HIDDEN)
        self._inputs = [
            (_parameters(f"fc_{layer}.w_0", size, 3 * _HIDDEN), _parameters(f"fc_{layer}.b_0", 3 * _HIDDEN))
            for layer, size in enumerate((_HIDDEN, _HIDDEN, 2 * _HIDDEN, 2 * _HIDDEN))
        ]
        self._units = [
            (_parameters(f"gru_{layer}.w_0", _HIDDEN * 3 * _HIDDEN), _parameters(f"gru_{layer}.b_0", 3 * _HIDDEN))
            for layer in range(4)
        ]
        self._output = _parameters("fc_4.w_0", 2 * _HIDDEN, _TAGS), _parameters("fc_4.b_0", _TAGS)
        crf = _parameters("crfw", _TAGS + 2, _TAGS)
        self._start, self._end, self._transitions = crf[0], crf[1], np.exp(crf[2:])

    def probabilities(self, sentences: Sequence[str]) -> list[Floats]:
        """For each sentence an array: characters by tags. No sentence may be empty."""
        order = sorted(range(len(sentences)), key=lambda number: -len(sentences[number]))
        found: list[Floats] = [np.empty(0, np.float32)] * len(sentences)
        while order:
            some = order[: max(1, _BATCH // len(sentences[order[0]]))]
            order = order[len(some) :]
            for number, scores in zip(some, self._batch([sentences[number] for number in some]), strict=True):
                found[number] = scores
        return found

    def _batch(self, sentences: list[str]) -> list[Floats]:
        """As `probabilities`, of sentences that come longest first."""
        sizes = np.array([len(sentence) for sentence in sentences])
        unknown = self._numbers[_UNKNOWN]
        numbers = np.full((sizes[0], len(sizes)), unknown)
        for column, sentence in enumerate(sentences):
            numbers[: len(sentence), column] = [self._numbers.get(character, unknown) for character in sentence]
        states = self._embedding[numbers]
        for layer in (0, 2):
            states = np.concatenate(
                (self._directed(states, sizes, layer, 1), self._directed(states, sizes, layer + 1, -1)), axis=2
            )
        scores = self._marginal(states @ self._output[0] + self._output[1], sizes)
        return [scores[:size, column] for column, size in enumerate(sizes)]

    def _directed(self, states: Floats, sizes: NDArray[np.intp], layer: int, direction: int) -> Floats:
        """A layer of units, forward or backward."""
        weights, bias = self._inputs[layer]
        unit, unit_bias = self._units[layer]
        gates = unit[: 2 * _HIDDEN * _HIDDEN].reshape(_HIDDEN, 2 * _HIDDEN)
        candidate = unit[2 * _HIDDEN * _HIDDEN :].reshape(_HIDDEN, _HIDDEN)
        given = states @ weights + (bias + unit_bias)
        out = np.zeros((*states.shape[:2], _HIDDEN), np.float32)
        hidden = np.zeros((len(sizes), _HIDDEN), np.float32)
        for step in range(len(states))[::direction]:
            left = int(np.searchsorted(-sizes, -step))  # sentences that are longer
            before = hidden[:left]
            opened = _sigmoid(given[step, :left, : 2 * _HIDDEN] + before @ gates)
            update, reset = opened[:, :_HIDDEN], opened[:, _HIDDEN:]
            new = np.tanh(given[step, :left, 2 * _HIDDEN :] + (reset * before) @ candidate)
            hidden[:left] = out[step, :left] = before + update * (new - before)
        return out

    def _marginal(self, scores: Floats, sizes: NDArray[np.intp]) -> Floats:
        """The probability of each tag, given the whole sentence."""
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        forward, backward = np.zeros_like(scores), np.ones_like(scores)
        forward[0] = scores[0] * np.exp(self._start)
        for step in range(1, len(scores)):
            left = int(np.searchsorted(-sizes, -step))
            paths = forward[step - 1, :left] @ self._transitions * scores[step, :left]
            forward[step, :left] = paths / paths.sum(axis=1, keepdims=True)
        for column, size in enumerate(sizes):
            backward[size - 1, column] = np.exp(self._end)
        for step in range(len(scores) - 2, -1, -1):
            left = int(np.searchsorted(-sizes, -(step + 1)))
            paths = (backward[step + 1, :left] * scores[step + 1, :left]) @ self._transitions.T
            backward[step, :left] = paths / paths.sum(axis=1, keepdims=True)
        both = forward * backward
        total = both.sum(axis=2, keepdims=True)
        probability: Floats = np.divide(both, total, out=np.zeros_like(both), where=total > 0)
        return probability

    def features(self, probabilities: Floats, own: Features) -> Codes:
        """More features of a text whose others are `own`, given what LAC thinks of each character."""
        names = ("code", "rule", "tag", "spelling", "place")
        codes, rules, tag, spelling, place = map(own.value, names)
        best = probabilities.argmax(axis=1).astype(np.uint32) + np.uint32(1)
        levels = [
            np.digitize(probabilities[:, [self._tags[tag] for tag in tags]].sum(axis=1), _STEPS).astype(np.uint32)
            for tags in _GROUPS.values()
        ]
        before, after = shifted(best, -1), shifted(best, 1)
        rows = [
            *(mixed(shifted(best, offset)) for offset in (-2, -1, 0, 1, 2)),
            mixed(before, best),
            mixed(best, after),
            mixed(before, best, after),
            mixed(best, after, shifted(best, 2)),
            mixed(best, before, shifted(best, -2)),
            mixed(best, tag, place),
            mixed(best, codes),
            mixed(best, shifted(codes, 1)),
            mixed(best, shifted(codes, -1)),
            mixed(best, rules),
            mixed(best, spelling, place),
            mixed(*levels[:6]),
            *self._of_spans(best, codes),
        ]
        for level in levels:
            rows += [
                mixed(level),
                mixed(level, shifted(level, 1)),
                mixed(level, shifted(level, -1)),
                mixed(level, rules),
            ]
        keys = np.vstack(rows)
        kinds = np.arange(_FIRST_KIND, _FIRST_KIND + len(keys), dtype=np.uint32)[:, None]
        return mixed(keys, kinds) >> np.uint32(32 - FEATURE_BITS)

    def _of_spans(self, best: Codes, codes: Codes) -> list[Codes]:
        """Features of what LAC takes for a word."""
        begins = np.array([0, *(tag.endswith("-I") for tag in self._tags)])[best] == 0
        begins[0] = True
        starts = np.flatnonzero(begins)
        number = np.cumsum(begins) - 1
        ends = np.append(starts[1:], len(best)) - 1
        here = np.arange(len(best))
        start, end = starts[number], ends[number]
        next_one, one_before = np.append(codes, 0)[end + 1], np.append(codes, 0)[start - 1]
        following, preceding = np.append(best, 0)[end + 1], np.append(best, 0)[start - 1]
        rows = (
            (best, np.minimum(end - start, 9), np.minimum(here - start, 3)),
            (best, codes[end], np.minimum(end - here, 3)),
            (best, next_one),
            (best, one_before),
            (best, following, preceding),
        )
        return [mixed(*(value.astype(np.uint32) for value in row)) for row in rows]
