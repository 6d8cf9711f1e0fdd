"""Canonical terms of dates and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis.text.numbers import canonical_numbers, parse_numeral


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("2023年9月28日", ["=2023-09-28", "=09-28", "=2023-09", "=2023", "=09"]),
        ("二〇二三年九月二十八日", ["=2023-09-28", "=09-28", "=2023-09", "=2023", "=09"]),
        ("2023-09-28", ["=2023-09-28", "=09-28", "=2023-09", "=2023", "=09"]),
        ("2023/9/28", ["=2023-09-28", "=09-28", "=2023-09", "=2023", "=09"]),
        ("9月28号", ["=09-28", "=09"]),
        ("十一月", ["=11"]),
        ("一九八四年", ["=1984"]),
        ("第十一轮", ["=第11"]),
        ("第11轮", ["=第11"]),
        ("百分之十二", ["12%"]),
        ("百分之3.5", ["3.5%"]),
        ("10万", ["100000"]),
        ("1.5亿", ["150000000"]),
        ("三万五千人", ["35000"]),
        ("二十多人", ["20"]),
        ("13月5日", []),
        ("9月31号", ["=09-31", "=09"]),
        ("9月32号", []),
        ("17.0.3", []),
        ("千万不要", []),
        ("万一", []),
        ("十分", []),
        ("三四十", []),
        ("一一", []),
    ],
)
def test_canonical_terms(text: str, terms: list[str]) -> None:
    assert [term for term, _, _ in canonical_numbers(text)] == terms


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("12", 12),
        ("十", 10),
        ("二十八", 28),
        ("一百零五", 105),
        ("两千", 2000),
        ("一亿两千万", 120_000_000),
        ("〇", 0),
        ("两", 2),
    ],
)
def test_numerals_are_parsed(numeral: str, number: int) -> None:
    assert parse_numeral(numeral) == number


@pytest.mark.parametrize("text", ["", "百", "万", "十十", "三四十", "人", "一百千"])
def test_other_text_is_no_numeral(text: str) -> None:
    assert parse_numeral(text) is None


@given(st.text(alphabet="〇零一二三四五六七八九十百千万亿两年月日号第分之0123456789.-/", max_size=40))
def test_any_text_yields_terms_with_ranges_in_it(text: str) -> None:
    for term, start, end in canonical_numbers(text):
        assert term
        assert 0 <= start < end <= len(text)
