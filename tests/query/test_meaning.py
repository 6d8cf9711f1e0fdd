"""What counts as the same: scripts, widths, dates, numbers, names, aliases, pinyin; and what is offered instead."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from souwen.indexer import build_index
from souwen.query import InvalidAliases, InvalidRecency, Searcher

from ..conftest import SEEDS, ids

Index = Callable[..., Searcher]
NAMES = (
    "国务卿安东尼·布林肯抵达北京",
    "国务卿安东尼-布林肯访问中国",
    "布林肯说",
    "总统乔·拜登签署法案",
    "林肯公园乐队",
)
DATES = ("2023年9月28日会谈", "9月28号会谈", "二〇二三年九月二十八日会谈", "2023-09-28 会谈", "9月29日会谈")


@pytest.mark.parametrize("query", ["安东尼·布林肯", "安东尼-布林肯", "安东尼•布林肯", "布林肯"])
def test_names_with_any_dot_and_without_find_each_other(index_of: Index, query: str) -> None:
    assert set(ids(index_of(*NAMES), query)) == {"1", "2", "3"}


def test_a_name_typed_without_its_dot(index_of: Index) -> None:
    results = index_of(*NAMES).search("乔拜登")
    assert [hit.id for hit in results] == ["4"]
    assert [hit.snippets[0].text[start:end] for hit in results for start, end in hit.snippets[0].highlights] == [
        "乔·拜登"
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("穆罕默德·本·萨勒曼", {"1", "2"}, id="person"),
        pytest.param("穆罕默德-本-萨勒曼", {"1", "2"}, id="person-with-hyphens"),
        pytest.param("北京·上海", {"3"}, id="two-places"),
        pytest.param("北京-上海", {"3"}, id="two-places-with-a-hyphen"),
    ],
)
def test_a_last_name_counts_for_a_full_one_but_a_second_place_for_no_two(
    index_of: Index, query: str, found: set[str]
) -> None:
    texts = ("王储穆罕默德·本·萨勒曼到访", "萨勒曼说", "北京-上海高铁", "上海下雨")
    assert set(ids(index_of(*texts), query)) == found


READS = """
import sys
read = []
sys.addaudithook(lambda event, values: read.append(str(values[0])) if event == "open" else None)
from souwen.query import Searcher
with Searcher(sys.argv[1]) as searcher:
    for query in ("安东尼·布林肯", "康达会见孙卫东的时候说了什么", "习近平"):
        assert searcher.search(query).total
print("\\n".join(read))
"""


def test_a_search_finds_names_without_the_model(seeds_index: Path) -> None:
    done = subprocess.run([sys.executable, "-c", READS, seeds_index], capture_output=True, text=True, check=True)
    read = {Path(name).name for name in done.stdout.split("\n")}
    assert "name_lists.txt" in read
    assert read.isdisjoint({"model.npz", "word_clusters.txt"})


@pytest.mark.parametrize("query", ["entity:安东尼·布林肯", "entity:安东尼-布林肯", "person:安东尼-布林肯"])
def test_filters_do_not_mind_the_dot_or_the_last_name_alone(index_of: Index, query: str) -> None:
    assert set(ids(index_of(*NAMES), query)) == {"1", "2", "3"}


def test_a_last_name_alone_is_not_that_of_just_anybody(index_of: Index) -> None:
    searcher = index_of("亨特·拜登出庭", "总统乔·拜登签署法案", "拜登说")
    assert ids(searcher, "person:乔·拜登") == ["2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("2023年9月28日", {"1", "3", "4"}),
        ("2023-09-28", {"1", "3", "4"}),
        ("9月28日", {"1", "2", "3", "4"}),
        ("九月二十八号", {"1", "2", "3", "4"}),
        ('"9月28号"', {"2"}),
    ],
)
def test_dates_meet_whatever_their_spelling(index_of: Index, query: str, found: set[str]) -> None:
    assert set(ids(index_of(*DATES), query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("第11轮", {"1", "2"}),
        ("第十一轮", {"1", "2"}),
        ("12%", {"3", "4"}),
        ("百分之十二", {"3", "4"}),
        ("35000", {"5", "6", "7"}),
    ],
)
def test_numbers_meet_whatever_their_spelling(index_of: Index, query: str, found: set[str]) -> None:
    texts = (
        "第十一轮谈判",
        "第11轮谈判",
        "增长１２％",
        "增长百分之十二",
        "三万五千人",
        "3.5万人",
        "35,000人",
        "第一轮",
    )
    assert set(ids(index_of(*texts), query)) == found


def test_marks_stand_on_the_date_as_written(index_of: Index) -> None:
    results = index_of("他于二〇二三年九月二十八日到访。").search("2023-09-28")
    assert [hit.snippets[0].text[start:end] for hit in results for start, end in hit.snippets[0].highlights] == [
        "二〇二三年九月二十八日"
    ]


def test_aliases_are_looked_for_too_and_told(index_of: Index) -> None:
    searcher = index_of("特朗普发表讲话", "川普發表講話", "Trump speaks", "普京讲话")
    results = searcher.search("川普")
    assert {hit.id for hit in results} == {"1", "2", "3"}
    assert [note.kind for note in results.notes] == ["alias"]
    assert set(ids(searcher, "川普讲话")) == {"1", "2"}
    assert set(ids(searcher, '"川普"')) == {"2"}


def test_aliases_of_the_user_need_no_new_index(tmp_path: Path) -> None:
    build_index(SEEDS, tmp_path)
    (tmp_path / "aliases.txt").write_text("# 我的\n小孙 = 孙卫东\n单独\n", "utf-8")
    with Searcher(tmp_path) as searcher:
        assert searcher.search("小孙").total == 1
    (tmp_path / "aliases.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidAliases, match="aliases"):
        Searcher(tmp_path)


def test_pinyin_is_read_where_it_can_be_meant(index_of: Index) -> None:
    searcher = index_of("抵达北京", "北京消息", "景点介绍", "经典作品", "Italian 菜", "change 变化", "嫦娥")
    assert set(ids(searcher, "beijing")) == {"1", "2"}
    assert [note.kind for note in searcher.search("beijing").notes] == ["pinyin"]
    assert set(ids(searcher, "bj")) == {"1", "2"}
    assert set(ids(searcher, "景点")) == {"3"}  # never from Han to Han
    assert set(ids(searcher, "change")) == {"6"}  # a word of the articles first
    assert set(ids(searcher, "lian")) == {"5"}  # and what stands inside one


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title:外交*", {"1", "2"}),
        ("外*部", {"2"}),
        ("source:r*", {"1", "2", "3"}),
        ("source:*f*", {"1", "2", "3"}),
        ("source:r*f*i -外*", {"3"}),
        ("source:rf*fi", set()),
    ],
)
def test_wildcards(index_of: Index, query: str, found: set[str]) -> None:
    assert set(ids(index_of(("外交", "一"), ("外交部", "二"), ("天气", "三"), source="rfi"), query)) == found


def test_did_you_mean_is_offered_and_not_applied(index_of: Index) -> None:
    searcher = index_of("国务卿布林肯访问北京", "布林肯说", "天气")
    results = searcher.search("布林垦")
    assert results.full == 0
    assert results.suggestions[0] == "布林肯"
    assert searcher.search("访问布林垦 -天气").suggestions[:1] in ((), ("访问布林肯 -天气",))
    assert searcher.search("布林肯").suggestions == ()


def test_suggestions_complete_han_and_pinyin_by_weight(index_of: Index) -> None:
    searcher = index_of("外交部", "外交部", "外交", "北京", "背景")
    assert [(s.text, s.articles) for s in searcher.suggest("外")] == [("外交", 3), ("外交部", 2)]
    assert [s.text for s in searcher.suggest("waij")] == ["外交", "外交部"]
    assert [s.text for s in searcher.suggest("wai")] == ["外交", "外交部"]
    assert {s.text for s in searcher.suggest("bj")} == {"北京", "背景"}
    assert searcher.suggest("") != []
    assert searcher.suggest("外", limit=1)[0].text == "外交"
    assert searcher.suggest("没有") == []


def test_recency_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"id": "old", "title": "外交", "date": "2001-01-01"}\n{"id": "new", "title": "外交", "date": "2026-01-01"}',
        "utf-8",
    )
    build_index(tmp_path / "a.jsonl", tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        plain = {hit.id: hit.score for hit in searcher.search("外交", collapse=False)}
        recent = {hit.id: hit.score for hit in searcher.search("外交", recency=30, collapse=False)}
        assert [hit.id for hit in searcher.search("外交", recency=3000, collapse=False)] == ["new", "old"]
    assert plain["old"] / 2 <= recent["old"] < plain["old"]
    assert plain["new"] / 2 <= recent["new"] <= plain["new"]


@pytest.mark.parametrize("days", [0, -1, float("nan")])
def test_recency_is_a_number_of_days(seeds: Searcher, days: float) -> None:
    with pytest.raises(InvalidRecency, match="above 0"):
        seeds.search("外交", recency=days)


def test_explanation_adds_up(index_of: Index) -> None:
    results = index_of(("外交新闻", "外交部长会谈"), ("天气", "晴")).search("外交部长 -天气", explain=True)
    assert results.reading == "外交部长 -天气"
    for hit in results:
        assert hit.explanation is not None
        total = sum(part for _, part in hit.explanation.terms)
        for _, factor in hit.explanation.factors:
            total *= factor
        assert total == pytest.approx(hit.score)
