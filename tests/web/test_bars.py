"""The bars of a timeline: few enough to be read, without gaps, all articles in them."""

from datetime import date, timedelta

import pytest

from souwen.engines import FacetCount
from souwen.web.histogram import MOST_BARS, bars


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
def test_bars_have_everything(first: str, last: str, number: int, second: str) -> None:
    chart = bars([FacetCount(first, 5), FacetCount(last, 400)])
    assert len(chart) == number <= MOST_BARS
    assert str(chart[1].period) == second
    assert [chart[0].articles, chart[-1].articles] == [5, 400]
    assert [chart[0].height, chart[1].height, chart[-1].height] == [3, 0, 100]
    for one, other in zip(chart, chart[1:], strict=False):
        assert other.period.first - one.period.last == timedelta(days=1)
    assert chart[0].period.first <= date.fromisoformat(first)
    assert chart[-1].period.last >= date.fromisoformat(last)
    labels = [bar.label for bar in chart if bar.label]
    assert len(set(labels)) == len(labels) <= 4


def test_stray_dates_have_bars_of_their_own() -> None:
    busy = [FacetCount(f"2023-09-{day:02}", 50) for day in range(1, 31)]
    chart = bars([FacetCount("1970-01-01", 2), FacetCount("2014-05-05", 1), *busy, FacetCount("2035-01-01", 4)])
    assert len(chart) == 32
    assert [str(chart[place].period) for place in (0, 1, -1)] == [
        "1970-01..2023-08",
        "2023-09-01",
        "2023-10-01..2035-01-01",
    ]
    assert [chart[place].articles for place in (0, 1, -1)] == [3, 50, 4]


def test_nothing_to_choose_from_is_no_chart() -> None:
    assert bars([]) == []
    assert bars([FacetCount("2023-09-01", 3)]) == []
    assert bars([FacetCount("2023-09-01", 3), FacetCount("2023-09-02", 0)]) == []
