"""Keywords of mentioned dates, in articles and in queries."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis import Period
from souwen.engines import MAX_YEARS, keywords_within
from souwen.engines.date_keywords import date_keywords


@pytest.mark.parametrize(
    ("first", "last", "keywords"),
    [
        ("2023-09-28", "2023-09-28", "2023 2023-09 2023-09-28"),
        ("2023-09-25", "2023-10-01", "2023 2023-09 2023-10"),
        ("2023-09-01", "2023-09-30", "2023 2023-09"),
        ("2023-11-01", "2024-02-29", "2023 2023-11 2023-12 2024 2024-01 2024-02"),
        ("2021-01-01", "2023-12-31", "2021 2022 2023"),
        ("1990-01-01", "1999-12-31", " ".join(map(str, range(1990, 2000)))),
        ("1900-01-01", "1999-12-31", ""),
        ("0001-01-01", "0001-01-01", "0001 0001-01 0001-01-01"),
    ],
)
def test_keywords_of_a_mention(first: str, last: str, keywords: str) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert sorted(date_keywords(period)) == keywords.split()


@given(st.dates(), st.integers(0, 365 * MAX_YEARS))
def test_range_needs_few_keywords(first: date, days: int) -> None:
    last = first + timedelta(min(days, (date.max - first).days))
    keywords = list(keywords_within(first, last))
    assert len(keywords) <= MAX_YEARS + 1 + 2 * (11 + 30)
    assert keywords == sorted(keywords)
    days_within = {first, last, first + (last - first) / 2}
    for day in days_within:
        assert len({*keywords} & {*date_keywords(Period(day, day))}) == 1
    for day in {first - timedelta(1) if first > date.min else None, last + timedelta(1) if last < date.max else None}:
        assert day is None or not {*keywords} & {*date_keywords(Period(day, day))}


def test_range_that_ends_before_it_begins_has_no_keywords() -> None:
    assert list(keywords_within(date(2024, 1, 1), date(2023, 1, 1))) == []
