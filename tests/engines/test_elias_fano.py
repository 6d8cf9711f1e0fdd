"""Rising numbers come back from their code as they were, and what is no code of theirs is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.engines.whoosh.elias_fano import EncodedLists, IntArray, code_ends, decode_list, decode_lists, encode_lists

LARGEST = 2**40
LIMITS = st.one_of(st.integers(0, 5), st.integers(0, 300), st.integers(0, LARGEST), st.just(LARGEST))


@st.composite
def rising(draw: st.DrawFn) -> tuple[list[int], int]:
    """A list and its limit, which its last number often is."""
    limit = draw(LIMITS)
    numbers = st.one_of(st.integers(0, limit), st.sampled_from([0, limit // 2, limit]))
    return sorted(draw(st.lists(numbers, max_size=30))), limit


MANY = st.lists(rising(), max_size=12)


def arrays(lists: list[tuple[list[int], int]]) -> tuple[IntArray, IntArray, IntArray]:
    """Values, sizes and limits."""
    values = [number for numbers, _ in lists for number in numbers]
    sizes, limits = [len(numbers) for numbers, _ in lists], [limit for _, limit in lists]
    return np.array(values, np.int64), np.array(sizes, np.int64), np.array(limits, np.int64)


def parts(encoded: EncodedLists, index: int) -> tuple[bytes, bytes]:
    """The low and the high part of one of the lists."""
    low, high = ([0, *where.tolist()] for where in (encoded.low_ends, encoded.high_ends))
    return (
        encoded.lows[low[index] : low[index + 1]].tobytes(),
        encoded.highs[high[index] : high[index + 1]].tobytes(),
    )


def array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


def outcome(lows: bytes, highs: bytes, sizes: IntArray, limits: IntArray) -> list[int] | None:
    """What is decoded, None where it is refused."""
    try:
        return decode_lists(array(lows), array(highs), sizes, limits).tolist()
    except ValueError:
        return None


@given(MANY)
def test_many_lists_come_back(lists: list[tuple[list[int], int]]) -> None:
    values, sizes, limits = arrays(lists)
    encoded = encode_lists(values, sizes, limits)
    assert [end.tolist() for end in code_ends(sizes, limits)] == [encoded.low_ends.tolist(), encoded.high_ends.tolist()]
    assert decode_lists(encoded.lows, encoded.highs, sizes, limits).tolist() == values.tolist()


@given(MANY)
def test_each_of_many_lists_can_be_read_alone(lists: list[tuple[list[int], int]]) -> None:
    encoded = encode_lists(*arrays(lists))
    for index, (numbers, limit) in enumerate(lists):
        low, high = map(array, parts(encoded, index))
        assert decode_list(low, high, len(numbers), limit).tolist() == numbers


@given(MANY, MANY)
def test_lists_may_be_joined_as_they_are(
    first: list[tuple[list[int], int]], second: list[tuple[list[int], int]]
) -> None:
    one, other = encode_lists(*arrays(first)), encode_lists(*arrays(second))
    values, sizes, limits = arrays(first + second)
    lows, highs = np.concatenate((one.lows, other.lows)), np.concatenate((one.highs, other.highs))
    assert decode_lists(lows, highs, sizes, limits).tolist() == values.tolist()


@pytest.mark.parametrize(
    ("numbers", "limit"),
    [
        ([], 0),
        ([], LARGEST),
        ([0], 0),
        ([0] * 500, 0),
        ([7] * 500, 7),
        ([LARGEST] * 9, LARGEST),
        ([0, LARGEST], LARGEST),
        (list(range(1000)), 999),
        ([0] * 999 + [LARGEST], LARGEST),
        ([2**40 - 1, 2**40], LARGEST),
    ],
    ids=lambda value: f"{len(value)} numbers" if isinstance(value, list) else f"to {value}",
)
def test_lists_at_the_edges(numbers: list[int], limit: int) -> None:
    encoded = encode_lists(*arrays([(numbers, limit)]))
    assert decode_list(encoded.lows, encoded.highs, len(numbers), limit).tolist() == numbers
    # Lists before and behind begin and end where they should.
    values, sizes, limits = arrays([([1], 3), (numbers, limit), ([0, 2], 2)])
    encoded = encode_lists(values, sizes, limits)
    assert decode_lists(encoded.lows, encoded.highs, sizes, limits).tolist() == values.tolist()


@pytest.mark.parametrize("limit", [10**3, 10**6, 10**9])
@pytest.mark.parametrize("size", [1, 10, 700])
def test_a_list_takes_few_bits(size: int, limit: int) -> None:
    numbers = np.sort(np.random.default_rng(size).integers(0, limit, size))
    encoded = encode_lists(numbers, np.array([size]), np.array([limit]))
    bits = 8 * (len(encoded.lows) + len(encoded.highs))
    assert bits <= size * (2 + max(np.log2(limit / size), 0)) + 2 * 8  # both parts end with a byte


@given(MANY, st.data())
def test_what_was_cut_off_is_refused(lists: list[tuple[list[int], int]], data: st.DataObject) -> None:
    values, sizes, limits = arrays(lists)
    encoded = encode_lists(values, sizes, limits)
    lows, highs = encoded.lows.tobytes(), encoded.highs.tobytes()
    if lows:
        assert outcome(lows[: data.draw(st.integers(0, len(lows) - 1))], highs, sizes, limits) is None
    if highs:
        assert outcome(lows, highs[: data.draw(st.integers(0, len(highs) - 1))], sizes, limits) is None
    more = data.draw(st.binary(min_size=1, max_size=9))
    assert outcome(lows + more, highs, sizes, limits) is None
    assert outcome(lows, highs + more, sizes, limits) is None


@given(MANY.filter(lambda lists: any(numbers for numbers, _ in lists)), st.data())
def test_a_wrong_bit_is_refused(lists: list[tuple[list[int], int]], data: st.DataObject) -> None:
    """In the high part every bit counts; one of the low part only makes another list."""
    values, sizes, limits = arrays(lists)
    encoded = encode_lists(values, sizes, limits)
    lows, highs = encoded.lows.tobytes(), bytearray(encoded.highs.tobytes())
    wrong = data.draw(st.integers(0, 8 * len(highs) - 1))
    highs[wrong // 8] ^= 1 << wrong % 8
    assert outcome(lows, bytes(highs), sizes, limits) is None
    other = sizes.copy()
    other[data.draw(st.integers(0, len(sizes) - 1))] += 1
    assert outcome(lows, encoded.highs.tobytes(), other, limits) is None


@given(rising().filter(lambda made: len(made[0]) > 0), st.data())
def test_a_wrong_bit_of_one_list_is_refused(made: tuple[list[int], int], data: st.DataObject) -> None:
    numbers, limit = made
    encoded = encode_lists(*arrays([made]))
    lows, highs = encoded.lows, encoded.highs.copy()
    wrong = data.draw(st.integers(0, 8 * len(highs) - 1))
    highs[wrong // 8] ^= 1 << wrong % 8
    with pytest.raises(ValueError, match="list"):
        decode_list(lows, highs, len(numbers), limit)
    if len(lows):
        with pytest.raises(ValueError, match="list"):
            decode_list(lows[:-1], encoded.highs, len(numbers), limit)
    with pytest.raises(ValueError, match="list"):
        decode_list(lows, encoded.highs[: int(np.flatnonzero(encoded.highs)[-1])], len(numbers), limit)


def test_a_bit_that_belongs_to_another_list_is_refused() -> None:
    """As many bits as there should be, but one in the list before its own."""
    values, sizes, limits = arrays([([3], 9), ([1, 5], 9)])
    encoded = encode_lists(values, sizes, limits)
    lows, highs = encoded.lows.tobytes(), bytearray(encoded.highs.tobytes())
    start = int(encoded.high_ends[0])
    first_of_second = next(bit for bit in range(8) if highs[start] >> bit & 1)
    highs[start] ^= 1 << first_of_second
    free = next(bit for bit in range(8) if not highs[0] >> bit & 1)
    highs[0] |= 1 << free
    assert outcome(lows, bytes(highs), sizes, limits) is None
