"""Labeled sentences: reads the collections, splits them for training and testing, and scores names by F1."""

import lzma
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from souwen.analysis.names.rules import EntityKind, Span

COLLECTIONS = {"devtest": "peopledaily_devtest.bio.xz", "with dates": "peopledaily_1000_with_dates.bio.xz"}
_KINDS: dict[str, EntityKind] = {
    "PER": "person",
    "PERSON": "person",
    "LOC": "place",
    "GPE": "place",
    "ORG": "organisation",
}
# Sentences in a row that go to the same split; the second collection consists of whole articles.
_GROUP_SIZES = {"devtest": 1, "with dates": 40}

Split = Literal["train", "dev", "test"]


class Sentence(NamedTuple):
    """A text and the names in it."""

    text: str
    names: frozenset[Span]


def read_sentences(file: Path) -> list[Sentence]:
    """Return the sentences of a file in BIO format.

    A line holds a character, TAB, and its label (B-PER, I-PER, …, O). An empty line ends a sentence. ␣ is a space.
    """
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        blocks = [block.split("\n") for block in lines.read().strip("\n").split("\n\n")]
    sentences = []
    for block in blocks:
        rows = [line.split("\t") for line in block]
        text = "".join(" " if row[0] == "␣" else row[0] for row in rows)
        sentences.append(Sentence(text, frozenset(_spans(rows))))
    return sentences


def _spans(rows: list[list[str]]) -> Iterator[Span]:
    starts = [i for i, (_, label) in enumerate(rows) if label[0] == "B" and label[2:] in _KINDS]
    for start in starts:
        kind = rows[start][1][2:]
        end = start + 1
        while end < len(rows) and rows[end][1] == f"I-{kind}":
            end += 1
        yield Span(start, end, _KINDS[kind])


def splits(folder: Path, collection: str) -> dict[Split, list[Sentence]]:
    """Return the sentences of a collection in splits: three fifths train, one fifth dev, one fifth test."""
    sentences_by_split: dict[Split, list[Sentence]] = {"train": [], "dev": [], "test": []}
    for i, sentence in enumerate(read_sentences(folder / COLLECTIONS[collection])):
        fifth = i // _GROUP_SIZES[collection] % 5
        sentences_by_split["test" if fifth == 4 else "dev" if fifth == 3 else "train"].append(sentence)
    return sentences_by_split


def f1(sentences: Iterable[Sentence], find: Callable[[str], Sequence[Span]]) -> dict[str, float]:
    """Return the F1 of the names that `find` returns, by kind and for all kinds.

    A name is correct if its range and its kind are exact.
    """
    counts: dict[str, list[int]] = {name: [0, 0, 0] for name in ("all", "person", "place", "organisation")}
    for sentence in sentences:
        predicted = frozenset(find(sentence.text))
        for spans, column in ((sentence.names & predicted, 0), (sentence.names, 1), (predicted, 2)):
            for _, _, kind in spans:
                counts[kind][column] += 1
                counts["all"][column] += 1
    return {
        name: 2 * correct / max(1, expected + predicted_count)
        for name, (correct, expected, predicted_count) in counts.items()
    }
