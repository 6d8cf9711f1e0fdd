"""What is known of a word, as numbers: the columns that the features of the name model are made of.

A word's columns are filled once, from jieba's tag, what it can be in a name, its class and its characters; afterwards
a text is an array of the words' numbers.
"""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .name_words import Can, pieces
from .segment import Segmenter
from .words import HAN

Codes = NDArray[np.uint32]

BLANK = 0  # the number of the word " ", which also stands before and after a text
_PUNCTUATION, _LATIN, _DIGITS = "punctuation", "latin", "digits"  # tags of what jieba does not cut
_TOKEN = re.compile(rf"([{HAN}]+)|([a-z]+)|[0-9]+(?:[.,][0-9]+)*|.", re.DOTALL)
_DOTS = "·-"  # what fold() leaves of the dots and hyphens of names
_WORDS_KEPT = 100_000
_LONGEST = 5  # characters; longer words count as of this size


class Columns(NamedTuple):
    """What is known of words, one array a column."""

    spelling: Codes
    tag: Codes
    size: Codes
    bits: Codes
    first: Codes  # character
    last: Codes  # character
    ending: Codes  # the last two
    word_class: Codes
    fine_class: Codes


class Reading(NamedTuple):
    """The words of a text: what they can be, how many characters they have, what is known of them (blank words stand
    before and after the text)."""

    bits: list[int]
    sizes: list[int]
    columns: Columns


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


@cache
def _classes() -> dict[str, tuple[int, int]]:
    """The class and the fine class of words, from 1."""
    classes: dict[str, tuple[int, int]] = {}
    for line in files(__package__).joinpath("word_classes.txt").read_text("utf-8").split("\n"):
        if line and line[0] != "#":
            numbers, _, words = line.partition("\t")
            coarse, _, fine = numbers.partition(" ")
            classes.update(dict.fromkeys(words.split(" "), (int(coarse), int(fine))))
    return classes


def _row(word: str, tag: str, bits: int) -> tuple[int, ...]:
    known_as = "0" if tag == _DIGITS else word
    return (
        _hash(known_as),
        _hash(tag),
        min(len(word), _LONGEST),
        bits,
        ord(known_as[0]),
        ord(known_as[-1]),
        _hash(known_as[-2:]),
        *_classes().get(known_as, (0, 0)),
    )


class Words:
    """Reads texts that `segmenter` cuts, and remembers what is known of words. Beyond 100,000 of them it forgets all.

    `around` is the number of blank words before and after a text."""

    def __init__(self, segmenter: Segmenter, around: int) -> None:
        self._segmenter = segmenter
        self._around = [BLANK] * around
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[str, list[int]] = {}  # of the pieces of a word
        self._lengths: dict[str, list[int]] = {}
        self._bits: list[int] = []
        self._rows = np.zeros((1 << 12, len(Columns._fields)), np.uint32)
        self._add(" ", _PUNCTUATION, (1,), (0,))

    def read(self, folded: str) -> Reading:
        """The words of a folded text."""
        if len(self._bits) > _WORDS_KEPT:
            self._forget()
        numbers: list[int] = []
        sizes: list[int] = []
        known, lengths = self._numbers, self._lengths
        for token in _TOKEN.finditer(folded):
            text = token[0]
            if token[1]:
                words = self._words(text)
            else:
                words = [text]
                if text not in known:
                    tag = _LATIN if token[2] else _DIGITS if "0" <= text[0] <= "9" else _PUNCTUATION
                    self._add(text, tag, (len(text),), (Can.DOT if text in _DOTS else 0,))
            for word in words:
                numbers += known[word]
                sizes += lengths[word]
        columns = self._rows[np.array(self._around + numbers + self._around)].T
        return Reading([self._bits[number] for number in numbers], sizes, Columns(*columns))

    def _words(self, run: str) -> list[str]:
        """The words of a run of Han characters, which are known afterwards."""
        words = self._segmenter.cut(run)
        if not self._numbers.keys() >= set(words):
            for word, tag in self._segmenter.tag(run):
                if word not in self._numbers:
                    self._add(word, tag, *pieces(word, tag))
        return words

    def _add(self, word: str, tag: str, lengths: tuple[int, ...], bits: tuple[int, ...]) -> None:
        first = len(self._bits)
        start = 0
        for size, can in zip(lengths, bits, strict=True):
            if len(self._bits) == len(self._rows):
                self._rows = np.concatenate((self._rows, np.zeros_like(self._rows)))
            self._rows[len(self._bits)] = _row(word[start : start + size], tag, can)
            self._bits.append(can)
            start += size
        self._numbers[word] = list(range(first, len(self._bits)))
        self._lengths[word] = list(lengths)
