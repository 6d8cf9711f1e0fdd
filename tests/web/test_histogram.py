"""Histogram bars: few enough to read, without gaps, and with all articles."""

from datetime import date, timedelta

import pytest

from souwen.engines import FacetCount
from souwen.web.histogram import MAX_BARS, histogram


@pytest.mark.parametrize(
    ("first", "last", "number", "second"),
    [
        ("2023-09-01", "2023-09-30", 30, "2023-09-02"),
        ("2023-09-01", "2023-12-31", 18, "2023-09-04..2023-09-10"),  # weeks, from Monday
        ("2019-06-15", "2023-12-31", 55, "2019-07"),
        ("1950-03-01", "2023-12-31", 74, "1951"),
        ("1850-03-01", "2023-12-31", 58, "1853..1855"),
        ("0001-01-01", "9999-12-31", 80, "0126..0250"),
    ],
)
def test_bars_cover_the_span_without_gaps(first: str, last: str, number: int, second: str) -> None:
    bars = histogram([FacetCount(first, 5), FacetCount(last, 400)])
    assert len(bars) == number <= MAX_BARS
    assert str(bars[1].period) == second
    assert [bars[0].articles, bars[-1].articles] == [5, 400]
    assert [bars[0].height, bars[1].height, bars[-1].height] == [3, 0, 100]
    for left, right in zip(bars, bars[1:], strict=False):
        assert right.period.first - left.period.last == timedelta(days=1)
    assert bars[0].period.first <= date.fromisoformat(first)
    assert bars[-1].period.last >= date.fromisoformat(last)
    labels = [bar.label for bar in bars if bar.label]
    assert len(set(labels)) == len(labels) <= 4


def test_outliers_get_one_bar_before_and_one_after() -> None:
    busy = [FacetCount(f"2023-09-{day:02}", 50) for day in range(1, 31)]
    bars = histogram([FacetCount("1970-01-01", 2), FacetCount("2014-05-05", 1), *busy, FacetCount("2035-01-01", 4)])
    assert len(bars) == 32
    assert [str(bars[index].period) for index in (0, 1, -1)] == [
        "1970-01..2023-08",
        "2023-09-01",
        "2023-10-01..2035-01-01",
    ]
    assert [bars[index].articles for index in (0, 1, -1)] == [3, 50, 4]


def test_a_single_bar_is_no_histogram() -> None:
    assert histogram([]) == []
    assert histogram([FacetCount("2023-09-01", 3)]) == []
    assert histogram([FacetCount("2023-09-01", 3), FacetCount("2023-09-02", 0)]) == []
