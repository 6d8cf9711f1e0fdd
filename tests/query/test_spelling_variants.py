"""Spelling variants that match each other: names, dates, numbers, aliases, pinyin and wildcards."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from souwen.indexer import build_index
from souwen.query import InvalidAliases, Searcher

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
def test_names_match_with_any_interpunct_and_without(index_of: Index, query: str) -> None:
    assert set(ids(index_of(*NAMES), query)) == {"1", "2", "3"}


def test_a_name_is_found_without_its_interpunct(index_of: Index) -> None:
    results = index_of(*NAMES).search("乔拜登")
    assert [hit.id for hit in results] == ["4"]
    assert [hit.snippets[0].text[start:end] for hit in results for start, end in hit.snippets[0].highlights] == [
        "乔·拜登"
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("穆罕默德·本·萨勒曼", {"1", "2"}, id="person"),
        pytest.param("穆罕默德-本-萨勒曼", {"1", "2"}, id="person-with-hyphens"),
        pytest.param("北京·上海", {"3"}, id="two-places"),
        pytest.param("北京-上海", {"3"}, id="two-places-with-a-hyphen"),
    ],
)
def test_a_full_name_also_matches_its_last_name_but_two_places_do_not_match_one(
    index_of: Index, query: str, expected: set[str]
) -> None:
    texts = ("王储穆罕默德·本·萨勒曼到访", "萨勒曼说", "北京-上海高铁", "上海下雨")
    assert set(ids(index_of(*texts), query)) == expected


PRINT_OPENED_FILES = """
import sys
opened = []
sys.addaudithook(lambda event, values: opened.append(str(values[0])) if event == "open" else None)
from souwen.query import Searcher
with Searcher(sys.argv[1]) as searcher:
    for query in ("安东尼·布林肯", "康达会见孙卫东的时候说了什么", "习近平"):
        assert searcher.search(query).total
print("\\n".join(opened))
"""


def test_a_search_does_not_load_the_name_model(seeds_index: Path) -> None:
    command = [sys.executable, "-c", PRINT_OPENED_FILES, seeds_index]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    opened = {Path(name).name for name in process.stdout.split("\n")}
    assert "name_lists.txt" in opened
    assert opened.isdisjoint({"model.npz", "word_clusters.txt"})


@pytest.mark.parametrize("query", ["entity:安东尼·布林肯", "entity:安东尼-布林肯", "person:安东尼-布林肯"])
def test_filters_match_names_with_any_interpunct_and_last_names_alone(index_of: Index, query: str) -> None:
    assert set(ids(index_of(*NAMES), query)) == {"1", "2", "3"}


def test_a_shared_last_name_alone_is_not_matched_by_a_full_name(index_of: Index) -> None:
    searcher = index_of("亨特·拜登出庭", "总统乔·拜登签署法案", "拜登说")
    assert ids(searcher, "person:乔·拜登") == ["2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("2023年9月28日", {"1", "3", "4"}),
        ("2023-09-28", {"1", "3", "4"}),
        ("9月28日", {"1", "2", "3", "4"}),
        ("九月二十八号", {"1", "2", "3", "4"}),
        ('"9月28号"', {"2"}),
    ],
)
def test_dates_match_in_any_spelling(index_of: Index, query: str, expected: set[str]) -> None:
    assert set(ids(index_of(*DATES), query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("第11轮", {"1", "2"}),
        ("第十一轮", {"1", "2"}),
        ("12%", {"3", "4"}),
        ("百分之十二", {"3", "4"}),
        ("35000", {"5", "6", "7"}),
    ],
)
def test_numbers_match_in_any_spelling(index_of: Index, query: str, expected: set[str]) -> None:
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
    assert set(ids(index_of(*texts), query)) == expected


def test_a_date_is_highlighted_as_written(index_of: Index) -> None:
    results = index_of("他于二〇二三年九月二十八日到访。").search("2023-09-28")
    assert [hit.snippets[0].text[start:end] for hit in results for start, end in hit.snippets[0].highlights] == [
        "二〇二三年九月二十八日"
    ]


def test_aliases_are_searched_too_with_a_note(index_of: Index) -> None:
    searcher = index_of("特朗普发表讲话", "川普發表講話", "Trump speaks", "普京讲话")
    results = searcher.search("川普")
    assert {hit.id for hit in results} == {"1", "2", "3"}
    assert [note.kind for note in results.notes] == ["alias"]
    assert set(ids(searcher, "川普讲话")) == {"1", "2"}
    assert set(ids(searcher, '"川普"')) == {"2"}


def test_aliases_of_the_user_apply_without_reindexing(tmp_path: Path) -> None:
    build_index(SEEDS, tmp_path)
    (tmp_path / "aliases.txt").write_text("# 我的\n小孙 = 孙卫东\n单独\n", "utf-8")
    with Searcher(tmp_path) as searcher:
        assert searcher.search("小孙").total == 1
    (tmp_path / "aliases.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidAliases, match="aliases"):
        Searcher(tmp_path)


def test_pinyin_is_read_unless_articles_have_the_token(index_of: Index) -> None:
    searcher = index_of("抵达北京", "北京消息", "景点介绍", "经典作品", "Italian 菜", "change 变化", "嫦娥")
    assert set(ids(searcher, "beijing")) == {"1", "2"}
    assert [note.kind for note in searcher.search("beijing").notes] == ["pinyin"]
    assert set(ids(searcher, "bj")) == {"1", "2"}
    assert set(ids(searcher, "景点")) == {"3"}  # never from Han to Han
    assert set(ids(searcher, "change")) == {"6"}  # a word of the articles first
    assert set(ids(searcher, "lian")) == {"5"}  # and what stands inside one


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:外交*", {"1", "2"}),
        ("外*部", {"2"}),
        ("source:r*", {"1", "2", "3"}),
        ("source:*f*", {"1", "2", "3"}),
        ("source:r*f*i -外*", {"3"}),
        ("source:rf*fi", set()),
    ],
)
def test_wildcards_match_words_and_keywords(index_of: Index, query: str, expected: set[str]) -> None:
    assert set(ids(index_of(("外交", "一"), ("外交部", "二"), ("天气", "三"), source="rfi"), query)) == expected
