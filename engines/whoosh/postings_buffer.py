"""Collects the postings of arriving articles in memory, and sorts them into lists.

Nothing is done for a single posting: terms become numbers, articles arrays of them, and a few sorts make the lists.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from sys import getsizeof
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .elias_fano import Numbers
from .postings_writer import CHUNK, Lists
from .prepared_article import Coded, Numbering

SORTED = 1 << 21  # values that are sorted at once
_CODE_POINTS = 0x110000
_UNKNOWN = 0xFFFFFFFF  # a term or character that has no number yet
_NEW_TERM = 100  # bytes of a term in the dictionary, besides the term itself
_SORTING = 8  # bytes that sorting takes for each value
_SORTING_TERM = 50  # bytes that sorting takes for each term


class TermGatherer:
    """The terms of some fields, which come coded."""

    def __init__(self, names: Sequence[str]) -> None:
        self._fields = {name: _TermField(Numbering(), _Gathered("I")) for name in names}
        self._terms = 0  # bytes
        self._vocabularies: list[list[str]] = []
        self._starts = np.zeros(0, np.int64)  # of the vocabularies, where all are one
        self._numbers = np.zeros(0, np.uint32)  # of the terms in them

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._terms + sum(field.gathered.held for field in self._fields.values())

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides, a field at a time."""
        return max(field.gathered.sorting + len(field.numbering) * _SORTING_TERM for field in self._fields.values())

    def add(self, terms: Coded) -> None:
        """The terms of the next article."""
        if terms.vocabularies is not self._vocabularies:
            self._vocabularies = terms.vocabularies
            sizes = np.array([0, *map(len, terms.vocabularies)])
            self._starts = np.cumsum(sizes)
            self._numbers = np.full(self._starts[-1], _UNKNOWN, np.uint32)
        codes = np.frombuffer(terms.codes, np.uint32)
        numbers = self._numbers[codes]
        # Only what articles use is numbered: a run may begin anywhere in a batch, and need not hold all its vocabulary.
        unknown = numbers == _UNKNOWN
        if unknown.any():
            self._number(np.unique(codes[unknown]))
            numbers = self._numbers[codes]
        data = memoryview(numbers.tobytes())
        start = 0
        for field, size in zip(self._fields.values(), terms.sizes, strict=True):
            end = start + numbers.itemsize * size
            field.gathered.add(data[start:end], size)
            start = end

    def _number(self, codes: NDArray[np.uint32]) -> None:
        """Gives the terms with these codes, which rise, numbers."""
        sizes: dict[int, int] = {}  # of new terms, in bytes
        ends = np.searchsorted(codes, self._starts)
        for field, vocabulary, start, first, last in zip(
            self._fields.values(), self._vocabularies, self._starts.tolist(), ends, ends[1:], strict=False
        ):
            if first < last:
                here = codes[first:last]
                terms = [vocabulary[code] for code in (here - start).tolist()]
                before = len(field.numbering)
                numbers = self._numbers[here] = field.numbering.of(terms)
                new = [term for term, number in zip(terms, numbers.tolist(), strict=True) if number >= before]
                # Fields have names in common, and share the memory of them.
                sizes.update((id(term), getsizeof(term)) for term in new)
                self._terms += len(new) * _NEW_TERM
        self._terms += sum(sizes.values())

    def lists(self, name: str) -> Iterator[Lists]:
        """All that was gathered of a field, which is let go, in chunks."""
        numbering, gathered = self._fields.pop(name)
        terms = sorted(numbering)
        rank = np.empty(len(terms), np.int64)
        rank[numbering.of(terms)] = np.arange(len(terms))
        return _counted(gathered, rank, terms)


class _Gathered:
    """What articles hold, as numbers one article after another: two arrays for all of them, since what thousands of
    small ones leave behind the system does not get back. `kind` is the type of the numbers, as `array` names it."""

    def __init__(self, kind: str) -> None:
        self.numbers = array(kind)
        self.lengths = array("I")  # of articles

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return len(self.numbers) * self.numbers.itemsize + len(self.lengths) * self.lengths.itemsize

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides."""
        return min(len(self.numbers), SORTED) * _SORTING

    def add(self, data: bytes | memoryview, length: int) -> None:
        """The numbers of the next article."""
        self.numbers.frombytes(data)
        self.lengths.append(length)

    def counts(self, kinds: int) -> Numbers:
        """How often each number below `kinds` comes."""
        counts = np.zeros(kinds, np.int64)
        numbers = np.frombuffer(self.numbers, self.numbers.typecode)
        for start in range(0, len(numbers), CHUNK):
            counts += np.bincount(numbers[start : start + CHUNK], minlength=kinds)
        return counts

    def pieces(self) -> Iterator[tuple[NDArray[np.unsignedinteger], Numbers]]:
        """What some articles at a time hold, with the number of the article of each."""
        numbers, lengths = np.frombuffer(self.numbers, self.numbers.typecode), np.frombuffer(self.lengths, np.uint32)
        ends = np.cumsum(lengths, dtype=np.int64)
        first = before = 0
        while first < len(lengths):
            last = max(first + 1, int(np.searchsorted(ends, before + CHUNK)))
            end = int(ends[last - 1])
            yield numbers[before:end], np.repeat(np.arange(first, last), lengths[first:last])
            first, before = last, end


class _TermField(NamedTuple):
    numbering: Numbering
    gathered: _Gathered


class TextGatherer:
    """Texts, for the lists of their single characters, but for white space, and of their pairs of neighbours, which are
    known by their places. A character is kept as its number, in two bytes where that will do."""

    def __init__(self) -> None:
        self._gathered = _Gathered("H")
        self._alphabet = array("I")  # code points in the order of their numbers
        self._numbers = np.full(_CODE_POINTS, _UNKNOWN, np.uint32)  # of code points

    @property
    def held(self) -> int:
        """Bytes that are held."""
        return self._gathered.held

    @property
    def sorting(self) -> int:
        """Bytes that sorting will take besides."""
        return self._gathered.sorting

    def add(self, text: str) -> None:
        """The text of the next article."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        numbers = self._numbers[codes]
        unknown = numbers == _UNKNOWN
        if unknown.any():
            self._number(np.unique(codes[unknown]))
            numbers = self._numbers[codes]
        self._gathered.add(numbers.astype(self._gathered.numbers.typecode).tobytes(), len(text))

    def _number(self, codes: NDArray[np.uint32]) -> None:
        """Gives characters numbers."""
        known = len(self._alphabet)
        self._numbers[codes] = np.arange(known, known + len(codes))
        self._alphabet.frombytes(codes.tobytes())
        if known <= 0x10000 < len(self._alphabet):
            self._gathered.numbers = array("I", self._gathered.numbers)

    def lists(self, size: int) -> Iterator[Lists]:
        """The lists of single characters, or of pairs, in chunks."""
        alphabet = np.array(self._alphabet, np.int64)
        order = np.argsort(alphabet)
        rank = np.empty(len(alphabet), np.int64)
        rank[order] = np.arange(len(alphabet))
        alphabet = alphabet[order]
        if size == 2:
            return self._bigrams(rank, alphabet)
        terms = list(map(chr, alphabet.tolist()))
        is_shown = np.array([not term.isspace() for term in terms], np.bool_)
        return _counted(self._gathered, rank, terms, is_shown)

    def _bigrams(self, rank: Numbers, alphabet: Numbers) -> Iterator[Lists]:
        characters = len(alphabet)

        def pieces(low: int, high: int) -> Iterator[tuple[Numbers, Numbers]]:
            """The pairs that begin with some characters, as numbers, and their places."""
            place = 0
            for numbers, owners in self._gathered.pieces():
                inside = np.flatnonzero(owners[:-1] == owners[1:])  # no pair begins with a text's last character
                ranks = rank[numbers]
                first = ranks[inside]
                chosen = np.flatnonzero((first >= low) & (first < high))
                yield first[chosen] * characters + ranks[inside[chosen] + 1], chosen + place
                place += len(inside)

        counts = np.zeros(characters, np.int64)
        counts[rank] = self._gathered.counts(characters)
        for numbers, sizes, values in _grouped(pieces, counts, len(self._gathered.numbers).bit_length()):
            first, second = np.divmod(numbers, characters)
            codes = np.stack((alphabet[first], alphabet[second]), axis=1).astype("<u4")
            text = codes.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
            ends = np.cumsum((1 + (codes > 0x7F) + (codes > 0x7FF) + (codes > 0xFFFF)).sum(axis=1)).tolist()
            terms = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
            yield Lists(terms, sizes, values, None)


def _counted(
    gathered: _Gathered, rank: Numbers, terms: list[str], kept: NDArray[np.bool_] | None = None
) -> Iterator[Lists]:
    """Lists of articles with counts. `rank` gives a term's number its place among `terms`, `kept` tells which of these
    are wanted."""

    def pieces(low: int, high: int) -> Iterator[tuple[Numbers, Numbers]]:
        for numbers, owners in gathered.pieces():
            ranks = rank[numbers]
            chosen = (ranks >= low) & (ranks < high)
            if kept is not None:
                chosen &= kept[ranks]
            yield ranks[chosen], owners[chosen]

    counts = np.zeros(len(terms), np.int64)
    counts[rank] = gathered.counts(len(terms))
    for numbers, sizes, values in _grouped(pieces, counts, len(gathered.lengths).bit_length()):
        owners = np.repeat(np.arange(len(sizes)), sizes)
        firsts = np.flatnonzero(np.diff(values, prepend=-1) | np.diff(owners, prepend=-1))
        how_often = np.diff(firsts, append=len(values))
        sizes = np.bincount(owners[firsts], minlength=len(sizes)).astype(np.int64)
        encoded = [terms[number].encode("utf-8", "surrogatepass") for number in numbers.tolist()]
        yield Lists(encoded, sizes, values[firsts], how_often)


def _grouped(
    pieces: Callable[[int, int], Iterator[tuple[Numbers, Numbers]]], counts: Numbers, bits: int
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """The values of equal keys together: the keys in order, how many values each has, and the values, of so many bits,
    which rise; some keys at a time. `pieces` tells keys with a value of each, those of which begin with one of a range
    of characters or terms, of which `counts` tells how many there are at the most: looking for them several times takes
    less time than sorting all, and less memory."""
    ends = np.cumsum(counts)
    low = before = 0
    while low < len(counts):
        high = max(low + 1, int(np.searchsorted(ends, before + SORTED, "right")))
        both = np.empty(int(ends[high - 1]) - before, np.int64)  # key and value in one number: no second array
        count = 0
        for keys, values in pieces(low, high):
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
        low, before = high, int(ends[high - 1])
