"""Folding: which characters count as the same, and that offsets never move."""

import unicodedata

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis.text import fold
from training.make_fold_table import build


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("ＡＢＣ１２３％", "abc123%", id="full width"),
        pytest.param("臺灣國民黨", "台湾国民党", id="traditional"),
        pytest.param("裏羣爲説", "里群为说", id="variants of traditional"),
        pytest.param("「引」『文』“語”", '"引""文""语"', id="quotation marks"),
        pytest.param("安东尼•布林肯・‧", "安东尼·布林肯··", id="name dots"),
        pytest.param("一—二－三", "一-二-三", id="dashes"),
        pytest.param("Élysée Ångström", "elysee angstrom", id="accents"),
        pytest.param("一\u3000二\n三\t", "一 二 三 ", id="white space"),
        pytest.param("著名", "著名", id="kept"),
        pytest.param("⼈民", "人民", id="radicals"),
        pytest.param("㎏…ß½", "㎏…ß½", id="longer forms stay"),
    ],
)
def test_folds(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_keeps_every_offset_and_folding_twice_changes_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    assert [fold(character) for character in text] == list(fold(text))


def test_table_is_what_its_sources_say() -> None:
    """The script still makes every line of the committed table. (A newer Unicode or OpenCC may add lines to it.)"""
    made = build()
    # This Python's Unicode may be older than the one that made the table.
    known = (character for character in map(chr, range(0x110000)) if unicodedata.category(character) != "Cn")
    committed = {character: fold(character) for character in known if fold(character) != character}
    assert len(committed) > 9_000
    assert [character for character, folded in committed.items() if made.get(character) != folded] == []
    converter = opencc.OpenCC("t2s")
    assert all(fold(character) == converter.convert(character) for character in "漢語學習臺灣與歐盟總統選舉開始發現")
