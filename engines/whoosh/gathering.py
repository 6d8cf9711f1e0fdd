"""Collects the postings of arriving articles in memory, and sorts them into lists.

Nothing is done for a single posting: terms become numbers, articles arrays of them, and one sort makes the lists.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .lists import CHUNK, Lists
from .monotone import Numbers
from .prepared import Coded, Numbering

_CODE_POINTS = 0x110000
_NUMBER = 4  # bytes of a gathered character or term
_NEW_TERM = 160  # bytes of a term as a text and in the dictionary
_SORTING = 40  # bytes that sorting takes for each, at the most


class TermGatherer:
    """Terms that come coded."""

    def __init__(self) -> None:
        self._numbering = Numbering()
        self._articles: list[NDArray[np.uint32]] = []
        self._count = 0
        self._vocabulary: list[str] = []
        self._numbers = self._numbering.of(())  # of the vocabulary

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._count * _NUMBER + len(self._numbering) * _NEW_TERM

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides."""
        return self._count * _SORTING

    def add(self, terms: Coded) -> int:
        """The terms of the next article; how many they are."""
        if terms.vocabulary is not self._vocabulary:
            self._vocabulary = terms.vocabulary
            self._numbers = self._numbering.of(terms.vocabulary)
        self._articles.append(self._numbers[terms.codes])
        self._count += len(terms.codes)
        return len(terms.codes)

    def lists(self) -> Iterator[Lists]:
        """All that was gathered, in chunks."""
        terms = sorted(self._numbering)
        rank = np.empty(len(terms), np.int64)
        rank[self._numbering.of(terms)] = np.arange(len(terms))
        lengths = np.fromiter(map(len, self._articles), np.int64, len(self._articles))
        keys = rank[np.concatenate([*self._articles, np.zeros(0, np.uint32)])]
        self._articles = []
        owners = np.repeat(np.arange(len(lengths)), lengths)
        return _counted(keys, owners, [term.encode("utf-8", "surrogatepass") for term in terms])


class GramGatherer:
    """Single characters, or pairs of neighbours, of texts. Pairs are known by their places."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._texts: list[NDArray[np.uint32]] = []
        self._count = 0

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._count * _NUMBER

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides."""
        return self._count * _SORTING

    def add(self, text: str) -> int:
        """The text of the next article; how many grams it has."""
        self._texts.append(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"))
        self._count += len(text)
        return max(len(text) - self._size + 1, 0)

    def lists(self) -> Iterator[Lists]:
        """All that was gathered, in chunks."""
        lengths = np.fromiter(map(len, self._texts), np.int64, len(self._texts))
        text = np.concatenate([*self._texts, np.zeros(0, np.uint32)])
        self._texts = []
        alphabet = _Alphabet.of(text)
        if self._size == 1:
            terms = [chr(code).encode("utf-8", "surrogatepass") for code in alphabet.codes]
            return _counted(alphabet.number[text], np.repeat(np.arange(len(lengths)), lengths), terms)
        inside = np.ones(len(text), np.bool_)
        inside[np.cumsum(lengths[lengths > 0]) - 1] = False  # no pair begins with a text's last character
        inside = inside[:-1]
        keys = alphabet.number[text[:-1][inside]]
        keys *= len(alphabet.codes)
        keys += alphabet.number[text[1:][inside]]
        return _placed(keys, alphabet)


class _Alphabet(NamedTuple):
    """The characters of some texts, in order; `number[code point]` is the place of a character among them."""

    codes: Numbers
    number: Numbers

    @classmethod
    def of(cls, text: NDArray[np.uint32]) -> "_Alphabet":
        present = np.zeros(_CODE_POINTS, np.bool_)
        present[text] = True
        return cls(np.flatnonzero(present), np.cumsum(present) - 1)


def _counted(keys: Numbers, articles: Numbers, terms: list[bytes]) -> Iterator[Lists]:
    """Lists of articles with counts, from the number of a term and of an article for each occurrence."""
    bits = int(articles.max(initial=0)).bit_length()
    for numbers, sizes, values in _grouped(keys, articles, bits):
        owners = np.repeat(np.arange(len(sizes)), sizes)
        firsts = np.flatnonzero(np.diff(values, prepend=-1) | np.diff(owners, prepend=-1))
        counts = np.diff(firsts, append=len(values))
        sizes = np.bincount(owners[firsts], minlength=len(sizes)).astype(np.int64)
        yield Lists([terms[number] for number in numbers.tolist()], sizes, values[firsts], counts)


def _placed(keys: Numbers, alphabet: _Alphabet) -> Iterator[Lists]:
    """Lists of places, from the number of a pair at each place."""
    bits = len(keys).bit_length()
    for numbers, sizes, values in _grouped(keys, np.arange(len(keys)), bits):
        first, second = np.divmod(numbers, len(alphabet.codes))
        codes = np.stack((alphabet.codes[first], alphabet.codes[second]), axis=1).astype("<u4")
        text = codes.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
        ends = np.cumsum((1 + (codes > 0x7F) + (codes > 0x7FF) + (codes > 0xFFFF)).sum(axis=1)).tolist()
        terms = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        yield Lists(terms, sizes, values, None)


def _grouped(keys: Numbers, values: Numbers, bits: int) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """The values of equal keys together: the keys in order, how many values each has, and the values, which rise; some
    keys at a time. `keys` is used up: in place, for these are the largest arrays there are."""
    keys <<= bits
    keys |= values
    del values
    keys.sort()
    start = 0
    while start < len(keys):
        last = int(keys[min(start + CHUNK, len(keys)) - 1]) >> bits
        end = int(np.searchsorted(keys, (last + 1) << bits))
        part = keys[start:end]
        owners = part >> bits
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        yield owners[firsts], np.diff(firsts, append=len(part)), part & ((1 << bits) - 1)
        start = end
