"""Elias–Fano codes round-trip, and invalid codes are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.engines.whoosh.elias_fano import EncodedLists, IntArray, code_ends, decode_list, decode_lists, encode_lists

MAX_VALUE = 2**40
UPPER_BOUNDS = st.one_of(st.integers(0, 5), st.integers(0, 300), st.integers(0, MAX_VALUE), st.just(MAX_VALUE))


@st.composite
def sorted_lists(draw: st.DrawFn) -> tuple[list[int], int]:
    """Draw a list and its upper bound, which its last number often equals."""
    upper_bound = draw(UPPER_BOUNDS)
    numbers = st.one_of(st.integers(0, upper_bound), st.sampled_from([0, upper_bound // 2, upper_bound]))
    return sorted(draw(st.lists(numbers, max_size=30))), upper_bound


LISTS = st.lists(sorted_lists(), max_size=12)


def to_arrays(lists: list[tuple[list[int], int]]) -> tuple[IntArray, IntArray, IntArray]:
    """Return values, sizes and upper bounds."""
    values = [number for numbers, _ in lists for number in numbers]
    sizes, upper_bounds = [len(numbers) for numbers, _ in lists], [upper_bound for _, upper_bound in lists]
    return np.array(values, np.int64), np.array(sizes, np.int64), np.array(upper_bounds, np.int64)


def list_code(encoded: EncodedLists, index: int) -> tuple[bytes, bytes]:
    """Return the low and the high bits of one of the lists."""
    low, high = ([0, *where.tolist()] for where in (encoded.low_ends, encoded.high_ends))
    return (
        encoded.lows[low[index] : low[index + 1]].tobytes(),
        encoded.highs[high[index] : high[index + 1]].tobytes(),
    )


def array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


def decoded_or_none(lows: bytes, highs: bytes, sizes: IntArray, upper_bounds: IntArray) -> list[int] | None:
    """Return the decoded values, None if the code is refused."""
    try:
        return decode_lists(array(lows), array(highs), sizes, upper_bounds).tolist()
    except ValueError:
        return None


@given(LISTS)
def test_lists_round_trip(lists: list[tuple[list[int], int]]) -> None:
    values, sizes, upper_bounds = to_arrays(lists)
    encoded = encode_lists(values, sizes, upper_bounds)
    assert [end.tolist() for end in code_ends(sizes, upper_bounds)] == [
        encoded.low_ends.tolist(),
        encoded.high_ends.tolist(),
    ]
    assert decode_lists(encoded.lows, encoded.highs, sizes, upper_bounds).tolist() == values.tolist()


@given(LISTS)
def test_one_of_several_lists_can_be_decoded(lists: list[tuple[list[int], int]]) -> None:
    encoded = encode_lists(*to_arrays(lists))
    for index, (numbers, upper_bound) in enumerate(lists):
        low, high = map(array, list_code(encoded, index))
        assert decode_list(low, high, len(numbers), upper_bound).tolist() == numbers


@given(LISTS, LISTS)
def test_codes_can_be_concatenated(first: list[tuple[list[int], int]], second: list[tuple[list[int], int]]) -> None:
    first_code, second_code = encode_lists(*to_arrays(first)), encode_lists(*to_arrays(second))
    values, sizes, upper_bounds = to_arrays(first + second)
    lows, highs = (
        np.concatenate((first_code.lows, second_code.lows)),
        np.concatenate((first_code.highs, second_code.highs)),
    )
    assert decode_lists(lows, highs, sizes, upper_bounds).tolist() == values.tolist()


@pytest.mark.parametrize(
    ("numbers", "upper_bound"),
    [
        ([], 0),
        ([], MAX_VALUE),
        ([0], 0),
        ([0] * 500, 0),
        ([7] * 500, 7),
        ([MAX_VALUE] * 9, MAX_VALUE),
        ([0, MAX_VALUE], MAX_VALUE),
        (list(range(1000)), 999),
        ([0] * 999 + [MAX_VALUE], MAX_VALUE),
        ([2**40 - 1, 2**40], MAX_VALUE),
    ],
    ids=lambda value: f"{len(value)} numbers" if isinstance(value, list) else f"to {value}",
)
def test_edge_cases_round_trip(numbers: list[int], upper_bound: int) -> None:
    encoded = encode_lists(*to_arrays([(numbers, upper_bound)]))
    assert decode_list(encoded.lows, encoded.highs, len(numbers), upper_bound).tolist() == numbers
    # The same between two other lists.
    values, sizes, upper_bounds = to_arrays([([1], 3), (numbers, upper_bound), ([0, 2], 2)])
    encoded = encode_lists(values, sizes, upper_bounds)
    assert decode_lists(encoded.lows, encoded.highs, sizes, upper_bounds).tolist() == values.tolist()


@pytest.mark.parametrize("upper_bound", [10**3, 10**6, 10**9])
@pytest.mark.parametrize("size", [1, 10, 700])
def test_code_size(size: int, upper_bound: int) -> None:
    numbers = np.sort(np.random.default_rng(size).integers(0, upper_bound, size))
    encoded = encode_lists(numbers, np.array([size]), np.array([upper_bound]))
    bits = 8 * (len(encoded.lows) + len(encoded.highs))
    assert bits <= size * (2 + max(np.log2(upper_bound / size), 0)) + 2 * 8  # both parts are whole bytes


@given(LISTS, st.data())
def test_truncated_or_extended_code_is_refused(lists: list[tuple[list[int], int]], data: st.DataObject) -> None:
    values, sizes, upper_bounds = to_arrays(lists)
    encoded = encode_lists(values, sizes, upper_bounds)
    lows, highs = encoded.lows.tobytes(), encoded.highs.tobytes()
    if lows:
        assert decoded_or_none(lows[: data.draw(st.integers(0, len(lows) - 1))], highs, sizes, upper_bounds) is None
    if highs:
        assert decoded_or_none(lows, highs[: data.draw(st.integers(0, len(highs) - 1))], sizes, upper_bounds) is None
    appended = data.draw(st.binary(min_size=1, max_size=9))
    assert decoded_or_none(lows + appended, highs, sizes, upper_bounds) is None
    assert decoded_or_none(lows, highs + appended, sizes, upper_bounds) is None


@given(LISTS.filter(lambda lists: any(numbers for numbers, _ in lists)), st.data())
def test_flipped_high_bit_is_refused(lists: list[tuple[list[int], int]], data: st.DataObject) -> None:
    """A flipped low bit only yields another list."""
    values, sizes, upper_bounds = to_arrays(lists)
    encoded = encode_lists(values, sizes, upper_bounds)
    lows, highs = encoded.lows.tobytes(), bytearray(encoded.highs.tobytes())
    flipped = data.draw(st.integers(0, 8 * len(highs) - 1))
    highs[flipped // 8] ^= 1 << flipped % 8
    assert decoded_or_none(lows, bytes(highs), sizes, upper_bounds) is None
    second_code = sizes.copy()
    second_code[data.draw(st.integers(0, len(sizes) - 1))] += 1
    assert decoded_or_none(lows, encoded.highs.tobytes(), second_code, upper_bounds) is None


@given(sorted_lists().filter(lambda sorted_list: len(sorted_list[0]) > 0), st.data())
def test_flipped_high_bit_of_a_single_list_is_refused(sorted_list: tuple[list[int], int], data: st.DataObject) -> None:
    numbers, upper_bound = sorted_list
    encoded = encode_lists(*to_arrays([sorted_list]))
    lows, highs = encoded.lows, encoded.highs.copy()
    flipped = data.draw(st.integers(0, 8 * len(highs) - 1))
    highs[flipped // 8] ^= 1 << flipped % 8
    with pytest.raises(ValueError, match="list"):
        decode_list(lows, highs, len(numbers), upper_bound)
    if len(lows):
        with pytest.raises(ValueError, match="list"):
            decode_list(lows[:-1], encoded.highs, len(numbers), upper_bound)
    with pytest.raises(ValueError, match="list"):
        decode_list(lows, encoded.highs[: int(np.flatnonzero(encoded.highs)[-1])], len(numbers), upper_bound)


def test_high_bit_moved_to_another_list_is_refused() -> None:
    """The number of bits is right, but one is in the list before its own."""
    values, sizes, upper_bounds = to_arrays([([3], 9), ([1, 5], 9)])
    encoded = encode_lists(values, sizes, upper_bounds)
    lows, highs = encoded.lows.tobytes(), bytearray(encoded.highs.tobytes())
    start = int(encoded.high_ends[0])
    first_of_second = next(bit for bit in range(8) if highs[start] >> bit & 1)
    highs[start] ^= 1 << first_of_second
    free = next(bit for bit in range(8) if not highs[0] >> bit & 1)
    highs[0] |= 1 << free
    assert decoded_or_none(lows, bytes(highs), sizes, upper_bounds) is None
