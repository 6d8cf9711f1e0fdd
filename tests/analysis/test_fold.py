"""Folding: the folded form of characters, and stable offsets."""

import unicodedata

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis.text import fold
from training.make_fold_table import build


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("ＡＢＣ１２３％", "abc123%", id="full width"),
        pytest.param("臺灣國民黨", "台湾国民党", id="traditional"),
        pytest.param("裏羣爲説", "里群为说", id="variants of traditional"),
        pytest.param("「引」『文』“語”", '"引""文""语"', id="quotation marks"),
        pytest.param("安东尼•布林肯・‧", "安东尼·布林肯··", id="interpuncts"),
        pytest.param("一—二－三", "一-二-三", id="dashes"),
        pytest.param("Élysée Ångström", "elysee angstrom", id="accents"),
        pytest.param("一\u3000二\n三\t", "一 二 三 ", id="white space"),
        pytest.param("著名", "著名", id="exceptions of OpenCC"),
        pytest.param("⼈民", "人民", id="radicals"),
        pytest.param("㎏…ß½", "㎏…ß½", id="characters with longer forms stay"),
    ],
)
def test_folded_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_keeps_offsets_and_is_idempotent(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    assert [fold(character) for character in text] == list(fold(text))


def test_the_script_reproduces_the_committed_table() -> None:
    """The script yields every entry of the table. (A newer Unicode or OpenCC may add entries.)"""
    built = build()
    # This Python's Unicode may be older than the one that the table was made with.
    assigned = (character for character in map(chr, range(0x110000)) if unicodedata.category(character) != "Cn")
    committed = {character: fold(character) for character in assigned if fold(character) != character}
    assert len(committed) > 9_000
    assert [character for character, folded in committed.items() if built.get(character) != folded] == []
    converter = opencc.OpenCC("t2s")
    assert all(fold(character) == converter.convert(character) for character in "漢語學習臺灣與歐盟總統選舉開始發現")
