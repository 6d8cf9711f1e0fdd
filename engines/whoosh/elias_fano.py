"""Elias–Fano coding of non-decreasing integer lists, of many lists at once or of one.

A list of n numbers from 0 to the upper bound u takes about 2 + log₂(u / n) bits a number, within half a bit of the
theoretical minimum. Each number is split. Its low bits are stored in a packed array; its high part sets a 1 in a bit
vector, at the index (high part + index of the number in the list).

Sources: Elias, "Efficient storage and retrieval by content and address of static files", 1974; for posting lists Vigna,
"Quasi-succinct indices", 2013.

The code holds neither the size nor the upper bound of a list: callers store them. Offsets follow from them.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...messages import gettext as _

IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

_WORD_BITS = 64
_VALUES_PER_BATCH = 1 << 16


class EncodedLists(NamedTuple):
    """Consecutive codes of lists, each beginning at a byte.

    List i has the low bits `lows[low_ends[i - 1]:low_ends[i]]`, and its high bits likewise.
    """

    lows: ByteArray
    highs: ByteArray
    low_ends: IntArray
    high_ends: IntArray


def low_widths(sizes: IntArray, upper_bounds: IntArray) -> IntArray:
    """Return the number of low bits for each list: ⌊log₂(upper bound / size)⌋."""
    widths: IntArray = np.maximum(np.frexp(upper_bounds // np.maximum(sizes, 1))[1] - 1, 0).astype(np.int64)
    return widths


def code_ends(sizes: IntArray, upper_bounds: IntArray) -> tuple[IntArray, IntArray]:
    """Return the ends of each list's low bits and high bits, in bytes, where the codes are consecutive."""
    widths = low_widths(sizes, upper_bounds)
    low_sizes = (sizes * widths + 7) >> 3
    high_sizes = np.where(sizes > 0, (sizes + (upper_bounds >> widths) + 7) >> 3, 0)
    return np.cumsum(low_sizes), np.cumsum(high_sizes)


def encode_lists(values: IntArray, sizes: IntArray, upper_bounds: IntArray) -> EncodedLists:
    """Encode consecutive lists: the first `sizes[0]` values are the first list, and so on."""
    low_ends, high_ends = code_ends(sizes, upper_bounds)
    low_starts, high_starts = 8 * _starts(low_ends), 8 * _starts(high_ends)  # in bits
    widths = low_widths(sizes, upper_bounds)
    high_bits = np.zeros(8 * _last(high_ends), np.uint8)
    low_words = np.zeros(_last(low_ends) // 8 + 2, np.uint64)
    for batch, lists, indexes in _batches(sizes):
        numbers, width = values[batch], widths[lists]
        high_bits[high_starts[lists] + (numbers >> width) + indexes] = 1
        _write_bits(low_words, numbers & ((1 << width) - 1), low_starts[lists] + indexes * width, width)
    lows = low_words.view(np.uint8)[: _last(low_ends)]
    return EncodedLists(lows, np.packbits(high_bits, bitorder="little"), low_ends, high_ends)


def decode_lists(lows: ByteArray, highs: ByteArray, sizes: IntArray, upper_bounds: IntArray) -> IntArray:
    """Decode consecutive lists.

    Raises:
        ValueError: The bytes are not the code of such lists.
    """
    low_ends, high_ends = code_ends(sizes, upper_bounds)
    if _last(low_ends) != len(lows) or _last(high_ends) != len(highs):
        raise ValueError(_("the code of some posting lists has the wrong length"))
    values = np.flatnonzero(np.unpackbits(highs, bitorder="little"))
    if len(values) != int(sizes.sum()):
        raise ValueError(_("a posting list has the wrong number of values"))
    low_starts, high_starts = 8 * _starts(low_ends), 8 * _starts(high_ends)
    widths = low_widths(sizes, upper_bounds)
    padded = _pad(lows)
    for batch, lists, indexes in _batches(sizes):
        high, width = values[batch] - high_starts[lists], widths[lists]
        if (high < 0).any():
            raise ValueError(_("a posting list has the wrong number of values"))
        values[batch] = (high - indexes) << width | _read_bits(padded, low_starts[lists] + indexes * width, width)
    return values


def decode_list(lows: ByteArray, highs: ByteArray, size: int, upper_bound: int) -> IntArray:
    """Decode one list. Queries do this very often, so it omits the work that only several lists need.

    Raises:
        ValueError: The bytes are not the code of such a list.
    """
    width = max((upper_bound // max(size, 1)).bit_length() - 1, 0)
    ones = np.flatnonzero(np.unpackbits(highs, bitorder="little"))
    if len(ones) != size or len(lows) != (size * width + 7) >> 3:
        raise ValueError(_("a posting list has the wrong number of values"))
    indexes = np.arange(size)
    high = ones - indexes
    return high << width | _read_bits(_pad(lows), indexes * width, width) if width else high


def _batches(sizes: IntArray) -> Iterator[tuple[slice, IntArray, IntArray]]:
    """Split the values of consecutive lists into batches, because intermediate results take many times their memory.

    Yields the slice of the values, the list of each value, and its index in the list.
    """
    list_ends = np.cumsum(sizes)
    for start in range(0, _last(list_ends), _VALUES_PER_BATCH):
        end = min(start + _VALUES_PER_BATCH, _last(list_ends))
        first, last = np.searchsorted(list_ends, (start, end - 1), "right")
        counts = np.diff(np.minimum(list_ends[first : last + 1], end), prepend=start)
        lists = np.repeat(np.arange(first, last + 1), counts)
        yield slice(start, end), lists, np.arange(start, end) - (list_ends - sizes)[lists]


def _starts(ends: IntArray) -> IntArray:
    return np.concatenate(([0], ends[:-1])) if len(ends) else ends


def _last(ends: IntArray) -> int:
    return int(ends[-1]) if len(ends) else 0


def _write_bits(words: NDArray[np.uint64], values: IntArray, offsets: IntArray, widths: IntArray) -> None:
    """Write `widths[i]` bits of value i at bit `offsets[i]`; offsets rise."""
    word, shift = offsets // _WORD_BITS, (offsets % _WORD_BITS).astype(np.uint64)
    bits = values.astype(np.uint64)
    first_in_word = np.flatnonzero(np.diff(word, prepend=-1))
    words[word[first_in_word]] |= np.bitwise_or.reduceat(bits << shift, first_in_word)
    crossing = np.flatnonzero(offsets % _WORD_BITS + widths > _WORD_BITS)  # at most one value crosses the end of a word
    words[word[crossing] + 1] |= bits[crossing] >> (np.uint64(_WORD_BITS) - shift[crossing])


def _pad(data: ByteArray) -> ByteArray:
    """Return the data followed by 8 bytes, so that `_read_bits` can read a number from every byte."""
    return np.concatenate((data, np.zeros(8, np.uint8)))


def _read_bits(padded: ByteArray, offsets: IntArray, widths: IntArray | int) -> IntArray:
    """Return the numbers of `widths` bits (at most 57) at bits `offsets`."""
    # A view of the eight bytes from every byte on as one number, so that only the wanted numbers are copied.
    windows = np.ndarray(len(padded) - 7, np.dtype("<u8"), padded, strides=(1,))
    shifted = windows[offsets >> 3] >> (offsets & 7).astype(np.uint64)
    values: IntArray = (shifted & np.asarray((1 << widths) - 1, np.uint64)).astype(np.int64)
    return values
