"""What a query matches in the whole of an article, and what all that it finds is counted by."""

from collections.abc import Callable

import pytest

from souwen.query import InvalidDate, InvalidFacet, Searcher

from ..conftest import SEEDS

BODY = "市长说，南京市长江大桥很长。\n第二段：外交官康达与台灣海峽。安东尼-布林肯来了。"


@pytest.fixture
def bridge(index_of: Callable[..., Searcher]) -> Searcher:
    return index_of(("市长谈大桥", BODY), "别的文章，谈研究生。")


def marked(searcher: Searcher, query: str) -> list[str]:
    found = searcher.highlights("1", query)
    assert found is not None
    return ["市长谈大桥"[start:end] for start, end in found.title] + [BODY[start:end] for start, end in found.body]


def test_every_match_is_marked_as_it_is_written(bridge: Searcher) -> None:
    assert marked(bridge, "台湾海峡") == ["台灣海峽"]
    assert marked(bridge, "安东尼·布林肯") == ["安东尼-布林肯"]
    assert marked(bridge, "大桥 康达") == ["大桥", "大桥", "康达"]


def test_words_are_marked_only_where_they_are_words(bridge: Searcher) -> None:
    assert marked(bridge, "市长") == ["市长", "市长"]
    assert marked(bridge, '"市长"') == ["市长", "市长", "市长"]


def test_strings_may_run_across_lines(bridge: Searcher) -> None:
    assert marked(bridge, '"很长。\n第二段"') == ["很长。\n第二段"]


@pytest.mark.parametrize("query", ["", "研究生", "“没有这些字”", "-市长", "((("])
def test_nothing_is_marked_in_what_a_query_does_not_find(bridge: Searcher, query: str) -> None:
    assert marked(bridge, query) == []


def test_article_that_is_not_there(bridge: Searcher) -> None:
    assert bridge.highlights("3", "市长") is None


def test_whole_articles_have_what_their_snippets_have(seeds: Searcher) -> None:
    for query in (
        "台湾海峡",
        "中美 外交",
        "美国国务院补充说",
        "康达会见孙卫东的时候说了什么",
        "guowuyuan",
        '"坦诚、深入"',
    ):
        for hit in seeds.search(query):
            found = seeds.highlights(hit.id, query)
            assert found is not None
            assert found.title == hit.title_highlights
            for snippet in hit.snippets:
                shown = {(snippet.start + start, snippet.start + end) for start, end in snippet.highlights}
                assert shown <= set(found.body)


def test_facets_of_all_articles_and_of_a_query(seeds: Searcher) -> None:
    assert len(list(SEEDS.iterdir())) == 2
    everything = seeds.facets(("source", "month"))
    assert everything == {"source": (("RFI", 2),), "month": (("2023-08", 1), ("2023-09", 1))}
    assert seeds.facets(("month",), "台湾海峡")["month"] == (("2023-09", 1),)
    assert seeds.facets(("month",), until="2023-08")["month"] == (("2023-08", 1),)
    assert seeds.facets(("person",), limit=1)["person"][0].articles >= 1
    assert seeds.facets(("source",), "没有这些字的文章") == {"source": ()}


def test_wrong_use_of_facets(seeds: Searcher) -> None:
    with pytest.raises(InvalidFacet):
        seeds.facets(("colour",))
    with pytest.raises(InvalidDate):
        seeds.facets(("source",), since="soon")
