"""In-memory buffer of the postings of new articles, which it sorts into posting lists.

No posting is handled on its own. Terms become numbers, articles become arrays of them, and a few sorts make the lists.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from sys import getsizeof
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .elias_fano import IntArray
from .postings_writer import VALUES_PER_CHUNK, PostingLists
from .prepared_article import CodedTerms, TermNumbering

VALUES_PER_SORT = 1 << 21
_CODE_POINTS = 0x110000
_UNNUMBERED = 0xFFFFFFFF  # a term or character that has no number yet
_DICTIONARY_ENTRY_SIZE = 100  # bytes of a term in the dictionary, besides the term itself
_SORT_SIZE_PER_VALUE = 8  # bytes
_SORT_SIZE_PER_TERM = 50  # bytes


class TermBuffer:
    """Buffers the terms of some fields, which arrive coded."""

    def __init__(self, names: Sequence[str]) -> None:
        self._fields = {name: _TermField(TermNumbering(), _NumberBuffer("I")) for name in names}
        self._terms_size = 0  # bytes
        # The vocabularies of the current batch, which codes index as if they were one list.
        self._vocabularies: list[list[str]] = []
        self._vocabulary_starts = np.zeros(0, np.int64)
        self._numbers = np.zeros(0, np.uint32)  # the number of each code

    @property
    def memory(self) -> int:
        """The memory of the buffer, in bytes."""
        return self._terms_size + sum(field.buffer.memory for field in self._fields.values())

    @property
    def sort_memory(self) -> int:
        """The additional memory that sorting will need, in bytes. Fields are sorted one at a time."""
        return max(
            field.buffer.sort_memory + len(field.numbering) * _SORT_SIZE_PER_TERM for field in self._fields.values()
        )

    def add(self, terms: CodedTerms) -> None:
        """Add the terms of the next article."""
        if terms.vocabularies is not self._vocabularies:
            self._vocabularies = terms.vocabularies
            sizes = np.array([0, *map(len, terms.vocabularies)])
            self._vocabulary_starts = np.cumsum(sizes)
            self._numbers = np.full(self._vocabulary_starts[-1], _UNNUMBERED, np.uint32)
        codes = np.frombuffer(terms.codes, np.uint32)
        numbers = self._numbers[codes]
        # Number only the terms of articles: a run may begin within a batch, and does not need its whole vocabulary.
        unnumbered = numbers == _UNNUMBERED
        if unnumbered.any():
            self._assign_numbers(np.unique(codes[unnumbered]))
            numbers = self._numbers[codes]
        data = memoryview(numbers.tobytes())
        start = 0
        for field, size in zip(self._fields.values(), terms.sizes, strict=True):
            end = start + numbers.itemsize * size
            field.buffer.add(data[start:end], size)
            start = end

    def _assign_numbers(self, codes: NDArray[np.uint32]) -> None:
        """Give numbers to the terms with these codes, which rise."""
        sizes: dict[int, int] = {}  # identity of a new term → bytes; fields share terms, and their memory
        ends = np.searchsorted(codes, self._vocabulary_starts)
        for field, vocabulary, start, first, last in zip(
            self._fields.values(), self._vocabularies, self._vocabulary_starts.tolist(), ends, ends[1:], strict=False
        ):
            if first < last:
                field_codes = codes[first:last]
                terms = [vocabulary[index] for index in (field_codes - start).tolist()]
                size_before = len(field.numbering)
                numbers = self._numbers[field_codes] = field.numbering.numbers(terms)
                new = [term for term, number in zip(terms, numbers.tolist(), strict=True) if number >= size_before]
                sizes.update((id(term), getsizeof(term)) for term in new)
                self._terms_size += len(new) * _DICTIONARY_ENTRY_SIZE
        self._terms_size += sum(sizes.values())

    def pop_lists(self, name: str) -> Iterator[PostingLists]:
        """Yield the posting lists of a field in chunks, and drop the field from the buffer."""
        numbering, buffer = self._fields.pop(name)
        terms = sorted(numbering)
        rank = np.empty(len(terms), np.int64)
        rank[numbering.numbers(terms)] = np.arange(len(terms))
        return _article_lists(buffer, rank, terms)


class _NumberBuffer:
    """Consecutive numbers of all articles in two large arrays.

    Thousands of small arrays would fragment memory, so that the system does not get it back. `typecode` is that of
    `array`.
    """

    def __init__(self, typecode: str) -> None:
        self.numbers = array(typecode)
        self.lengths = array("I")  # of articles

    @property
    def memory(self) -> int:
        """The memory of the buffer, in bytes."""
        return len(self.numbers) * self.numbers.itemsize + len(self.lengths) * self.lengths.itemsize

    @property
    def sort_memory(self) -> int:
        """The additional memory that sorting will need, in bytes."""
        return min(len(self.numbers), VALUES_PER_SORT) * _SORT_SIZE_PER_VALUE

    def add(self, data: bytes | memoryview, length: int) -> None:
        """Add the numbers of the next article."""
        self.numbers.frombytes(data)
        self.lengths.append(length)

    def counts(self, size: int) -> IntArray:
        """Return how often each number below `size` occurs."""
        counts = np.zeros(size, np.int64)
        numbers = np.frombuffer(self.numbers, self.numbers.typecode)
        for start in range(0, len(numbers), VALUES_PER_CHUNK):
            counts += np.bincount(numbers[start : start + VALUES_PER_CHUNK], minlength=size)
        return counts

    def chunks(self) -> Iterator[tuple[NDArray[np.unsignedinteger], IntArray]]:
        """Yield the numbers of some articles at a time, with the article of each number."""
        numbers, lengths = np.frombuffer(self.numbers, self.numbers.typecode), np.frombuffer(self.lengths, np.uint32)
        ends = np.cumsum(lengths, dtype=np.int64)
        first = start = 0
        while first < len(lengths):
            last = max(first + 1, int(np.searchsorted(ends, start + VALUES_PER_CHUNK)))
            end = int(ends[last - 1])
            yield numbers[start:end], np.repeat(np.arange(first, last), lengths[first:last])
            first, start = last, end


class _TermField(NamedTuple):
    numbering: TermNumbering
    buffer: _NumberBuffer


class TextBuffer:
    """Buffers texts, for posting lists of their unigrams without white space, and of their bigrams with positions.

    A character is stored as its number, in two bytes as long as there are at most 2¹⁶ different ones.
    """

    def __init__(self) -> None:
        self._buffer = _NumberBuffer("H")
        self._alphabet = array("I")  # code points in the order of their numbers
        self._numbers = np.full(_CODE_POINTS, _UNNUMBERED, np.uint32)  # of code points

    @property
    def memory(self) -> int:
        """The memory of the buffer, in bytes."""
        return self._buffer.memory

    @property
    def sort_memory(self) -> int:
        """The additional memory that sorting will need, in bytes."""
        return self._buffer.sort_memory

    def add(self, text: str) -> None:
        """Add the text of the next article."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        numbers = self._numbers[codes]
        unnumbered = numbers == _UNNUMBERED
        if unnumbered.any():
            self._assign_numbers(np.unique(codes[unnumbered]))
            numbers = self._numbers[codes]
        self._buffer.add(numbers.astype(self._buffer.numbers.typecode).tobytes(), len(text))

    def _assign_numbers(self, codes: NDArray[np.uint32]) -> None:
        """Give numbers to characters."""
        size_before = len(self._alphabet)
        self._numbers[codes] = np.arange(size_before, size_before + len(codes))
        self._alphabet.frombytes(codes.tobytes())
        if size_before <= 0x10000 < len(self._alphabet):
            self._buffer.numbers = array("I", self._buffer.numbers)

    def lists(self, ngram_size: int) -> Iterator[PostingLists]:
        """Yield the posting lists of unigrams (1) or bigrams (2), in chunks."""
        alphabet = np.array(self._alphabet, np.int64)
        order = np.argsort(alphabet)
        rank = np.empty(len(alphabet), np.int64)
        rank[order] = np.arange(len(alphabet))
        alphabet = alphabet[order]
        if ngram_size == 2:
            return self._bigram_lists(rank, alphabet)
        terms = list(map(chr, alphabet.tolist()))
        is_visible = np.array([not term.isspace() for term in terms], np.bool_)
        return _article_lists(self._buffer, rank, terms, is_visible)

    def _bigram_lists(self, rank: IntArray, alphabet: IntArray) -> Iterator[PostingLists]:
        characters = len(alphabet)

        def read(low: int, high: int) -> Iterator[tuple[IntArray, IntArray]]:
            """Yield bigrams whose first character has rank `low` to `high`, as numbers, and their positions."""
            position = 0
            for numbers, articles in self._buffer.chunks():
                starts = np.flatnonzero(articles[:-1] == articles[1:])  # no bigram starts at a text's last character
                ranks = rank[numbers]
                first = ranks[starts]
                selected = np.flatnonzero((first >= low) & (first < high))
                yield first[selected] * characters + ranks[starts[selected] + 1], selected + position
                position += len(starts)

        counts = np.zeros(characters, np.int64)
        counts[rank] = self._buffer.counts(characters)
        for bigrams, sizes, positions in _sort_by_key(read, counts, len(self._buffer.numbers).bit_length()):
            first, second = np.divmod(bigrams, characters)
            codes = np.stack((alphabet[first], alphabet[second]), axis=1).astype("<u4")
            text = codes.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
            ends = np.cumsum((1 + (codes > 0x7F) + (codes > 0x7FF) + (codes > 0xFFFF)).sum(axis=1)).tolist()
            terms = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
            yield PostingLists(terms, sizes, positions, None)


def _article_lists(
    buffer: _NumberBuffer, rank: IntArray, terms: list[str], is_indexed: NDArray[np.bool_] | None = None
) -> Iterator[PostingLists]:
    """Yield lists of article numbers with counts.

    `rank` maps the number of a term to its index in `terms`, which are sorted; `is_indexed` masks these.
    """

    def read(low: int, high: int) -> Iterator[tuple[IntArray, IntArray]]:
        for numbers, articles in buffer.chunks():
            ranks = rank[numbers]
            selected = (ranks >= low) & (ranks < high)
            if is_indexed is not None:
                selected &= is_indexed[ranks]
            yield ranks[selected], articles[selected]

    max_counts = np.zeros(len(terms), np.int64)
    max_counts[rank] = buffer.counts(len(terms))
    for ranks, sizes, articles in _sort_by_key(read, max_counts, len(buffer.lengths).bit_length()):
        lists = np.repeat(np.arange(len(sizes)), sizes)
        firsts = np.flatnonzero(np.diff(articles, prepend=-1) | np.diff(lists, prepend=-1))  # of equal articles
        counts = np.diff(firsts, append=len(articles))
        sizes = np.bincount(lists[firsts], minlength=len(sizes)).astype(np.int64)
        encoded = [terms[index].encode("utf-8", "surrogatepass") for index in ranks.tolist()]
        yield PostingLists(encoded, sizes, articles[firsts], counts)


def _sort_by_key(
    read: Callable[[int, int], Iterator[tuple[IntArray, IntArray]]], max_counts: IntArray, value_bits: int
) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Yield sorted keys, the number of values of each, and the values, sorted within a key; some keys at a time.

    `read(low, high)` yields keys and values of a range of terms, or of first characters. There are at most
    `max_counts[i]` for term or character i. A value has at most `value_bits` bits. Several passes over the buffer take
    less time than to sort everything at once, and less memory.
    """
    ends = np.cumsum(max_counts)
    low = count_before = 0
    while low < len(max_counts):
        high = max(low + 1, int(np.searchsorted(ends, count_before + VALUES_PER_SORT, "right")))
        # Key and value in one number: sorting needs no second array.
        combined = np.empty(int(ends[high - 1]) - count_before, np.int64)
        count = 0
        for keys, values in read(low, high):
            combined[count : count + len(keys)] = keys << value_bits | values
            count += len(keys)
        combined = combined[:count]
        combined.sort()
        start = 0
        while start < count:
            last_key = int(combined[min(start + VALUES_PER_CHUNK, count) - 1]) >> value_bits
            end = int(np.searchsorted(combined, (last_key + 1) << value_bits))
            part = combined[start:end]
            keys = part >> value_bits
            firsts = np.flatnonzero(np.diff(keys, prepend=-1))
            yield keys[firsts], np.diff(firsts, append=len(part)), part & ((1 << value_bits) - 1)
            start = end
        low, count_before = high, int(ends[high - 1])
