"""The analyzer: words and term streams of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis import Analyzer, EntityMention, fold

ANALYZER = Analyzer()
WITH_DICTIONARY = Analyzer(["清华 大学"])
MIXED = st.text(
    alphabet=st.one_of(st.sampled_from("中美外交部台灣總統AbC19.+-#%· ，“”\n"), st.characters()), max_size=60
)


def word_terms(text: str) -> list[str]:
    return [token.term for token in ANALYZER.tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("C++与.NET", ["c++", "c", "与", ".net", "net"], id="programming languages"),
        pytest.param("iPhone15", ["iphone15", "iphone", "15"], id="letters and digits"),
        pytest.param("１２％", ["12%", "12"], id="percent, full width"),
        pytest.param("17.0.3", ["17.0.3", "17", "0", "3"], id="version"),
        pytest.param("1,000人", ["1,000", "1", "000", "1000", "人"], id="thousands"),
        pytest.param("COVID-19", ["covid-19", "covid", "19"], id="hyphen"),
        pytest.param("臺灣海峽", ["台湾海峡", "台湾", "海峡"], id="traditional"),
        pytest.param("U.S.", ["u.s", "u", "s"], id="abbreviation"),
        pytest.param("看it.", ["看", "it"], id="full stop"),
        pytest.param("！，。", [], id="punctuation"),
    ],
)
def test_words_are_folded_and_split(text: str, expected: list[str]) -> None:
    assert word_terms(text) == expected


@given(MIXED)
def test_words_equal_the_folded_text_in_their_range(text: str) -> None:
    folded = fold(text)
    for token in ANALYZER.tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        written = folded[token.start : token.end]
        assert token.term in (written, written.replace(",", ""))


@given(MIXED, st.integers(0, 60), st.integers(1, 8))
def test_bigrams_and_unigrams_of_a_substring_occur_in_the_text(text: str, start: int, length: int) -> None:
    """A query with any substring of a text matches the text."""
    whole, part = ANALYZER.terms(text), ANALYZER.terms(text[start : start + length].strip())
    assert part.folded in whole.folded
    assert set(part.bigrams) <= set(whole.bigrams)
    assert set(part.unigrams) <= set(whole.unigrams)


def test_terms_of_very_long_runs_are_at_most_64_characters() -> None:
    assert all(len(term) <= 64 for term in word_terms("a" * 1000 + "，" + "a1" * 1000))


def test_names_are_words_even_if_the_segmenter_cuts_them() -> None:
    text = "美国国务卿布林肯访问北京"
    assert "布林肯" not in ANALYZER.terms(text).words
    assert "布林肯" in ANALYZER.terms(text, (EntityMention("布林肯", "person", 5, 8),)).words


@given(
    st.text(
        st.sampled_from("台湾海峡清华大学南京市长江第三十百分之年月日0123456789.,-·+%# aiPhoneＡ　ｘ，。"), max_size=60
    )
)
def test_index_terms_equal_the_terms_of_tokens(text: str) -> None:
    """Indexing uses `terms`; queries and highlights use `words`."""
    assert sorted(WITH_DICTIONARY.terms(text).words) == sorted(token.term for token in WITH_DICTIONARY.tokenize(text))
