"""Dates and periods in the form of each language."""

import pytest

from souwen.messages import Language, use_language
from souwen.web.date_formats import format_period


@pytest.mark.parametrize(
    ("period", "chinese", "english"),
    [
        ("2023", "2023年", "2023"),
        ("2023-09", "2023年9月", "Sep 2023"),
        ("2023-09-08", "2023年9月8日", "8 Sep 2023"),
        ("2023-09-08..2023-09-10", "2023年9月8日–10日", "8–10 Sep 2023"),
        ("2023-07..2023-12", "2023年7月–12月", "Jul–Dec 2023"),
        ("2022-12-30..2023-01-02", "2022年12月30日–2023年1月2日", "30 Dec 2022–2 Jan 2023"),
        ("2022..2023-02", "2022年–2023年2月", "2022–Feb 2023"),
        ("2023-09..2023-09", "2023年9月", "Sep 2023"),
        ("2023-13", "2023年13月", "2023-13"),
        ("昨天", "昨天", "昨天"),
    ],
)
def test_period_formats_by_language(period: str, chinese: str, english: str) -> None:
    expected_by_language: dict[Language, str] = {"zh": chinese, "en": english}
    for language, expected in expected_by_language.items():
        with use_language(language):
            assert format_period(period) == expected
