"""Highlights in whole articles, and facets of all articles or of a query."""

from collections.abc import Callable

import pytest

from souwen.query import InvalidDate, InvalidFacet, Searcher

from ..conftest import SEEDS

BODY = "市长说，南京市长江大桥很长。\n第二段：外交官康达与台灣海峽。安东尼-布林肯来了。"


@pytest.fixture
def bridge(index_of: Callable[..., Searcher]) -> Searcher:
    return index_of(("市长谈大桥", BODY), "别的文章，谈研究生。")


def highlighted(searcher: Searcher, query: str) -> list[str]:
    ranges = searcher.highlights("1", query)
    assert ranges is not None
    return ["市长谈大桥"[start:end] for start, end in ranges.title] + [BODY[start:end] for start, end in ranges.body]


def test_every_match_is_highlighted_as_written(bridge: Searcher) -> None:
    assert highlighted(bridge, "台湾海峡") == ["台灣海峽"]
    assert highlighted(bridge, "安东尼·布林肯") == ["安东尼-布林肯"]
    assert highlighted(bridge, "大桥 康达") == ["大桥", "大桥", "康达"]


def test_words_are_highlighted_only_as_whole_words_unless_quoted(bridge: Searcher) -> None:
    assert highlighted(bridge, "市长") == ["市长", "市长"]
    assert highlighted(bridge, '"市长"') == ["市长", "市长", "市长"]


def test_a_quoted_string_may_span_lines(bridge: Searcher) -> None:
    assert highlighted(bridge, '"很长。\n第二段"') == ["很长。\n第二段"]


@pytest.mark.parametrize("query", ["", "研究生", "“没有这些字”", "-市长", "((("])
def test_an_article_that_a_query_does_not_find_has_no_highlights(bridge: Searcher, query: str) -> None:
    assert highlighted(bridge, query) == []


def test_highlights_of_a_missing_article_are_none(bridge: Searcher) -> None:
    assert bridge.highlights("3", "市长") is None


def test_highlights_of_whole_articles_include_those_of_snippets(seeds: Searcher) -> None:
    for query in (
        "台湾海峡",
        "中美 外交",
        "美国国务院补充说",
        "康达会见孙卫东的时候说了什么",
        "guowuyuan",
        '"坦诚、深入"',
    ):
        for hit in seeds.search(query):
            ranges = seeds.highlights(hit.id, query)
            assert ranges is not None
            assert ranges.title == hit.title_highlights
            for snippet in hit.snippets:
                in_body = {(snippet.start + start, snippet.start + end) for start, end in snippet.highlights}
                assert in_body <= set(ranges.body)


def test_facets_of_all_articles_and_of_a_query(seeds: Searcher) -> None:
    assert len(list(SEEDS.iterdir())) == 2
    facets = seeds.facets(("source", "month"))
    assert facets == {"source": (("RFI", 2),), "month": (("2023-08", 1), ("2023-09", 1))}
    assert seeds.facets(("month",), "台湾海峡")["month"] == (("2023-09", 1),)
    assert seeds.facets(("month",), until="2023-08")["month"] == (("2023-08", 1),)
    assert seeds.facets(("person",), limit=1)["person"][0].articles >= 1
    assert seeds.facets(("source",), "没有这些字的文章") == {"source": ()}


def test_unknown_facets_and_wrong_dates_raise(seeds: Searcher) -> None:
    with pytest.raises(InvalidFacet):
        seeds.facets(("colour",))
    with pytest.raises(InvalidDate):
        seeds.facets(("source",), since="soon")
