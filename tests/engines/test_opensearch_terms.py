"""The servers' analyzer does not split encoded terms, and different terms have different encodings."""

import random
import re

import pytest

from souwen.analysis import TermStreams
from souwen.engines.opensearch.term_encoding import (
    MAX_KEYWORD_LENGTH,
    MAX_TERM_LENGTH,
    encode_bigrams,
    encode_keyword,
    encode_term,
    encode_terms,
    encode_unigrams,
)

ODD_CHARACTERS = [
    " ",
    "\u3000",
    "\t",
    "\x1e",
    "\x85",
    "\xa0",
    "\u2028",
    "\u180e",
    "\x00",
    "\x7f",
    "\\",
    "\ud800",
    "\udfff",
    "𠮷",
    "文",
    "a",
    ";",
    "2",
    "0",
    "#",
]
JAVA_WHITE_SPACE = re.compile(r"[\s\x00-\x1f\u180e]")


def random_strings(count: int) -> list[str]:
    rng = random.Random(1)
    return ["".join(rng.choices(ODD_CHARACTERS, k=rng.randint(1, 4))) for _ in range(count)]


def test_different_terms_have_different_encodings() -> None:
    long = {"a" * MAX_TERM_LENGTH, "a" * (MAX_TERM_LENGTH + 1), "a" * 5_000, "a" * 5_000 + "b"}
    strings = long.union(random_strings(5_000))
    encoded = {encode_term(string) for string in strings}
    assert len(encoded) == len(strings)
    for string in encoded:
        assert not JAVA_WHITE_SPACE.search(string)
        assert len(string.encode("utf-16-le")) // 2 <= 255  # servers cut there
        string.encode()


@pytest.mark.parametrize("text", ["", "一", *random_strings(200), "甲 乙\u3000丙\n", "\ud800文" * 3])
def test_encoding_a_text_equals_encoding_its_ngrams(text: str) -> None:
    streams = TermStreams([], text)
    bigrams = (encode_term(first) + encode_term(second) for first, second in streams.bigrams)
    assert encode_bigrams(text).split() == list(bigrams)
    assert encode_unigrams(streams).split() == list(map(encode_term, streams.unigrams))
    assert encode_terms(streams.bigrams).split() == list(map(encode_term, streams.bigrams))


def test_only_long_keywords_and_lone_surrogates_are_changed() -> None:
    for value in ("New York  Times", "https://a.b/c?d=1 2", "国际 新闻", "\\", "路" * MAX_KEYWORD_LENGTH):
        assert encode_keyword(value) == value
    long = "路" * (MAX_KEYWORD_LENGTH + 1)
    assert encode_keyword(long) != encode_keyword(long + "路")
    assert len(encode_keyword(long).encode()) < 32_766
    assert encode_keyword("a\ud800") == "a?"
