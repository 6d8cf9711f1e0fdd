"""Rising numbers in few bits: Elias–Fano coding, of many lists at once or of one.

A list of n numbers from 0 to `limit`, none smaller than the one before, takes about 2 + log₂(limit / n) bits a number,
within half a bit of the least there is. Each number is split: its low bits stand side by side; the rest is written as a
row of bits with a 1 for every number, at the place (its high part + its index). Sources: Elias, "Efficient storage and
retrieval by content and address of static files", 1974; for posting lists Vigna, "Quasi-succinct indices", 2013.

The number of values and the limit are kept by whoever keeps the list; sizes and places follow from them.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...messages import gettext as _

Numbers = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_WORD = 64  # bits
_AT_ONCE = 1 << 16  # values


class Encoded(NamedTuple):
    """Lists one after another, each beginning at a byte: list i has `lows[low_ends[i - 1]:low_ends[i]]` and likewise
    its high part."""

    lows: Bytes
    highs: Bytes
    low_ends: Numbers
    high_ends: Numbers


def low_widths(sizes: Numbers, limits: Numbers) -> Numbers:
    """Low bits of each number, for lists of `sizes` numbers up to `limits`: ⌊log₂(limit / size)⌋."""
    widths: Numbers = np.maximum(np.frexp(limits // np.maximum(sizes, 1))[1] - 1, 0).astype(np.int64)
    return widths


def ends(sizes: Numbers, limits: Numbers) -> tuple[Numbers, Numbers]:
    """Where the low and the high part of each list end, in bytes."""
    widths = low_widths(sizes, limits)
    low_bytes = (sizes * widths + 7) >> 3
    high_bytes = np.where(sizes > 0, (sizes + (limits >> widths) + 7) >> 3, 0)
    return np.cumsum(low_bytes), np.cumsum(high_bytes)


def encode(values: Numbers, sizes: Numbers, limits: Numbers) -> Encoded:
    """The lists that stand one after another in `values`."""
    low_ends, high_ends = ends(sizes, limits)
    low_starts, high_starts = 8 * _starts(low_ends), 8 * _starts(high_ends)
    widths = low_widths(sizes, limits)
    bits = np.zeros(8 * _last(high_ends), np.uint8)
    words = np.zeros(_last(low_ends) // 8 + 2, np.uint64)
    for part, owners, index in _parts(sizes):
        here, width = values[part], widths[owners]
        bits[high_starts[owners] + (here >> width) + index] = 1
        _pack(words, here & ((1 << width) - 1), low_starts[owners] + index * width, width)
    lows = words.view(np.uint8)[: _last(low_ends)]
    return Encoded(lows, np.packbits(bits, bitorder="little"), low_ends, high_ends)


def decode(lows: Bytes, highs: Bytes, sizes: Numbers, limits: Numbers) -> Numbers:
    """The values of lists that were encoded one after another. Raises ValueError if the bits are not of such lists."""
    low_ends, high_ends = ends(sizes, limits)
    if _last(low_ends) != len(lows) or _last(high_ends) != len(highs):
        raise ValueError(_("a list of numbers has not the length it should have"))
    values = np.flatnonzero(np.unpackbits(highs, bitorder="little"))
    if len(values) != int(sizes.sum()):
        raise ValueError(_("a list has not the number of values it should have"))
    low_starts, high_starts = 8 * _starts(low_ends), 8 * _starts(high_ends)
    widths = low_widths(sizes, limits)
    padded = _padded(lows)
    for part, owners, index in _parts(sizes):
        high, width = values[part] - high_starts[owners], widths[owners]
        if (high < 0).any():
            raise ValueError(_("a list has not the number of values it should have"))
        values[part] = (high - index) << width | _unpacked(padded, low_starts[owners] + index * width, width)
    return values


def _parts(sizes: Numbers) -> Iterator[tuple[slice, Numbers, Numbers]]:
    """Lists one after another, some values at a time, for what is worked out on the way takes many times their memory:
    which values, the list of each, and its index there."""
    list_ends = np.cumsum(sizes)
    for start in range(0, _last(list_ends), _AT_ONCE):
        end = min(start + _AT_ONCE, _last(list_ends))
        first, last = np.searchsorted(list_ends, (start, end - 1), "right")
        inside = np.diff(np.minimum(list_ends[first : last + 1], end), prepend=start)
        owners = np.repeat(np.arange(first, last + 1), inside)
        yield slice(start, end), owners, np.arange(start, end) - (list_ends - sizes)[owners]


def decode_one(lows: Bytes, highs: Bytes, size: int, limit: int) -> Numbers:
    """The same for a single list, which is what a query reads: many times, so without what only many lists need."""
    width = max((limit // max(size, 1)).bit_length() - 1, 0)
    high_at = np.flatnonzero(np.unpackbits(highs, bitorder="little"))
    if len(high_at) != size or len(lows) != (size * width + 7) >> 3:
        raise ValueError(_("a list has not the number of values it should have"))
    index = np.arange(size)
    high = high_at - index
    return high << width | _unpacked(_padded(lows), index * width, width) if width else high


def _starts(ends: Numbers) -> Numbers:
    return np.concatenate(([0], ends[:-1])) if len(ends) else ends


def _last(ends: Numbers) -> int:
    return int(ends[-1]) if len(ends) else 0


def _pack(words: NDArray[np.uint64], values: Numbers, places: Numbers, widths: Numbers) -> None:
    """Puts `widths[i]` bits of value i at bit `places[i]`; places rise."""
    word, shift = places // _WORD, (places % _WORD).astype(np.uint64)
    bits = values.astype(np.uint64)
    first_in_word = np.flatnonzero(np.diff(word, prepend=-1))
    words[word[first_in_word]] |= np.bitwise_or.reduceat(bits << shift, first_in_word)
    over = np.flatnonzero(places % _WORD + widths > _WORD)  # at most one value runs over the end of a word
    words[word[over] + 1] |= bits[over] >> (np.uint64(_WORD) - shift[over])


def _padded(data: Bytes) -> Bytes:
    """With bytes behind it, so that a number may be read from each byte on."""
    return np.concatenate((data, np.zeros(8, np.uint8)))


def _unpacked(padded: Bytes, places: Numbers, widths: Numbers | int) -> Numbers:
    """The numbers of `widths` bits (at most 57) that begin at bits `places`."""
    # Eight bytes from every byte on, as one number: a view, so that nothing is copied but what is taken.
    windows = np.ndarray(len(padded) - 7, np.dtype("<u8"), padded, strides=(1,))
    taken = windows[places >> 3] >> (places & 7).astype(np.uint64)
    values: Numbers = (taken & np.asarray((1 << widths) - 1, np.uint64)).astype(np.int64)
    return values
