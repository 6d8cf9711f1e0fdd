"""Parsing of dates and date ranges as users write them."""

from datetime import date, timedelta

import pytest

from souwen.engines import DateRange
from souwen.query.date_ranges import limit_span, parse_period, parse_range

TODAY = date.today()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023/9/28", date(2023, 9, 28), date(2023, 9, 28)),
        ("20230928", date(2023, 9, 28), date(2023, 9, 28)),
        ("２０２３年９月", date(2023, 9, 1), date(2023, 9, 30)),
        ("2023年9月28号", date(2023, 9, 28), date(2023, 9, 28)),
        ("今天", TODAY, TODAY),
        ("昨天", TODAY - timedelta(1), TODAY - timedelta(1)),
        ("近7天", TODAY - timedelta(6), TODAY),
        ("最近30天", TODAY - timedelta(29), TODAY),
        ("今年", date(TODAY.year, 1, 1), date(TODAY.year, 12, 31)),
        ("today", TODAY, TODAY),
        ("last 7 days", TODAY - timedelta(6), TODAY),
        ("去年12月31日", date(TODAY.year - 1, 12, 31), date(TODAY.year - 1, 12, 31)),
        ("去年", date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31)),
    ],
)
def test_a_year_month_day_or_named_period_is_parsed(text: str, first: date, last: date) -> None:
    assert parse_period(text) == DateRange(first, last)


def test_the_previous_week_or_month_ends_the_day_before_the_current_one_begins() -> None:
    for current_name, previous_name in (("本周", "上周"), ("本月", "上月")):
        current, previous = parse_period(current_name), parse_period(previous_name)
        assert current is not None
        assert previous is not None
        assert current.first is not None
        assert current.last is not None
        assert current.first <= TODAY <= current.last
        assert previous.last == current.first - timedelta(1)


@pytest.mark.parametrize(
    "text", ["", "soon", "2023-13", "2023-02-30", "0000", "9", "99999", "近天", "现在", "会议今天", "近0000000天"]
)
def test_another_text_is_not_a_period(text: str) -> None:
    assert parse_period(text) is None


@pytest.mark.parametrize("text", ["", "..", "x..2023", "2023..y"])
def test_another_text_is_not_a_range(text: str) -> None:
    assert parse_range(text) is None


def test_a_range_may_lack_one_end() -> None:
    assert parse_range("2023-08..2023-10") == DateRange(date(2023, 8, 1), date(2023, 10, 31))
    assert parse_range("2023至2024") == DateRange(date(2023, 1, 1), date(2024, 12, 31))
    assert parse_range("2023..") == DateRange(date(2023, 1, 1), None)
    assert parse_range("..2023-01-05") == DateRange(None, date(2023, 1, 5))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023-09-28", date(2023, 9, 28), date(2023, 9, 28)),
        ("1901..2000", date(1901, 1, 1), date(2000, 12, 31)),
        ("1900..2000", date(1901, 1, 1), date(2000, 12, 31)),
        ("..2000-06", date(1901, 1, 1), date(2000, 6, 30)),
        ("2000-06..", date(2000, 6, 1), date(2099, 12, 31)),
        ("..0050", date(1, 1, 1), date(50, 12, 31)),
        ("9950..", date(9950, 1, 1), date(9999, 12, 31)),
    ],
)
def test_dates_to_look_for_in_texts_span_at_most_a_hundred_years(text: str, first: date, last: date) -> None:
    dates = parse_range(text)
    assert dates is not None
    assert limit_span(dates) == (first, last)
