"""Reader of a field: looks up terms and decodes their posting lists, a block at a time."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...messages import gettext as _
from .elias_fano import ByteArray, IntArray, code_ends, decode_list, decode_lists
from .paged_file import CorruptFile, PagedFileReader
from .postings_writer import BLOCK_HEADER, COLUMN_WIDTHS, VALUES_PER_CHUNK, PostingLists

_TERM_COST = 8  # values that take as much memory as a term does while it is merged
BLOCK_CACHE_SIZE = 512  # blocks of a field


class TermEntry(NamedTuple):
    """A term's entry in its block: the size of its posting list, the sum of its counts, and the encoded list."""

    size: int
    total: int
    upper_bound: int
    lows: ByteArray
    highs: ByteArray
    count_lows: ByteArray
    count_highs: ByteArray

    def values(self) -> IntArray:
        """Decode the posting list: article numbers or positions."""
        return decode_list(self.lows, self.highs, self.size, self.upper_bound)

    def counts(self) -> IntArray:
        """Decode the count of the term in each article of the list."""
        excess = self.total - self.size
        if not excess:
            return np.ones(self.size, np.int64)
        return np.diff(decode_list(self.count_lows, self.count_highs, self.size, excess), prepend=0) + 1


class _EncodedChunk(NamedTuple):
    """Terms of a block with the codes of their lists. `count_sizes` are the sizes of lists that have stored counts."""

    terms: list[bytes]
    sizes: IntArray
    excess: IntArray
    count_sizes: IntArray
    lows: ByteArray
    highs: ByteArray
    count_lows: ByteArray
    count_highs: ByteArray


class _Block:
    """The terms of a block and the offsets of their lists, which are read when they are needed.

    `read` returns bytes of the block.
    """

    def __init__(self, read: Callable[[int, int], ByteArray], upper_bound: int) -> None:
        self._read = read
        self._upper_bound = upper_bound
        self.count, *widths, prefix_length = BLOCK_HEADER.unpack(read(0, BLOCK_HEADER.size).data)
        if not set(widths) <= {*COLUMN_WIDTHS}:
            raise CorruptFile(_("a block of terms has an invalid column width"))
        offset = BLOCK_HEADER.size + prefix_length
        data = read(BLOCK_HEADER.size, offset + self.count * sum(widths))
        self._prefix = data[:prefix_length].tobytes()
        columns: list[IntArray] = []
        start = prefix_length
        for width in widths:
            columns.append(data[start : start + self.count * width].view(f"<u{width}").astype(np.int64))
            start += self.count * width
        offset += self.count * sum(widths)
        lengths, self.sizes, self.excess = columns
        ends = np.cumsum(lengths - prefix_length)
        self._suffix_offsets = [0, *ends.tolist()]
        self._codes_start = offset + self._suffix_offsets[-1]
        self._suffixes = read(offset, self._codes_start).tobytes()

    def term(self, index: int) -> bytes:
        """Return a term."""
        return self._prefix + self._suffixes[self._suffix_offsets[index] : self._suffix_offsets[index + 1]]

    def frequent_terms(self, min_size: int) -> list[tuple[bytes, int]]:
        """Return the terms whose lists have at least `min_size` values, each with the size."""
        indexes = np.flatnonzero(self.sizes >= min_size)
        return list(zip(map(self.term, indexes.tolist()), self.sizes[indexes].tolist(), strict=True))

    def lower_bound(self, term: bytes) -> int:
        """Return the index of the first term that is not less than `term`."""
        return bisect_left(range(self.count), term, key=self.term)

    @cached_property
    def count_sizes(self) -> IntArray:
        """The number of stored counts of each term."""
        return np.where(self.excess > 0, self.sizes, 0)

    @cached_property
    def _code_offsets(self) -> list[list[int]]:
        """Offsets in the block of the lows and highs of each term's values, then of its counts."""
        ends = [*code_ends(self.sizes, np.full(self.count, self._upper_bound, np.int64))]
        ends += code_ends(self.count_sizes, self.excess) if self.excess.any() else [np.zeros(self.count, np.int64)] * 2
        offsets: list[list[int]] = []
        start = self._codes_start
        for term_ends in ends:
            offsets.append([start, *(start + term_ends).tolist()])
            start = offsets[-1][-1]
        return offsets

    def _codes(self, first: int, last: int) -> list[ByteArray]:
        """Read the lows and highs of the values of some terms, then of their counts."""
        return [self._read(offsets[first], offsets[last]) for offsets in self._code_offsets]

    def chunks(self, max_values: int) -> Iterator[tuple[int, _EncodedChunk]]:
        """Yield all lists in chunks of about `max_values` values, each chunk with its cost in values."""
        costs = np.cumsum(self.sizes + _TERM_COST)
        firsts = np.flatnonzero(np.diff(costs // (max_values + 1), prepend=-1)).tolist()
        for first, last in pairwise((*firsts, self.count)):
            codes = self._codes(first, last)
            terms = [self.term(index) for index in range(first, last)]
            part = slice(first, last)
            cost_before = int(costs[first - 1]) if first else 0
            yield (
                int(costs[last - 1]) - cost_before,
                _EncodedChunk(terms, self.sizes[part], self.excess[part], self.count_sizes[part], *codes),
            )

    def entry(self, index: int) -> TermEntry:
        """Return the entry of a term."""
        size = int(self.sizes[index])
        codes = self._codes(index, index + 1)
        return TermEntry(size, size + int(self.excess[index]), self._upper_bound, *codes)


def _read_block(
    file: PagedFileReader, name: str, starts: NDArray[np.uint64], upper_bound: int, block_number: int
) -> _Block:
    first, last = map(int, starts[block_number : block_number + 2])

    def read(start: int, end: int) -> ByteArray:
        if first + end > last:
            raise CorruptFile(_("a block of terms is shorter than its lists"))
        return file.read(name, first + start, first + end)

    return _Block(read, upper_bound)


class FieldReader:
    """Reads the field `name` of a segment."""

    def __init__(self, file: PagedFileReader, name: str) -> None:
        self._file = file
        self._name = name
        self._upper_bound = int(file.metadata[name]["limit"])
        self._has_counts = bool(file.metadata[name]["counted"])
        self._block_starts: NDArray[np.uint64] = file.array(f"{name}.blocks", "<u8")
        # Not a method: a reader that refers to itself would keep the file open until the garbage collector runs.
        self._read_block = partial(_read_block, file, name, self._block_starts, self._upper_bound)
        self._cached_block = lru_cache(BLOCK_CACHE_SIZE)(self._read_block)
        self._first_terms: dict[int, bytes] = {}

    def _first_term(self, block_number: int) -> bytes:
        if block_number not in self._first_terms:
            start = int(self._block_starts[block_number])
            count, *widths, prefix_length = BLOCK_HEADER.unpack(self._read(start, BLOCK_HEADER.size))
            start += BLOCK_HEADER.size
            columns = start + prefix_length
            suffix_length = int.from_bytes(self._read(columns, widths[0]), "little") - prefix_length
            suffix = self._read(columns + count * sum(widths), suffix_length)
            self._first_terms[block_number] = self._read(start, prefix_length) + suffix
        return self._first_terms[block_number]

    def _read(self, start: int, length: int) -> bytes:
        return self._file.read(self._name, start, start + length).tobytes()

    def _find_block(self, term: bytes) -> int:
        """Return the number of the block that would contain `term`."""
        low, high = 0, len(self._block_starts) - 1
        while low + 1 < high:
            middle = (low + high) // 2
            if self._first_term(middle) <= term:
                low = middle
            else:
                high = middle
        return low

    def find(self, term: bytes) -> TermEntry | None:
        """Return the entry of a term, None if the field does not have it."""
        if len(self._block_starts) < 2:
            return None
        block = self._cached_block(self._find_block(term))
        index = block.lower_bound(term)
        if index == block.count or block.term(index) != term:
            return None
        return block.entry(index)

    def entries(self, start: bytes = b"") -> Iterator[tuple[bytes, TermEntry]]:
        """Yield the terms from `start` on, in order, with their entries."""
        first = self._find_block(start) if len(self._block_starts) > 1 else 0
        for block_number in range(first, len(self._block_starts) - 1):
            block = self._read_block(block_number)
            for index in range(block.lower_bound(start), block.count):
                yield block.term(index), block.entry(index)

    def sizes(self) -> Iterator[tuple[bytes, int]]:
        """Yield all terms in order, each with the size of its list."""
        for block in self._blocks():
            yield from block.frequent_terms(1)

    def frequent_terms(self, min_size: Callable[[], int]) -> Iterator[list[tuple[bytes, int]]]:
        """Yield the terms whose lists have at least `min_size()` values, in order, with the sizes, a block at a time.

        `min_size()` may rise meanwhile.
        """
        for block in self._blocks():
            yield block.frequent_terms(min_size())

    def _blocks(self) -> Iterator[_Block]:
        return map(self._read_block, range(len(self._block_starts) - 1))

    def chunks(self, max_values: int = VALUES_PER_CHUNK) -> Iterator[PostingLists]:
        """Yield all lists in chunks of about `max_values` values."""
        chunks: list[_EncodedChunk] = []
        total_cost = 0
        for block_number in range(len(self._block_starts) - 1):
            for cost, chunk in self._read_block(block_number).chunks(max_values):
                if chunks and total_cost + cost > max_values:
                    yield self._decode(chunks)
                    chunks, total_cost = [], 0
                chunks.append(chunk)
                total_cost += cost
        if chunks:
            yield self._decode(chunks)

    def _decode(self, chunks: list[_EncodedChunk]) -> PostingLists:
        terms, *columns = zip(*chunks, strict=True)
        sizes, excess, count_sizes, lows, highs, count_lows, count_highs = map(np.concatenate, columns)
        all_terms = list(chain.from_iterable(terms))
        values = decode_lists(lows, highs, sizes, np.full(len(sizes), self._upper_bound, np.int64))
        if not self._has_counts:
            return PostingLists(all_terms, sizes, values, None)
        counts = np.ones_like(values)
        is_stored = np.repeat(count_sizes > 0, sizes)
        sums = decode_lists(count_lows, count_highs, count_sizes, excess)
        over_one = np.diff(sums, prepend=0)
        firsts = np.cumsum(count_sizes)[count_sizes > 0] - count_sizes[count_sizes > 0]
        over_one[firsts] = sums[firsts]
        counts[is_stored] += over_one
        return PostingLists(all_terms, sizes, values, counts)
