"""Facets, entities and timelines, counted over the matches of a query."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from souwen.indexer import build_index
from souwen.query import InvalidDate, InvalidFacet, Searcher

Index = Callable[..., Searcher]
ARTICLES = [
    ("2023-08-30", "RFI", "国务卿安东尼·布林肯抵达北京", "布林肯会见王毅。"),
    ("2023-09-28", "rfi", "布林肯访问中国", "国务卿安东尼-布林肯说。"),
    ("2023-09-28", "BBC", "美国国务卿布林肯访问欧盟", "法国外交部长没有发言。"),
    ("2023-09-29", "RFI", "川普发表讲话", "特朗普说，布林肯错了。"),
    ("2023-11-02", "RFI", "特朗普与王毅", "欧洲联盟没有回应。"),
    ("", "BBC", "天气预报", "上海有雨。"),
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder: Path = tmp_path_factory.mktemp("counts")
    lines = (
        json.dumps({"id": str(number), "date": day, "source": source, "title": title, "body": body}, ensure_ascii=False)
        for number, (day, source, title, body) in enumerate(ARTICLES, start=1)
    )
    (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    build_index(folder / "articles.jsonl", folder / "index")
    with Searcher(folder / "index") as opened:
        yield opened


def test_spellings_of_a_name_count_as_one_by_article(searcher: Searcher) -> None:
    results = searcher.search("布林肯", facets=["person", "organisation"])
    assert results.total == 4
    assert results.facets["person"] == (("安东尼·布林肯", 4), ("特朗普", 1), ("王毅", 1))
    assert results.facets["organisation"][0] == ("欧盟", 1)


def test_hits_list_each_entity_once(searcher: Searcher) -> None:
    names = {hit.id: [(name.text, name.mentions) for name in hit.entities] for hit in searcher.search("布林肯")}
    assert ("安东尼·布林肯", 2) in names["1"]
    assert ("安东尼·布林肯", 2) in names["2"]
    assert not any(text == "布林肯" for number in "12" for text, _ in names[number])


def test_an_article_with_two_spellings_of_a_name_counts_once(searcher: Searcher) -> None:
    assert searcher.search("讲话 OR 王毅", facets=["person"]).facets["person"] == (
        ("安东尼·布林肯", 2),
        ("特朗普", 2),
        ("王毅", 2),
    )


def test_facets_count_sources_and_dates(searcher: Searcher) -> None:
    facets = searcher.search("布林肯", facets=["source", "month", "year", "day"], limit=1).facets
    assert facets == {
        "source": (("RFI", 3), ("BBC", 1)),
        "year": (("2023", 4),),
        "month": (("2023-09", 3), ("2023-08", 1)),
        "day": (("2023-09-28", 2), ("2023-08-30", 1), ("2023-09-29", 1)),
    }


def test_facets_count_all_matches_in_either_sort_order(searcher: Searcher) -> None:
    for sort in ("relevance", "date"):
        results = searcher.search("国务卿布林肯访问北京会见王毅发表讲话", facets=["source"], sort=sort)  # type: ignore[arg-type]
        assert sum(count.articles for count in results.facets["source"]) == results.total > 1


def test_facets_of_no_matches_are_empty_and_others_limited(searcher: Searcher) -> None:
    assert searcher.search('"没有这样的词"', facets=["person"]).facets == {"person": ()}
    assert searcher.search("，", facets=["person"]).facets == {"person": ()}
    assert searcher.search("布林肯", facets=["person"], facet_limit=1).facets["person"] == (("安东尼·布林肯", 4),)
    assert searcher.search("布林肯").facets == {}
    assert searcher.search("布林肯", facets=["person"], person="王毅").facets["person"][0] == ("安东尼·布林肯", 1)


def test_an_unknown_facet_raises(searcher: Searcher) -> None:
    with pytest.raises(InvalidFacet, match="'colour': choose one of source, section"):
        searcher.search("布林肯", facets=["colour"])


def test_aliases_of_the_user_group_names(index_of: Index, tmp_path: Path) -> None:
    searcher = index_of("王毅说", "王部长说", "王毅说")
    (tmp_path / "articles-0" / "index" / "aliases.txt").write_text("外长 = 王毅\n", "utf-8")
    with Searcher(tmp_path / "articles-0" / "index") as reopened:
        assert [(name.text, name.articles) for name in reopened.entities(kinds=["person"]).entities] == [("外长", 2)]
    assert [(name.text, name.articles) for name in searcher.entities(kinds=["person"]).entities] == [("王毅", 2)]


def test_entities_of_all_articles_and_of_a_query(searcher: Searcher) -> None:
    names = searcher.entities()
    assert names.articles == 6
    assert [(name.text, name.kind, name.articles) for name in names.entities][:3] == [
        ("安东尼·布林肯", "person", 4),
        ("特朗普", "person", 2),
        ("王毅", "person", 2),
    ]
    assert {name.kind for name in names.entities} == {"person", "place", "organisation"}
    filtered = searcher.entities("布林肯", kinds=["person"], since="2023-09-29", limit=1)
    assert (filtered.articles, [(name.text, name.articles) for name in filtered.entities]) == (
        1,
        [("安东尼·布林肯", 1)],
    )


def test_entities_that_are_mentioned_together_with_others(searcher: Searcher) -> None:
    for name in ("布林肯", "安东尼-布林肯", "安东尼·布林肯", "Blinken"):
        companions = searcher.entities(kinds=["person"], with_entities=name)
        assert (companions.articles, [entity.text for entity in companions.entities]) == (4, ["特朗普", "王毅"])
    assert searcher.entities(with_entities=["布林肯", "王毅"]).articles == 1


def test_filtering_by_a_facet_value_finds_as_many_articles_as_it_counts(searcher: Searcher) -> None:
    for field in ("person", "place", "organisation"):
        for value, articles in searcher.search("date:2023", facets=[field]).facets[field]:
            assert searcher.search("date:2023", **{field: value}).total == articles, value  # type: ignore[arg-type]
            assert searcher.search(f'date:2023 {field}:"{value}"').total == articles, value


def test_entities_are_counted_by_month(searcher: Searcher) -> None:
    (name,) = searcher.entities(kinds=["person"], over_time=True, limit=1).entities
    assert name.months == (("2023-08", 1), ("2023-09", 3))


def test_a_timeline_counts_only_full_matches(searcher: Searcher) -> None:
    query = "国务卿布林肯访问北京会见王毅发表讲话"
    assert searcher.search(query).total > 1
    assert searcher.timeline(query).articles == 0
    assert searcher.timeline("布林肯").articles == 4


@pytest.mark.parametrize(
    ("query", "by", "counts"),
    [
        ("布林肯", "month", (("2023-08", 1), ("2023-09", 3))),
        ("王毅", None, (("2023-08", 1), ("2023-09", 0), ("2023-10", 0), ("2023-11", 1))),
        ("布林肯 访问", None, (("2023-09-28", 2),)),
        ("布林肯 -抵达", "day", (("2023-09-28", 2), ("2023-09-29", 1))),
        ("", "year", (("2023", 5),)),
        ("天气", None, ()),
    ],
)
def test_a_timeline_has_no_gaps(searcher: Searcher, query: str, by: None, counts: tuple[tuple[str, int], ...]) -> None:
    timeline = searcher.timeline(query, by=by)
    assert timeline.counts == counts
    assert timeline.undated == timeline.articles - sum(articles for _, articles in counts)


def test_a_very_long_span_leaves_out_empty_days(index_of: Index, tmp_path: Path) -> None:
    days = ["1500-01-01", "2022-12-31", "2023-09-28"]
    lines = (json.dumps({"id": day, "date": day, "body": "外交"}, ensure_ascii=False) for day in days)
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    build_index(tmp_path / "articles.jsonl", tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        assert len(searcher.timeline("外交", by="day").counts) <= 3
        assert len(searcher.timeline("外交", by="year").counts) > 3


def test_wrong_dates_raise_and_malformed_queries_do_not(searcher: Searcher) -> None:
    for count in (searcher.entities, searcher.timeline):
        with pytest.raises(InvalidDate):
            count("布林肯", since="gestern")
        assert count("（").articles == 0
        assert count("没有这样的词").articles == 0
        assert [note.kind for note in count("，").notes] == ["dropped", "empty"]
