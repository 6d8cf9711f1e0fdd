"""A field of a segment: its terms in order, each with its posting list, and how they are written.

A posting list is either the numbers of the articles that have the term, with how often each has it, or, in fields of
character pairs, the places of the pair in all the articles' texts written one after another. What a block of terms
looks like on disk: docs/segment.md.
"""

import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from os.path import commonprefix
from typing import NamedTuple, TypeVar

import numpy as np

from .elias_fano import Encoded, Numbers, encode
from .paged_file import SectionWriter

TERMS_IN_BLOCK = 64
CHUNK = 1 << 18  # values that are coded in one go; bounds what writing and merging hold in memory
# Of a block: the number of terms; bytes of a term's length, of a list's size, of an excess; length of what all terms
# begin with.
HEAD = struct.Struct("<BBBBB")
WIDTHS = (1, 2, 4, 8)
_LONGEST_SHARED = 255  # bytes
_Item = TypeVar("_Item")


class Lists(NamedTuple):
    """Terms, UTF-8, in order, with their lists one after another: term i has `sizes[i]` of the `values`, which rise
    within a list. `counts` is how often the article has the term, None where values are places."""

    terms: list[bytes]
    sizes: Numbers
    values: Numbers
    counts: Numbers | None


class _Coded(NamedTuple):
    """Lists with their codes; `excess` is the sum of what the counts of each list have over 1."""

    lists: Lists
    values: Encoded
    excess: Numbers
    counts: Encoded


def write_field(sections: SectionWriter, name: str, limit: int, chunks: Iterator[Lists], *, counted: bool) -> None:
    """The field `name`, from chunks in order of their terms. `limit` is the largest value that may come, `counted`
    whether values have counts."""
    starts: list[int] = []
    for coded in _ahead(_coded(lists, limit) for lists in _ahead(chunks)):
        starts += _write_blocks(sections, coded)
    starts.append(sections.size)
    sections.end(name)
    sections.add(f"{name}.blocks", np.array(starts, "<u8").tobytes())
    sections.facts[name] = {"limit": limit, "counted": counted}


def _ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items, each made in a thread while the one before is used; numpy lets threads work side by side."""
    with ThreadPoolExecutor(1) as thread:
        upcoming = thread.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = thread.submit(next, items, None)
            yield item


def _coded(lists: Lists, limit: int) -> _Coded:
    sizes = lists.sizes
    values = encode(lists.values, sizes, np.full(len(sizes), limit, np.int64))
    if lists.counts is None or not len(sizes):
        nothing = np.zeros_like(sizes)
        return _Coded(lists, values, nothing, encode(nothing[:0], nothing, nothing))
    # A list of counts is kept as the sums of what each has over 1, which rise too; of all ones, nothing.
    over = lists.counts - 1
    excess = np.add.reduceat(over, np.cumsum(sizes) - sizes)
    sums = np.cumsum(over)
    before = sums[np.cumsum(sizes) - 1] - excess
    kept = np.repeat(excess > 0, sizes)
    repeats = np.where(excess > 0, sizes, 0)
    return _Coded(lists, values, excess, encode((sums - np.repeat(before, sizes))[kept], repeats, excess))


def _write_blocks(sections: SectionWriter, coded: _Coded) -> list[int]:
    """Where each block begins."""
    lists, values, excess, counts = coded
    sizes = lists.sizes
    starts: list[int] = []
    codes = [
        (code.tobytes(), [0, *code_ends.tolist()])
        for code, code_ends in (
            (values.lows, values.low_ends),
            (values.highs, values.high_ends),
            (counts.lows, counts.low_ends),
            (counts.highs, counts.high_ends),
        )
    ]
    columns = _Column(np.fromiter(map(len, lists.terms), np.int64, len(sizes))), _Column(sizes), _Column(excess)
    for first in range(0, len(sizes), TERMS_IN_BLOCK):
        last = min(first + TERMS_IN_BLOCK, len(sizes))
        terms = lists.terms[first:last]
        shared_length = len(commonprefix((terms[0][:_LONGEST_SHARED], terms[-1])))  # noqa: RUF071 - terms, not paths
        shared = terms[0][:shared_length]
        widths = [column.width(first) for column in columns]
        starts.append(sections.size)
        sections.write(
            b"".join(
                (
                    HEAD.pack(last - first, *widths, len(shared)),
                    shared,
                    *(column.bytes(first, last, width) for column, width in zip(columns, widths, strict=True)),
                    *(term[len(shared) :] for term in terms),
                    *(code[code_ends[first] : code_ends[last]] for code, code_ends in codes),
                )
            )
        )
    return starts


class _Column:
    """A number for each of many terms, in as few bytes as the largest of a block asks for."""

    def __init__(self, values: Numbers) -> None:
        self._values = values
        largest = np.maximum.reduceat(values, np.arange(0, len(values), TERMS_IN_BLOCK)) if len(values) else values
        self._widths = np.select([largest < 1 << (8 * width) for width in WIDTHS[:-1]], WIDTHS[:-1], WIDTHS[-1])
        self._bytes = {width: values.astype(f"<u{width}").tobytes() for width in set(self._widths.tolist())}

    def width(self, first: int) -> int:
        """Bytes of each number of the block that begins with term `first`."""
        return int(self._widths[first // TERMS_IN_BLOCK])

    def bytes(self, first: int, last: int, width: int) -> bytes:
        return self._bytes[width][first * width : last * width]
