"""Pinyin matching: the Han strings that Latin letters can spell."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis.text import pinyin


def spells(token: str, string: str, *, open_end: bool = False) -> bool:
    return any(re.fullmatch(pattern, string) for pattern in pinyin.patterns(token, open_end=open_end))


@pytest.mark.parametrize(
    ("token", "string"),
    [
        ("beijing", "北京"),
        ("xian", "西安"),
        ("chongqing", "重庆"),
        ("nvxing", "女性"),
        ("bulinken", "布林肯"),
        ("lvse", "绿色"),
    ],
)
def test_pinyin_matches_han(token: str, string: str) -> None:
    assert spells(token, string)


@pytest.mark.parametrize("token", ["iphone", "b", "ma", "x" * 100, "北京", "bei jing", ""])
def test_other_tokens_have_no_patterns(token: str) -> None:
    assert pinyin.patterns(token) == []


def test_open_end_accepts_an_incomplete_last_syllable() -> None:
    assert spells("beij", "北京", open_end=True)
    assert not spells("beij", "北京")


def test_initials_match_han() -> None:
    assert re.fullmatch(pinyin.initials_pattern("bj"), "北京")
    assert pinyin.initials_pattern("vi") == ""


def test_homophones_match() -> None:
    assert re.fullmatch(pinyin.same_sound_pattern("布林垦"), "布林肯")
    assert not re.fullmatch(pinyin.same_sound_pattern("北京"), "东京")


@given(st.text(max_size=50))
def test_any_text_yields_valid_patterns(text: str) -> None:
    for pattern in (*pinyin.patterns(text), *pinyin.patterns(text, open_end=True), pinyin.initials_pattern(text)):
        re.compile(pattern)
    re.compile(pinyin.same_sound_pattern(text))
