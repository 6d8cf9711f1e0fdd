"""Sentences whose names people have marked, what of them the name model may learn from, and F1 of names found."""

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
_IN_A_ROW = {"devtest": 1, "with dates": 40}  # sentences that go to the same part; the second has whole articles

Part = Literal["learnt", "tuned on", "held out"]


class Sentence(NamedTuple):
    """A text and the names in it."""

    text: str
    names: frozenset[Span]


def sentences(file: Path) -> list[Sentence]:
    """The sentences of a file of labelled characters: a character a line, TAB, its label (B-PER, I-PER, …, O), an empty
    line after each sentence; blanks are written ␣."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        blocks = [block.split("\n") for block in lines.read().strip("\n").split("\n\n")]
    found = []
    for block in blocks:
        pairs = [line.split("\t") for line in block]
        found.append(Sentence("".join(" " if pair[0] == "␣" else pair[0] for pair in pairs), frozenset(_names(pairs))))
    return found


def _names(pairs: list[list[str]]) -> Iterator[Span]:
    starts = [at for at, (_, label) in enumerate(pairs) if label[0] == "B" and label[2:] in _KINDS]
    for start in starts:
        kind = pairs[start][1][2:]
        end = start + 1
        while end < len(pairs) and pairs[end][1] == f"I-{kind}":
            end += 1
        yield Span(start, end, _KINDS[kind])


def parts(folder: Path, collection: str) -> dict[Part, list[Sentence]]:
    """Three fifths to learn from, a fifth to tune on, a fifth that is held out until the end."""
    found: dict[Part, list[Sentence]] = {"learnt": [], "tuned on": [], "held out": []}
    for number, sentence in enumerate(sentences(folder / COLLECTIONS[collection])):
        fifth = number // _IN_A_ROW[collection] % 5
        found["held out" if fifth == 4 else "tuned on" if fifth == 3 else "learnt"].append(sentence)
    return found


def f1(measured: Iterable[Sentence], find: Callable[[str], Sequence[Span]]) -> dict[str, float]:
    """F1 of exact names of each kind, and of all kinds."""
    of: dict[str, list[int]] = {name: [0, 0, 0] for name in ("all", "person", "place", "organisation")}
    for sentence in measured:
        names = frozenset(find(sentence.text))
        for counted, which in ((sentence.names & names, 0), (sentence.names, 1), (names, 2)):
            for _, _, kind in counted:
                of[kind][which] += 1
                of["all"][which] += 1
    return {name: 2 * right / max(1, expected + found) for name, (right, expected, found) in of.items()}
