"""Write `word_clusters.txt`: words that stand in the same surroundings, such as cities, surnames, or verbs of saying.

Run `python -m training.make_word_clusters FOLDER` (needs the `dev` extra), where FOLDER has news as text files,
commit the result and make the name model again. A model that learns from 5,500 sentences alone knows few of the
words around a name; their classes it knows all.

A word is the vector of how much more often than by chance it has each of the 5,000 most frequent words at its left and
at its right; 100 dimensions of these, by a randomised singular value decomposition, are grouped by k-means. Only the
words and the numbers of their groups are kept. The same texts give the same file, up to the rounding of the machine's
linear algebra.
"""

import argparse
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from souwen.analysis.text.fold import fold
from souwen.analysis.text.segmenter import Segmenter
from souwen.analysis.text.tokens import HAN

from . import ANALYSIS

CLASSES, FINE_CLASSES = 256, 1024
TIMES_SEEN = 5  # at least, or a word has no class
CONTEXTS = 5_000  # words
DISTANCES = {-2: 0.6, -1: 1.0, 1: 1.0, 2: 0.6}  # words away → weight
SMOOTHING = 0.75  # of how frequent contexts are, after Levy, Goldberg and Dagan (2015)
DIMENSIONS, SPARE_DIMENSIONS, POWER_ROUNDS = 100, 20, 4
MEANS_ROUNDS = 15
SEED = 1
SHORTEST_LINE = 8  # characters
_MARKUP = re.compile(r"<[^>]+>|&\w+;")
_TOKEN = re.compile(rf"([{HAN}]+)|[a-z]+|[0-9]+(?:[.,][0-9]+)*|.", re.DOTALL)
_LINE_END = "\n"

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]


def _read(files: Iterable[Path]) -> tuple[list[str], Numbers]:
    """All words, most frequent first, and the texts as numbers of words."""
    cut = Segmenter().cut
    known = {_LINE_END: 0}
    stream = array("I")
    for file in files:
        for line in fold(_MARKUP.sub("\n", file.read_text("utf-8", "replace")).replace("\n", "\x00")).split("\x00"):
            if len(line) >= SHORTEST_LINE:
                stream.append(known[_LINE_END])
                for token in _TOKEN.finditer(line):
                    first = token[0][0]
                    words = cut(token[0]) if token[1] else ["0" if first.isdigit() else token[0]]
                    stream.extend(known.setdefault(word, len(known)) for word in words)
    tokens = np.frombuffer(stream, np.uint32)
    order = np.argsort(-np.bincount(tokens, minlength=len(known)), kind="stable")
    rank = np.empty(len(known), np.int64)
    rank[order] = np.arange(len(known))
    spelling = list(known)
    return [spelling[number] for number in order], rank[tokens]


def _surroundings(tokens: Numbers, words: int) -> sparse.csr_matrix:
    """Positive pointwise mutual information of words and what stands beside them."""
    parts = []
    for distance, weight in DISTANCES.items():
        here, there = (
            (tokens[:-distance], tokens[distance:]) if distance > 0 else (tokens[-distance:], tokens[:distance])
        )
        known = (here < words) & (there < CONTEXTS)
        pairs, times = np.unique(here[known] * CONTEXTS + there[known], return_counts=True)
        row, column = pairs // CONTEXTS, pairs % CONTEXTS
        of_word = np.bincount(row, times, words)
        of_context = np.bincount(column, times, CONTEXTS) ** SMOOTHING
        information = np.log(times / (of_word[row] * of_context[column] / of_context.sum()))
        more = information > 0
        cells = (information[more] * weight, (row[more], column[more]))
        parts.append(sparse.coo_matrix(cells, shape=(words, CONTEXTS)))
    return sparse.hstack(parts).tocsr()


def _vectors(surroundings: sparse.csr_matrix, random: np.random.Generator) -> Vectors:
    """A vector of length 1 for each word, after Halko, Martinsson and Tropp (2011)."""
    basis = surroundings @ random.standard_normal((surroundings.shape[1], DIMENSIONS + SPARE_DIMENSIONS))
    for _ in range(POWER_ROUNDS):
        basis, _ = np.linalg.qr(surroundings @ (surroundings.T @ basis))
    left, values, _ = np.linalg.svd((surroundings.T @ basis).T, full_matrices=False)
    vectors = (basis @ left)[:, :DIMENSIONS] * np.sqrt(values[:DIMENSIONS])
    scaled: Vectors = (vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)).astype(np.float32)
    return scaled


def _groups(vectors: Vectors, number: int, random: np.random.Generator) -> Numbers:
    """The group of each word, by spherical k-means."""
    centres = vectors[random.choice(min(len(vectors), 20 * FINE_CLASSES), number, replace=False)].copy()
    groups = np.zeros(len(vectors), np.int64)
    for _ in range(MEANS_ROUNDS):
        for start in range(0, len(vectors), 8192):
            groups[start : start + 8192] = (vectors[start : start + 8192] @ centres.T).argmax(axis=1)
        centres = np.zeros_like(centres)
        np.add.at(centres, groups, vectors)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9
    return groups


def main() -> None:
    """Write the classes beside this module: class, fine class, TAB, words with blanks between."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    words, tokens = _read(sorted(parser.parse_args().folder.rglob("*.txt")))
    frequent = int((np.bincount(tokens) >= TIMES_SEEN).sum())
    random = np.random.default_rng(SEED)
    vectors = _vectors(_surroundings(tokens, frequent), random)
    coarse, fine = (_groups(vectors, number, random) for number in (CLASSES, FINE_CLASSES))
    members: dict[tuple[int, int], list[str]] = defaultdict(list)
    for word, group, fine_group in zip(words[:frequent], coarse.tolist(), fine.tolist(), strict=True):
        if not any(map(str.isspace, word)):
            members[group + 1, fine_group + 1].append(word)
    lines = ["# class and fine class from 1, TAB, words; written by make_word_clusters.py"]
    lines += [
        f"{group} {fine_group}\t{' '.join(sorted(members[group, fine_group]))}" for group, fine_group in sorted(members)
    ]
    (ANALYSIS / "names" / "word_clusters.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
