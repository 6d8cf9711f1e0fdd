"""Write `word_clusters.txt`: clusters of words with similar contexts, such as cities, surnames, or verbs of saying.

Run `python -m training.make_word_clusters FOLDER` (needs the `dev` extra), where FOLDER holds news as text files,
commit the result and make the name model again. A model trained on 5,500 sentences alone has seen few of the words
around a name; it has seen nearly all of their clusters.

A word is represented by the positive pointwise mutual information of its left and right neighbours with each of the
5,000 most frequent words. A randomized singular value decomposition reduces these vectors to 100 dimensions; k-means
clusters them. The file holds only the words and their cluster numbers. The same texts give the same file, up to the
rounding of the machine's linear algebra.
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
from .crf import FloatArray

COARSE_CLUSTERS, FINE_CLUSTERS = 256, 1024
MIN_OCCURRENCES = 5  # rarer words have no cluster
CONTEXT_WORDS = 5_000
DISTANCE_WEIGHTS = {-2: 0.6, -1: 1.0, 1: 1.0, 2: 0.6}  # by distance in words
CONTEXT_SMOOTHING = 0.75  # exponent of context frequencies, after Levy, Goldberg and Dagan (2015)
DIMENSIONS, OVERSAMPLING, POWER_ITERATIONS = 100, 20, 4
KMEANS_ITERATIONS = 15
KMEANS_BATCH_SIZE = 8192  # words
SEED = 1
MIN_LINE_LENGTH = 8  # characters
_MARKUP = re.compile(r"<[^>]+>|&\w+;")
_TOKEN = re.compile(rf"([{HAN}]+)|[a-z]+|[0-9]+(?:[.,][0-9]+)*|.", re.DOTALL)
_LINE_END = "\n"

IntArray = NDArray[np.int64]


def _read_tokens(files: Iterable[Path]) -> tuple[list[str], IntArray]:
    """Return all words, most frequent first, and the texts as one sequence of word numbers."""
    cut = Segmenter().cut
    ids = {_LINE_END: 0}
    stream = array("I")
    for file in files:
        for line in fold(_MARKUP.sub("\n", file.read_text("utf-8", "replace")).replace("\n", "\x00")).split("\x00"):
            if len(line) >= MIN_LINE_LENGTH:
                stream.append(ids[_LINE_END])
                for token in _TOKEN.finditer(line):
                    first = token[0][0]
                    words = cut(token[0]) if token[1] else ["0" if first.isdigit() else token[0]]
                    stream.extend(ids.setdefault(word, len(ids)) for word in words)
    tokens = np.frombuffer(stream, np.uint32)
    order = np.argsort(-np.bincount(tokens, minlength=len(ids)), kind="stable")
    ranks = np.empty(len(ids), np.int64)
    ranks[order] = np.arange(len(ids))
    words = list(ids)
    return [words[i] for i in order], ranks[tokens]


def _mutual_information(tokens: IntArray, word_count: int) -> sparse.csr_matrix:
    """Return the positive pointwise mutual information of words and their contexts, a block for each distance."""
    blocks = []
    for distance, weight in DISTANCE_WEIGHTS.items():
        words, contexts = (
            (tokens[:-distance], tokens[distance:]) if distance > 0 else (tokens[-distance:], tokens[:distance])
        )
        is_counted = (words < word_count) & (contexts < CONTEXT_WORDS)
        cells, counts = np.unique(words[is_counted] * CONTEXT_WORDS + contexts[is_counted], return_counts=True)
        row, column = cells // CONTEXT_WORDS, cells % CONTEXT_WORDS
        word_counts = np.bincount(row, counts, word_count)
        context_counts = np.bincount(column, counts, CONTEXT_WORDS) ** CONTEXT_SMOOTHING
        information = np.log(counts / (word_counts[row] * context_counts[column] / context_counts.sum()))
        is_positive = information > 0
        entries = (information[is_positive] * weight, (row[is_positive], column[is_positive]))
        blocks.append(sparse.coo_matrix(entries, shape=(word_count, CONTEXT_WORDS)))
    return sparse.hstack(blocks).tocsr()


def _word_vectors(matrix: sparse.csr_matrix, random: np.random.Generator) -> FloatArray:
    """Return a unit vector for each word, by a randomized SVD after Halko, Martinsson and Tropp (2011)."""
    basis = matrix @ random.standard_normal((matrix.shape[1], DIMENSIONS + OVERSAMPLING))
    for _ in range(POWER_ITERATIONS):
        basis, _ = np.linalg.qr(matrix @ (matrix.T @ basis))
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    vectors = (basis @ left)[:, :DIMENSIONS] * np.sqrt(values[:DIMENSIONS])
    unit_vectors: FloatArray = (vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)).astype(np.float32)
    return unit_vectors


def _cluster(vectors: FloatArray, cluster_count: int, random: np.random.Generator) -> IntArray:
    """Return the cluster of each word, by spherical k-means."""
    centers = vectors[random.choice(min(len(vectors), 20 * FINE_CLUSTERS), cluster_count, replace=False)].copy()
    clusters = np.zeros(len(vectors), np.int64)
    for _ in range(KMEANS_ITERATIONS):
        for start in range(0, len(vectors), KMEANS_BATCH_SIZE):
            batch = slice(start, start + KMEANS_BATCH_SIZE)
            clusters[batch] = (vectors[batch] @ centers.T).argmax(axis=1)
        centers = np.zeros_like(centers)
        np.add.at(centers, clusters, vectors)
        centers /= np.linalg.norm(centers, axis=1, keepdims=True) + 1e-9
    return clusters


def main() -> None:
    """Write the clusters: coarse cluster, fine cluster, TAB, words with spaces between."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of news as text files")
    words, tokens = _read_tokens(sorted(parser.parse_args().folder.rglob("*.txt")))
    word_count = int((np.bincount(tokens) >= MIN_OCCURRENCES).sum())
    random = np.random.default_rng(SEED)
    vectors = _word_vectors(_mutual_information(tokens, word_count), random)
    coarse_clusters, fine_clusters = (_cluster(vectors, count, random) for count in (COARSE_CLUSTERS, FINE_CLUSTERS))
    members: dict[tuple[int, int], list[str]] = defaultdict(list)
    for word, coarse, fine in zip(words[:word_count], coarse_clusters.tolist(), fine_clusters.tolist(), strict=True):
        if not any(map(str.isspace, word)):
            members[coarse + 1, fine + 1].append(word)
    lines = ["# coarse cluster and fine cluster from 1, TAB, words; written by make_word_clusters.py"]
    lines += [f"{coarse} {fine}\t{' '.join(sorted(members[coarse, fine]))}" for coarse, fine in sorted(members)]
    (ANALYSIS / "names" / "word_clusters.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
