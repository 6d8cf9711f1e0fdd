"""What is known of a word, as numbers: the columns that the features of the name model are made of.

A word is looked at once, when it is first read: what it can be in a name. Its columns, from jieba's tag, its class and
its characters, are filled when a model asks for them; the rules do not.
"""

import re
from functools import cache
from importlib.resources import files
from itertools import accumulate, chain
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..text.segmenter import UNKNOWN, Segmenter
from ..text.tokens import HAN
from .word_roles import Can, pieces

Codes = NDArray[np.uint32]

REACH = 2  # characters and words to each side that a feature sees

_BLANK = 0  # the number of the word " ", which also stands before and after a text
_PUNCTUATION, _LATIN, _DIGITS = "punctuation", "latin", "digits"  # tags of what jieba does not cut
_TOKEN = re.compile(rf"([{HAN}]+)|([a-z]{{1,64}}|[0-9]{{1,20}}(?:[.,][0-9]{{1,20}}){{,3}}|.)", re.DOTALL)
_HAN = re.compile(f"[{HAN}]")
_DOTS = "·-"  # what fold() leaves of the dots and hyphens of names
_WORDS_KEPT = 100_000
_LONGEST = 5  # characters; longer words count as of this size


class Columns(NamedTuple):
    """What is known of a word, a number a column; or of words, an array a column."""

    spelling: Codes
    tag: Codes
    size: Codes
    bits: Codes
    first: Codes  # character
    last: Codes  # character
    ending: Codes  # the last two
    coarse: Codes  # its class
    fine: Codes  # its class, of smaller ones
    plain: Codes  # whether it is hardly ever in a name, though frequent


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


@cache
def _classes() -> dict[str, tuple[int, int]]:
    """The class and the fine class of words, from 1."""
    classes: dict[str, tuple[int, int]] = {}
    for line in files(__package__).joinpath("word_clusters.txt").read_text("utf-8").split("\n"):
        if line and line[0] != "#":
            numbers, _, words = line.partition("\t")
            coarse, _, fine = numbers.partition(" ")
            classes.update(dict.fromkeys(words.split(" "), (int(coarse), int(fine))))
    return classes


@cache
def plain_words() -> frozenset[int]:
    """The spellings of frequent words that are hardly ever in a name: the model need not look at them."""
    with files(__package__).joinpath("model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return frozenset(arrays["plain"].tolist())


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
        _hash(known_as) in plain_words(),
    )


class Reading(NamedTuple):
    """The words of a text: their numbers, what they can be in a name, and where they start; `starts` has one more, the
    end of the text."""

    numbers: list[int]
    bits: list[int]
    starts: list[int]


class Words:
    """Reads texts that `segmenter` cuts, and remembers what is known of words; beyond 100,000 it forgets all."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[str, tuple[int, ...]] = {}  # of the pieces of a word
        self._bits: list[int] = []
        self._sizes: list[int] = []
        self._new: list[tuple[str, str, int]] = []  # pieces without columns as yet
        self._rows = np.zeros((0, len(Columns._fields)), np.uint32)
        self._add(" ", _PUNCTUATION, (1,), (0,))

    def read(self, folded: str) -> Reading:
        """The words of a folded text."""
        if len(self._bits) > _WORDS_KEPT:
            self._forget()
        tokens = _TOKEN.findall(folded)
        words: list[str] = []
        for run, sign in tokens:
            if run:
                words += self._segmenter.cut(run)
            else:
                words.append(sign)
        try:
            numbers = list(chain.from_iterable(map(self._numbers.__getitem__, words)))
        except KeyError:
            self._learn(tokens, words)
            numbers = list(chain.from_iterable(map(self._numbers.__getitem__, words)))
        sizes = map(self._sizes.__getitem__, numbers)
        return Reading(numbers, list(map(self._bits.__getitem__, numbers)), list(accumulate(sizes, initial=0)))

    def columns(self, reading: Reading) -> Columns:
        """What is known of the words of the text that was read last, with REACH blank words before and after it."""
        if self._new:
            self._fill()
        around = [_BLANK] * REACH
        return Columns(*self._rows.take(np.array(around + reading.numbers + around), axis=0).T)

    def _fill(self) -> None:
        """Fill the columns of new pieces."""
        filled, size = len(self._bits) - len(self._new), len(self._bits)
        if size > len(self._rows):
            more = np.zeros((size + len(self._rows), self._rows.shape[1]), np.uint32)
            self._rows = np.concatenate((self._rows, more))
        self._rows[filled:size] = [_row(*new) for new in self._new]
        self._new = []

    def _learn(self, tokens: list[tuple[str, str]], words: list[str]) -> None:
        """Get to know the words of a text."""
        new = set(words).difference(self._numbers)
        tags = dict.fromkeys(new, UNKNOWN)
        in_dictionary = {word for word in new if _HAN.match(word) and self._segmenter.knows(word)}
        for run, _ in tokens if in_dictionary else ():
            if run and not in_dictionary.isdisjoint(self._segmenter.cut(run)):
                tags.update(self._segmenter.tag(run))
        for word in new:
            if _HAN.match(word):
                self._add(word, tags[word], *pieces(word, tags[word]))
            else:
                tag = _LATIN if "a" <= word[0] <= "z" else _DIGITS if "0" <= word[0] <= "9" else _PUNCTUATION
                self._add(word, tag, (len(word),), (Can.DOT if word in _DOTS else 0,))

    def _add(self, word: str, tag: str, sizes: tuple[int, ...], bits: tuple[int, ...]) -> None:
        self._numbers[word] = tuple(range(len(self._bits), len(self._bits) + len(bits)))
        for end, size, can in zip(accumulate(sizes), sizes, bits, strict=True):
            self._new.append((word[end - size : end], tag, can))
        self._sizes += sizes
        self._bits += bits
