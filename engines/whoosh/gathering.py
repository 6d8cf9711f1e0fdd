"""Collects the postings of arriving articles in memory, and sorts them into lists.

Nothing is done for a single posting: terms become numbers, articles arrays of them, and one sort makes the lists.
"""

from array import array
from collections.abc import Iterable, Iterator
from sys import getsizeof

import numpy as np
from numpy.typing import NDArray

from .lists import CHUNK, Lists
from .monotone import Numbers
from .prepared import Coded, Numbering

_CODE_POINTS = 0x110000
_UNKNOWN = 0xFFFFFFFF  # a term that has no number yet
_NUMBER = 4  # bytes of a gathered character or term
_NEW_TERM = 130  # bytes of a term in the dictionary, besides the term itself
_SORTING = 8  # bytes that sorting takes for each
_SORTING_TERM = 100  # bytes that sorting takes for each term


class TermGatherer:
    """Terms that come coded."""

    def __init__(self) -> None:
        self._numbering = Numbering()
        self._terms = 0  # bytes
        self._gathered = _Gathered()
        self._vocabulary: list[str] = []
        self._numbers = np.zeros(0, np.uint32)  # of the vocabulary

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._gathered.held + self._terms

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides."""
        return len(self._gathered.numbers) * _SORTING + len(self._numbering) * _SORTING_TERM

    def add(self, terms: Coded) -> int:
        """The terms of the next article; how many they are."""
        if terms.vocabulary is not self._vocabulary:
            self._vocabulary = terms.vocabulary
            self._numbers = np.full(len(terms.vocabulary), _UNKNOWN, np.uint32)
        numbers = self._numbers[terms.codes]
        # Only what articles use is numbered: a run may begin anywhere in a batch, and need not hold all its vocabulary.
        unknown = numbers == _UNKNOWN
        if unknown.any():
            self._number(np.unique(terms.codes[unknown]))
            numbers = self._numbers[terms.codes]
        self._gathered.add(numbers.tobytes())
        return len(terms.codes)

    def _number(self, codes: NDArray[np.uint32]) -> None:
        """Gives the terms with these codes numbers."""
        before = len(self._numbering)
        terms = [self._vocabulary[code] for code in codes.tolist()]
        numbers = self._numbers[codes] = self._numbering.of(terms)
        new = [term for term, number in zip(terms, numbers.tolist(), strict=True) if number >= before]
        self._terms += sum(map(getsizeof, new)) + len(new) * _NEW_TERM

    def lists(self) -> Iterator[Lists]:
        """All that was gathered, in chunks."""
        terms = sorted(self._numbering)
        rank = np.empty(len(terms), np.int64)
        rank[self._numbering.of(terms)] = np.arange(len(terms))
        pieces = ((rank[codes], owners) for codes, owners in self._gathered.pieces())
        encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
        return _counted(pieces, len(self._gathered.numbers), len(self._gathered.lengths), encoded)


class GramGatherer:
    """Single characters, or pairs of neighbours, of texts. Pairs are known by their places."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._gathered = _Gathered()

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._gathered.held

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides."""
        return len(self._gathered.numbers) * _SORTING

    def add(self, text: str) -> int:
        """The text of the next article; how many grams it has."""
        self._gathered.add(text.encode("utf-32-le", "surrogatepass"))
        return max(len(text) - self._size + 1, 0)

    def lists(self) -> Iterator[Lists]:
        """All that was gathered, in chunks."""
        present = np.zeros(_CODE_POINTS, np.bool_)
        for text, _ in self._gathered.pieces():
            present[text] = True
        alphabet, number = np.flatnonzero(present), np.cumsum(present) - 1
        count = len(self._gathered.numbers)
        if self._size == 1:
            terms = [chr(code).encode("utf-8", "surrogatepass") for code in alphabet]
            pieces = ((number[text], owners) for text, owners in self._gathered.pieces())
            return _counted(pieces, count, len(self._gathered.lengths), terms)
        return _placed(self._pairs(number, len(alphabet)), count, alphabet)

    def _pairs(self, number: Numbers, characters: int) -> Iterator[tuple[Numbers, Numbers]]:
        """The pairs, as numbers, and their places."""
        place = 0
        for text, owners in self._gathered.pieces():
            numbers = number[text]
            inside = owners[:-1] == owners[1:]  # no pair begins with a text's last character
            keys = (numbers[:-1] * characters + numbers[1:])[inside]
            yield keys, np.arange(place, place + len(keys))
            place += len(keys)


class _Gathered:
    """What articles hold, as numbers one article after another: two arrays for all of them, since what thousands of
    small ones leave behind the system does not get back."""

    def __init__(self) -> None:
        self.numbers = array("I")
        self.lengths = array("I")  # of articles

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return (len(self.numbers) + len(self.lengths)) * _NUMBER

    def add(self, data: bytes) -> None:
        """The numbers of the next article, 4 bytes each."""
        self.numbers.frombytes(data)
        self.lengths.append(len(data) // _NUMBER)

    def pieces(self) -> Iterator[tuple[NDArray[np.uint32], Numbers]]:
        """What some articles at a time hold, with the number of the article of each."""
        numbers, lengths = np.frombuffer(self.numbers, np.uint32), np.frombuffer(self.lengths, np.uint32)
        ends = np.cumsum(lengths, dtype=np.int64)
        first = before = 0
        while first < len(lengths):
            last = max(first + 1, int(np.searchsorted(ends, before + CHUNK)))
            end = int(ends[last - 1])
            yield numbers[before:end], np.repeat(np.arange(first, last), lengths[first:last])
            first, before = last, end


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
