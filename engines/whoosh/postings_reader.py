"""Reads a field of a segment: looks terms up, a block at a time, and decodes their lists."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...messages import gettext as _
from .elias_fano import Bytes, Numbers, decode, decode_one, ends
from .paged_file import Damaged, Sections
from .postings_writer import CHUNK, HEAD, WIDTHS, Lists

_TERM = 8  # values whose memory a term takes while it is merged
KEPT_BLOCKS = 512  # of a field; what is read again and again needs no second look at the file


class Entry(NamedTuple):
    """What is known of a term without decoding its list: the number of values, the sum of their counts, the code."""

    size: int
    total: int
    limit: int
    lows: Bytes
    highs: Bytes
    count_lows: Bytes
    count_highs: Bytes

    def values(self) -> Numbers:
        """The list: places, or numbers of articles."""
        return decode_one(self.lows, self.highs, self.size, self.limit)

    def counts(self) -> Numbers:
        """How often each article of the list has the term."""
        excess = self.total - self.size
        if not excess:
            return np.ones(self.size, np.int64)
        return np.diff(decode_one(self.count_lows, self.count_highs, self.size, excess), prepend=0) + 1


class _Part(NamedTuple):
    """Terms of a block, with the codes of all their lists. `repeats` are the sizes of the lists that have counts."""

    terms: list[bytes]
    sizes: Numbers
    excess: Numbers
    repeats: Numbers
    lows: Bytes
    highs: Bytes
    count_lows: Bytes
    count_highs: Bytes


class _Block:
    """The terms of a block, and where their lists are. What a look at one term does not need is worked out later."""

    def __init__(self, data: Bytes, limit: int) -> None:
        self._data = data
        self._limit = limit
        self.count, *widths, shared_length = HEAD.unpack_from(data.data)
        at = HEAD.size + shared_length
        self._shared = data[HEAD.size : at].tobytes()
        columns: list[Numbers] = []
        for width in widths:
            if width not in WIDTHS:
                raise Damaged(_("a block of terms has no such columns"))
            columns.append(data[at : at + self.count * width].view(f"<u{width}").astype(np.int64))
            at += self.count * width
        lengths, self.sizes, self.excess = columns
        self._term_ends = [at, *(at + np.cumsum(lengths - shared_length)).tolist()]
        self._content = data[: self._term_ends[-1]].tobytes()

    def term(self, index: int) -> bytes:
        return self._shared + self._content[self._term_ends[index] : self._term_ends[index + 1]]

    def of_size(self, least: int) -> list[tuple[bytes, int]]:
        """The terms whose lists have so many values or more, each with the number."""
        places = np.flatnonzero(self.sizes >= least)
        return list(zip(map(self.term, places.tolist()), self.sizes[places].tolist(), strict=True))

    def place(self, term: bytes) -> int:
        """The place of the first term that is not less than `term`."""
        return bisect_left(range(self.count), term, key=self.term)

    @cached_property
    def repeats(self) -> Numbers:
        return np.where(self.excess > 0, self.sizes, 0)

    @cached_property
    def _parts(self) -> list[tuple[Bytes, list[int]]]:
        """Lows and highs of the values, then of the counts, each with where it ends for every term."""
        part_ends = [*ends(self.sizes, np.full(self.count, self._limit, np.int64))]
        part_ends += ends(self.repeats, self.excess) if self.excess.any() else [np.zeros(self.count, np.int64)] * 2
        parts: list[tuple[Bytes, list[int]]] = []
        at = self._term_ends[-1]
        for each in part_ends:
            last = int(each[-1])
            parts.append((self._data[at : at + last], [0, *each.tolist()]))
            at += last
        return parts

    def parts(self, at_once: int) -> Iterator[tuple[int, _Part]]:
        """All lists, about so many values at a time, with the number of them."""
        weights = np.cumsum(self.sizes + _TERM)
        firsts = np.flatnonzero(np.diff(weights // (at_once + 1), prepend=-1)).tolist()
        for first, last in pairwise((*firsts, self.count)):
            codes = (code[part_ends[first] : part_ends[last]] for code, part_ends in self._parts)
            terms = [self.term(index) for index in range(first, last)]
            part = slice(first, last)
            before = int(weights[first - 1]) if first else 0
            yield (
                int(weights[last - 1]) - before,
                _Part(terms, self.sizes[part], self.excess[part], self.repeats[part], *codes),
            )

    def entry(self, index: int) -> Entry:
        size = int(self.sizes[index])
        codes = (code[part_ends[index] : part_ends[index + 1]] for code, part_ends in self._parts)
        return Entry(size, size + int(self.excess[index]), self._limit, *codes)


def _read_block(sections: Sections, name: str, starts: NDArray[np.uint64], limit: int, number: int) -> _Block:
    return _Block(sections.read(name, *map(int, starts[number : number + 2])), limit)


class Field:
    """Reads the field `name`, a block at a time."""

    def __init__(self, sections: Sections, name: str) -> None:
        self._sections = sections
        self._name = name
        self._limit = int(sections.facts[name]["limit"])
        self._counted = bool(sections.facts[name]["counted"])
        self._starts: NDArray[np.uint64] = sections.array(f"{name}.blocks", "<u8")
        # Not of a method: a field that refers to itself keeps the file mapped until Python looks for such circles.
        self._read_block = partial(_read_block, sections, name, self._starts, self._limit)
        self._block = lru_cache(KEPT_BLOCKS)(self._read_block)
        self._first_terms: dict[int, bytes] = {}

    def _first_term(self, number: int) -> bytes:
        if number not in self._first_terms:
            start = int(self._starts[number])
            count, *widths, shared = HEAD.unpack(self._part(start, HEAD.size))
            at = start + HEAD.size
            rest = int.from_bytes(self._part(at + shared, widths[0]), "little") - shared
            self._first_terms[number] = self._part(at, shared) + self._part(at + shared + count * sum(widths), rest)
        return self._first_terms[number]

    def _part(self, start: int, length: int) -> bytes:
        return self._sections.read(self._name, start, start + length).tobytes()

    def _number_of_block(self, term: bytes) -> int:
        """The block that has `term` if any has: the last one that does not begin behind it, or the first."""
        low, high = 0, len(self._starts) - 1
        while low + 1 < high:
            middle = (low + high) // 2
            if self._first_term(middle) <= term:
                low = middle
            else:
                high = middle
        return low

    def find(self, term: bytes) -> Entry | None:
        if len(self._starts) < 2:
            return None
        block = self._block(self._number_of_block(term))
        index = block.place(term)
        if index == block.count or block.term(index) != term:
            return None
        return block.entry(index)

    def entries(self, start: bytes = b"") -> Iterator[tuple[bytes, Entry]]:
        """The terms from `start` on, in order."""
        first = self._number_of_block(start) if len(self._starts) > 1 else 0
        for number in range(first, len(self._starts) - 1):
            block = self._read_block(number)
            for index in range(block.place(start), block.count):
                yield block.term(index), block.entry(index)

    def sizes(self) -> Iterator[tuple[bytes, int]]:
        """All terms in order, each with the size of its list."""
        for block in self._blocks():
            yield from block.of_size(1)

    def of_size(self, least: Callable[[], int]) -> Iterator[list[tuple[bytes, int]]]:
        """The terms whose lists have `least` values, which may rise meanwhile, or more: in order, a block at a time,
        each with the size."""
        for block in self._blocks():
            yield block.of_size(least())

    def _blocks(self) -> Iterator[_Block]:
        return map(self._read_block, range(len(self._starts) - 1))

    def chunks(self, at_once: int = CHUNK) -> Iterator[Lists]:
        """All lists, about so many values at a time. What was read does not stay in memory."""
        parts: list[_Part] = []
        values = 0
        for number in range(len(self._starts) - 1):
            for size, part in self._read_block(number).parts(at_once):
                if parts and values + size > at_once:
                    yield self._joined(parts)
                    parts, values = [], 0
                    self._sections.release()
                parts.append(part)
                values += size
        if parts:
            yield self._joined(parts)
        self._sections.release()

    def _joined(self, parts: list[_Part]) -> Lists:
        terms, *columns = zip(*parts, strict=True)
        sizes, excess, repeats, lows, highs, count_lows, count_highs = map(np.concatenate, columns)
        all_terms = list(chain.from_iterable(terms))
        values = decode(lows, highs, sizes, np.full(len(sizes), self._limit, np.int64))
        if not self._counted:
            return Lists(all_terms, sizes, values, None)
        counts = np.ones_like(values)
        repeated = np.repeat(repeats > 0, sizes)
        sums = decode(count_lows, count_highs, repeats, excess)
        over = np.diff(sums, prepend=0)
        firsts = np.cumsum(repeats)[repeats > 0] - repeats[repeats > 0]
        over[firsts] = sums[firsts]
        counts[repeated] += over
        return Lists(all_terms, sizes, values, counts)
