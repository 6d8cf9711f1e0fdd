"""Words and streams of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis import Analyzer, EntityMention, fold

ANALYZER = Analyzer()
WITH_OWN_WORDS = Analyzer(["清华 大学"])
MIXED = st.text(
    alphabet=st.one_of(st.sampled_from("中美外交部台灣總統AbC19.+-#%· ，“”\n"), st.characters()), max_size=60
)


def terms(text: str) -> list[str]:
    return [word.term for word in ANALYZER.words(text)]


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
def test_words(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(MIXED)
def test_words_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    for word in ANALYZER.words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.term == folded[word.start : word.end].replace(",", "") or word.term == folded[word.start : word.end]


@given(MIXED, st.integers(0, 60), st.integers(1, 8))
def test_pairs_and_singles_of_any_string_are_in_its_text(text: str, start: int, length: int) -> None:
    """Query side ⊆ index side: what a string of the text asks for, the text has, at the same places."""
    string = text[start : start + length]
    whole, part = ANALYZER.terms(text), ANALYZER.terms(string)
    assert whole.bigrams[start : start + len(part.bigrams)] == part.bigrams
    assert set(part.unigrams) <= set(whole.unigrams)


def test_a_run_without_end_counts_by_pieces() -> None:
    assert all(len(term) <= 64 for term in terms("a" * 1000 + "，" + "a1" * 1000))


def test_names_count_whole_where_the_segmenter_cuts_them() -> None:
    text = "美国国务卿布林肯访问北京"
    assert "布林肯" not in ANALYZER.terms(text).words
    assert "布林肯" in ANALYZER.terms(text, (EntityMention("布林肯", "person", 5, 8),)).words


@given(
    st.text(
        st.sampled_from("台湾海峡清华大学南京市长江第三十百分之年月日0123456789.,-·+%# aiPhoneＡ　ｘ，。"), max_size=60
    )
)
def test_terms_are_those_of_words(text: str) -> None:
    """An index is made of terms, queries and marks are made of words."""
    assert sorted(WITH_OWN_WORDS.terms(text).words) == sorted(word.term for word in WITH_OWN_WORDS.words(text))
