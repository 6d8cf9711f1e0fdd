"""Writer of a field: its sorted terms and their posting lists, in blocks.

A posting list holds the numbers of the articles that have the term, with the count of the term in each. In fields of
bigrams it holds positions instead: the offsets of the bigram in the consecutive texts of all articles. docs/segment.md
describes the layout of a block.
"""

import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from os.path import commonprefix
from typing import NamedTuple, TypeVar

import numpy as np

from .elias_fano import EncodedLists, IntArray, encode_lists
from .paged_file import PagedFileWriter

TERMS_PER_BLOCK = 64
VALUES_PER_CHUNK = 1 << 18  # values that are encoded at once; bounds the memory of writing and merging
# The number of terms; the widths, in bytes, of a term's length, a list's size, an excess; the length of the prefix that
# all terms of the block share.
BLOCK_HEADER = struct.Struct("<BBBBB")
COLUMN_WIDTHS = (1, 2, 4, 8)  # bytes
_MAX_PREFIX_LENGTH = 255  # bytes
_Item = TypeVar("_Item")


class PostingLists(NamedTuple):
    """Sorted terms (UTF-8) with their consecutive posting lists.

    Term i has `sizes[i]` of the `values`, which rise within a list. `counts` is how often each article has the term;
    None where values are positions.
    """

    terms: list[bytes]
    sizes: IntArray
    values: IntArray
    counts: IntArray | None


class _EncodedPostings(NamedTuple):
    """Posting lists with their codes. `excess` is the sum of (count - 1) over each list."""

    lists: PostingLists
    values: EncodedLists
    excess: IntArray
    counts: EncodedLists


def write_field(
    file: PagedFileWriter, name: str, upper_bound: int, chunks: Iterator[PostingLists], *, has_counts: bool
) -> None:
    """Write the field `name` from chunks in the order of their terms. `upper_bound` is the largest possible value."""
    block_starts: list[int] = []
    for encoded in _prefetch(_encode(lists, upper_bound) for lists in _prefetch(chunks)):
        block_starts += _write_blocks(file, encoded)
    block_starts.append(file.section_size)
    file.end_section(name)
    file.write_section(f"{name}.blocks", np.array(block_starts, "<u8").tobytes())
    file.metadata[name] = {"limit": upper_bound, "counted": has_counts}


def _prefetch(items: Iterator[_Item]) -> Iterator[_Item]:
    """Yield the items, computing each in a thread while the one before is used; numpy releases Python's lock."""
    with ThreadPoolExecutor(1) as thread:
        next_item = thread.submit(next, items, None)
        while (item := next_item.result()) is not None:
            next_item = thread.submit(next, items, None)
            yield item


def _encode(lists: PostingLists, upper_bound: int) -> _EncodedPostings:
    sizes = lists.sizes
    values = encode_lists(lists.values, sizes, np.full(len(sizes), upper_bound, np.int64))
    if lists.counts is None or not len(sizes):
        zeros = np.zeros_like(sizes)
        return _EncodedPostings(lists, values, zeros, encode_lists(zeros[:0], zeros, zeros))
    # Counts are stored as the running sums of (count - 1), which rise, too. If all counts are 1, nothing is stored.
    over_one = lists.counts - 1
    excess = np.add.reduceat(over_one, np.cumsum(sizes) - sizes)
    sums = np.cumsum(over_one)
    sums_before = sums[np.cumsum(sizes) - 1] - excess
    is_stored = np.repeat(excess > 0, sizes)
    count_sizes = np.where(excess > 0, sizes, 0)
    counts = encode_lists((sums - np.repeat(sums_before, sizes))[is_stored], count_sizes, excess)
    return _EncodedPostings(lists, values, excess, counts)


def _write_blocks(file: PagedFileWriter, encoded: _EncodedPostings) -> list[int]:
    """Write the blocks, and return the start of each in the section."""
    lists, values, excess, counts = encoded
    sizes = lists.sizes
    block_starts: list[int] = []
    codes = [
        (code.tobytes(), [0, *ends.tolist()])
        for code, ends in (
            (values.lows, values.low_ends),
            (values.highs, values.high_ends),
            (counts.lows, counts.low_ends),
            (counts.highs, counts.high_ends),
        )
    ]
    columns = _Column(np.fromiter(map(len, lists.terms), np.int64, len(sizes))), _Column(sizes), _Column(excess)
    for first in range(0, len(sizes), TERMS_PER_BLOCK):
        last = min(first + TERMS_PER_BLOCK, len(sizes))
        terms = lists.terms[first:last]
        prefix_length = len(commonprefix((terms[0][:_MAX_PREFIX_LENGTH], terms[-1])))  # noqa: RUF071 - not paths
        prefix = terms[0][:prefix_length]
        widths = [column.width(first) for column in columns]
        block_starts.append(file.section_size)
        file.write(
            b"".join(
                (
                    BLOCK_HEADER.pack(last - first, *widths, prefix_length),
                    prefix,
                    *(column.bytes(first, last, width) for column, width in zip(columns, widths, strict=True)),
                    *(term[prefix_length:] for term in terms),
                    *(code[ends[first] : ends[last]] for code, ends in codes),
                )
            )
        )
    return block_starts


class _Column:
    """A number for each of many terms, stored in as few bytes as the largest number of a block needs."""

    def __init__(self, values: IntArray) -> None:
        maxima = np.maximum.reduceat(values, np.arange(0, len(values), TERMS_PER_BLOCK)) if len(values) else values
        fits = [maxima < 1 << (8 * width) for width in COLUMN_WIDTHS[:-1]]
        self._widths = np.select(fits, COLUMN_WIDTHS[:-1], COLUMN_WIDTHS[-1])
        self._bytes = {width: values.astype(f"<u{width}").tobytes() for width in set(self._widths.tolist())}

    def width(self, first: int) -> int:
        """Return the bytes per number in the block that begins with term `first`."""
        return int(self._widths[first // TERMS_PER_BLOCK])

    def bytes(self, first: int, last: int, width: int) -> bytes:
        """Return the numbers of terms `first` to `last`."""
        return self._bytes[width][first * width : last * width]
