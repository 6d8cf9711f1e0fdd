"""Collects the postings of arriving articles in memory, and sorts them into lists.

Nothing is done for a single posting: terms become numbers, articles arrays of them, and one sort makes the lists.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from .lists import CHUNK, Lists
from .monotone import Numbers
from .prepared import Coded, Numbering

_CODE_POINTS = 0x110000
_NUMBER = 4  # bytes of a gathered character or term
_NEW_TERM = 160  # bytes of a term as a text and in the dictionary
_ARRAY = 120  # bytes of an array besides its numbers; each article has one
_SORTING = 8  # bytes that sorting takes for each


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
        return self._count * _NUMBER + len(self._articles) * _ARRAY + len(self._numbering) * _NEW_TERM

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
        pieces = ((rank[codes], owners) for codes, owners in _pieces(self._articles))
        encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
        return _counted(pieces, self._count, len(self._articles), encoded)


class GramGatherer:
    """Single characters, or pairs of neighbours, of texts. Pairs are known by their places."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._texts: list[NDArray[np.uint32]] = []
        self._count = 0

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._count * _NUMBER + len(self._texts) * _ARRAY

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
        present = np.zeros(_CODE_POINTS, np.bool_)
        for text, _ in _pieces(self._texts):
            present[text] = True
        alphabet, number = np.flatnonzero(present), np.cumsum(present) - 1
        if self._size == 1:
            terms = [chr(code).encode("utf-8", "surrogatepass") for code in alphabet]
            pieces = ((number[text], owners) for text, owners in _pieces(self._texts))
            return _counted(pieces, self._count, len(self._texts), terms)
        return _placed(self._pairs(number, len(alphabet)), self._count, alphabet)

    def _pairs(self, number: Numbers, characters: int) -> Iterator[tuple[Numbers, Numbers]]:
        """The pairs, as numbers, and their places."""
        place = 0
        for text, owners in _pieces(self._texts):
            numbers = number[text]
            inside = owners[:-1] == owners[1:]  # no pair begins with a text's last character
            keys = (numbers[:-1] * characters + numbers[1:])[inside]
            yield keys, np.arange(place, place + len(keys))
            place += len(keys)


def _pieces(articles: list[NDArray[np.uint32]]) -> Iterator[tuple[NDArray[np.uint32], Numbers]]:
    """What articles hold, some articles at a time, one after another, with the number of the article of each."""
    lengths = np.fromiter(map(len, articles), np.int64, len(articles))
    ends = np.cumsum(lengths)
    first = 0
    while first < len(articles):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + CHUNK)))
        yield np.concatenate(articles[first:last]), np.repeat(np.arange(first, last), lengths[first:last])
        first = last


def _counted(
    pieces: Iterable[tuple[Numbers, Numbers]], count: int, articles: int, terms: list[bytes]
) -> Iterator[Lists]:
    """Lists of articles with counts, from the number of a term and of an article for each of `count` occurrences."""
    for numbers, sizes, values in _grouped(pieces, count, articles.bit_length()):
        owners = np.repeat(np.arange(len(sizes)), sizes)
        firsts = np.flatnonzero(np.diff(values, prepend=-1) | np.diff(owners, prepend=-1))
        counts = np.diff(firsts, append=len(values))
        sizes = np.bincount(owners[firsts], minlength=len(sizes)).astype(np.int64)
        yield Lists([terms[number] for number in numbers.tolist()], sizes, values[firsts], counts)


def _placed(pieces: Iterable[tuple[Numbers, Numbers]], count: int, alphabet: Numbers) -> Iterator[Lists]:
    """Lists of places, from the number of a pair at each place."""
    for numbers, sizes, values in _grouped(pieces, count, count.bit_length()):
        first, second = np.divmod(numbers, len(alphabet))
        codes = np.stack((alphabet[first], alphabet[second]), axis=1).astype("<u4")
        text = codes.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
        ends = np.cumsum((1 + (codes > 0x7F) + (codes > 0x7FF) + (codes > 0xFFFF)).sum(axis=1)).tolist()
        terms = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        yield Lists(terms, sizes, values, None)


def _grouped(
    pieces: Iterable[tuple[Numbers, Numbers]], most: int, bits: int
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """The values of equal keys together: the keys in order, how many values each has, and the values, which rise; some
    keys at a time. There are `most` values at the most, of so many bits."""
    both = np.empty(most, np.int64)  # key and value in one number: what is sorted needs no second array
    count = 0
    for keys, values in pieces:
        both[count : count + len(keys)] = keys << bits | values
        count += len(keys)
    both = both[:count]
    both.sort()
    start = 0
    while start < count:
        last = int(both[min(start + CHUNK, count) - 1]) >> bits
        end = int(np.searchsorted(both, (last + 1) << bits))
        part = both[start:end]
        owners = part >> bits
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        yield owners[firsts], np.diff(firsts, append=len(part)), part & ((1 << bits) - 1)
        start = end
