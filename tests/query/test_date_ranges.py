"""Days as users write them."""

from datetime import date, timedelta

import pytest

from souwen.query.date_ranges import Period, bounded, parse_period, parse_range

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
def test_periods(text: str, first: date, last: date) -> None:
    assert parse_period(text) == Period(first, last)


def test_weeks_and_months_touch_but_do_not_overlap() -> None:
    for this, before in (("本周", "上周"), ("本月", "上月")):
        now, then = parse_period(this), parse_period(before)
        assert now is not None
        assert then is not None
        assert now.first is not None
        assert now.last is not None
        assert now.first <= TODAY <= now.last
        assert then.last == now.first - timedelta(1)


@pytest.mark.parametrize(
    "text", ["", "soon", "2023-13", "2023-02-30", "0000", "9", "99999", "近天", "现在", "会议今天", "近0000000天"]
)
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


@pytest.mark.parametrize("text", ["", "..", "x..2023", "2023..y"])
def test_what_is_no_range(text: str) -> None:
    assert parse_range(text) is None


def test_ranges() -> None:
    assert parse_range("2023-08..2023-10") == Period(date(2023, 8, 1), date(2023, 10, 31))
    assert parse_range("2023至2024") == Period(date(2023, 1, 1), date(2024, 12, 31))
    assert parse_range("2023..") == Period(date(2023, 1, 1), None)
    assert parse_range("..2023-01-05") == Period(None, date(2023, 1, 5))


@pytest.mark.parametrize(
    ("written", "first", "last"),
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
def test_what_is_looked_for_in_texts_has_two_ends(written: str, first: date, last: date) -> None:
    period = parse_range(written)
    assert period is not None
    assert bounded(period) == (first, last)
