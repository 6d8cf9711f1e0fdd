"""Periods of the calendar."""

from datetime import date

import pytest

from souwen.analysis.dates.periods import Period, add_months, days, months, week, years


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (days(date(2023, 9, 28)), "2023-09-28"),
        (days(date(2024, 2, 28), 2), "2024-02-28..2024-02-29"),
        (week(date(2023, 10, 1)), "2023-09-25..2023-10-01"),
        (week(date(2023, 10, 2)), "2023-10-02..2023-10-08"),
        (months(2024, 2), "2024-02"),
        (months(2023, 0), "2022-12"),
        (months(2023, 13), "2024-01"),
        (months(2023, 12, 3), "2023-12..2024-02"),
        (months(2023, 1, 12), "2023"),
        (years(1990, 10), "1990..1999"),
        (Period(date(9999, 12, 1), date(9999, 12, 31)), "9999-12"),
        (Period(date(1, 1, 1), date(1, 1, 1)), "0001-01-01"),
    ],
)
def test_a_period_is_written_briefly(period: Period, expected: str) -> None:
    assert str(period) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 3, 31), -1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
    ],
)
def test_adding_months_keeps_the_day_or_ends_the_month(day: date, count: int, expected: date) -> None:
    assert add_months(day, count) == expected
