"""Terms reach the servers in a form that their analyzer leaves alone, and no two become one."""

import random
import re

import pytest

from souwen.analysis import TermStreams
from souwen.engines.opensearch.term_encoding import (
    LONGEST_KEYWORD,
    LONGEST_TERM,
    bigrams,
    keyword,
    term,
    terms,
    unigrams,
)

ODD = [
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
CUTS = re.compile(r"[\s\x00-\x1f\u180e]")  # what any Java calls white space


def strings(count: int) -> list[str]:
    choose = random.Random(1)
    return ["".join(choose.choices(ODD, k=choose.randint(1, 4))) for _ in range(count)]


def test_different_terms_stay_different() -> None:
    made = set(strings(5_000)) | {"a" * LONGEST_TERM, "a" * (LONGEST_TERM + 1), "a" * 5_000, "a" * 5_000 + "b"}
    kept = {term(string) for string in made}
    assert len(kept) == len(made)
    for string in kept:
        assert not CUTS.search(string)
        assert len(string.encode("utf-16-le")) // 2 <= 255  # servers cut there
        string.encode()


@pytest.mark.parametrize("text", ["", "一", *strings(200), "甲 乙\u3000丙\n", "\ud800文" * 3])
def test_the_grams_of_a_text_are_the_terms_of_its_grams(text: str) -> None:
    streams = TermStreams([], text)
    assert bigrams(text).split() == [term(pair[0]) + term(pair[1]) for pair in streams.bigrams]
    assert unigrams(streams).split() == list(map(term, streams.unigrams))
    assert terms(streams.bigrams).split() == list(map(term, streams.bigrams))


def test_keywords_stay_as_they_are_but_for_what_no_server_takes() -> None:
    for same in ("New York  Times", "https://a.b/c?d=1 2", "国际 新闻", "\\", "路" * LONGEST_KEYWORD):
        assert keyword(same) == same
    long = "路" * (LONGEST_KEYWORD + 1)
    assert keyword(long) != keyword(long + "路")
    assert len(keyword(long).encode()) < 32_766
    assert keyword("a\ud800") == "a?"
