"""Suggestions: “did you mean”, and completions of what a user types."""

from collections.abc import Callable

from souwen.query import Searcher

Index = Callable[..., Searcher]


def test_a_correction_is_suggested_and_not_applied(index_of: Index) -> None:
    searcher = index_of("国务卿布林肯访问北京", "布林肯说", "天气")
    results = searcher.search("布林垦")
    assert results.full == 0
    assert results.suggestions[0] == "布林肯"
    assert searcher.search("访问布林垦 -天气").suggestions[:1] in ((), ("访问布林肯 -天气",))
    assert searcher.search("布林肯").suggestions == ()


def test_completions_of_han_and_pinyin_come_most_frequent_first(index_of: Index) -> None:
    searcher = index_of("外交部", "外交部", "外交", "北京", "背景")
    assert [(s.text, s.articles) for s in searcher.suggest("外")] == [("外交", 3), ("外交部", 2)]
    assert [s.text for s in searcher.suggest("waij")] == ["外交", "外交部"]
    assert [s.text for s in searcher.suggest("wai")] == ["外交", "外交部"]
    assert {s.text for s in searcher.suggest("bj")} == {"北京", "背景"}
    assert searcher.suggest("") != []
    assert searcher.suggest("外", limit=1)[0].text == "外交"
    assert searcher.suggest("没有") == []
