"""Search: the articles that queries find, their order, and the notes."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souwen.query import InvalidDate, Searcher

from ..conftest import ids, tries

Index = Callable[..., Searcher]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("孙卫东", "中美高级外交官"),
        ("布林肯", "中美高级外交官"),
        ("台湾海峡", "中美高级外交官"),
        ("臺灣海峽", "中美高级外交官"),
        ('"坦诚、深入和建设性"', "中美高级外交官"),
        ("杨涛", "美国五角大楼"),
        ("五角大楼", "美国五角大楼"),
        ("中美外交", "中美高级外交官"),
        ("entity:布林肯", "中美高级外交官"),
        ("section:国际", "美国五角大楼"),
        ("date:2023-08", "美国五角大楼"),
        ("about:2023-08-02", "美国五角大楼"),
        ("提到:2023-09-25..2023-10-01", "中美高级外交官"),
        ("source:rfi.fr 高级外交官", "中美高级外交官"),
    ],
)
def test_the_first_hit_among_the_seeds(seeds: Searcher, query: str, title: str) -> None:
    assert seeds.search(query).hits[0].title.startswith(title)


def test_every_part_must_match(index_of: Index) -> None:
    searcher = index_of("台湾问题", "海峡两岸", "台湾与海峡")
    assert ids(searcher, "台湾 海峡") == ["3"]


def test_a_short_part_must_match_as_a_whole(index_of: Index) -> None:
    searcher = index_of("台湾海峡局势", "台湾与海峡")
    assert ids(searcher, "台湾海峡") == ["1"]


def test_only_the_rarer_words_of_a_long_part_bring_partial_matches(index_of: Index) -> None:
    searcher = index_of("石油。", "外交。会谈。", *["总统。"] * 6)
    results = searcher.search("石油外交会谈总统")
    assert {hit.id for hit in results} == {"1", "2"}
    assert (results.full, [note.kind for note in results.notes]) == (0, ["partial"])


def test_without_a_whole_match_the_words_may_stand_apart(index_of: Index) -> None:
    results = index_of("中美高级外交官", "法国外交").search("中美外交")
    assert [hit.id for hit in results] == ["1"]
    assert [note.kind for note in results.notes] == ["apart"]


def test_a_long_part_lists_full_matches_first_with_a_note_where_they_end(index_of: Index) -> None:
    searcher = index_of("总统选举结果", "国会选举结果公布之后总统发表讲话", "天气预报", "国会讲话")
    results = searcher.search("国会选举结果公布总统讲话")
    assert results.hits[0].id == "2"
    assert (results.full, results.total) == (1, 3)
    assert [hit.full for hit in results] == [True, False, False]
    assert [note.kind for note in results.notes] == ["partial-after"]


def test_the_spaces_of_a_headline_do_not_separate_parts(index_of: Index) -> None:
    searcher = index_of("维吾尔人被关押 欧盟难以忍受", "欧盟越来越难以忍受维吾尔关押营", "天气预报")
    results = searcher.search("维吾尔关押营 欧盟越来越难以忍受")
    assert [hit.id for hit in results] == ["2", "1"]
    assert results.full == 1


def test_partial_matches_are_listed_if_no_article_has_all_parts(index_of: Index) -> None:
    results = index_of("新闻联播", "人民日报").search("新闻 日报")
    assert {hit.id for hit in results} == {"1", "2"}
    assert (results.full, [note.kind for note in results.notes]) == (0, ["partial"])


def test_whole_words_hide_matches_inside_words_unless_quoted(index_of: Index) -> None:
    searcher = index_of("南京市长江大桥竣工", "市长出席会议")
    assert ids(searcher, "市长") == ["2"]
    assert set(ids(searcher, '"市长"')) == {"1", "2"}


def test_matches_inside_words_are_found_if_there_are_no_whole_words(index_of: Index) -> None:
    results = index_of("清华大学学生会").search("华大")
    assert [hit.id for hit in results] == ["1"]
    assert [note.kind for note in results.notes] == ["inside-words"]
    assert results.hits[0].snippets[0].highlights == ((1, 3),)


def test_a_quoted_string_matches_punctuation_literally(index_of: Index) -> None:
    searcher = index_of("坦诚、深入和建设性", "坦诚深入和建设性", "坦诚，深入和建设性")
    assert ids(searcher, '"坦诚、深入"') == ["1"]


def test_a_quoted_string_matches_inside_latin_words(index_of: Index) -> None:
    assert ids(index_of("新款iPhone15发售"), '"hone1"') == ["1"]


def test_a_quoted_string_does_not_match_across_title_and_body(index_of: Index) -> None:
    searcher = index_of(("台湾", "海峡"))
    assert ids(searcher, '"台湾海峡"') == []
    assert ids(searcher, '"台湾 海峡"') == []


def test_a_quoted_part_is_not_relaxed_while_an_article_has_it(index_of: Index) -> None:
    assert ids(index_of("中美高级外交官", "中美外交会谈"), '"中美外交" 高级 会谈') == ["2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:外交", {"1"}),
        ("body:外交", {"2", "3"}),
        ("body:外交 -title:会谈", {"2"}),
        ("正文:外交部长", {"3"}),
        ("外交 -会谈", {"1", "2"}),
        ("外交 NOT (会谈 OR 声明)", {"1"}),
        ("(声明 OR 部长)", {"2", "3"}),
        ("-外交", {"4"}),
        ("id:3", {"3"}),
    ],
)
def test_fields_and_operators(index_of: Index, query: str, expected: set[str]) -> None:
    searcher = index_of(("外交新闻", "今天"), ("声明", "外交声明"), ("会谈", "外交部长会谈，外交"), ("天气", "晴"))
    assert set(ids(searcher, query)) == expected


def test_filters_by_argument(seeds: Searcher) -> None:
    assert seeds.search("中国", since="2023-09").total == 1
    assert seeds.search("中国", until="2023-08-03").total == 1
    assert seeds.search("中国", since="2023", until="2023").total == 2
    assert seeds.search("中国", source=["BBC", "RFI"]).total == 2
    assert seeds.search("中国", source="BBC").total == 0
    assert seeds.search("中国", entity="杨涛").total == 1
    with pytest.raises(InvalidDate, match="2023-09-28"):
        seeds.search("中国", since="soon")


def test_newest_first(seeds: Searcher) -> None:
    dates = [hit.published for hit in seeds.search("五角大楼 OR 孙卫东", sort="date")]
    assert [moment and moment.isoformat() for moment in dates] == [
        "2023-09-29T10:45:00+02:00",
        "2023-08-03T21:11:00+02:00",
    ]


def test_pages_are_slices_of_one_list(index_of: Index) -> None:
    searcher = index_of(*(f"外交新闻{'，外交' * number}" for number in range(7)))
    all_hits = searcher.search("外交", limit=7)
    pages = [searcher.search("外交", limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [hit.id for page in pages for hit in page] == [hit.id for hit in all_hits]
    assert [hit.rank for page in pages for hit in page] == [1, 2, 3, 4, 5, 6, 7]
    assert {page.total for page in pages} == {7}
    assert searcher.search("外交", offset=100).hits == ()


def test_more_of_the_query_in_less_text_ranks_higher(index_of: Index) -> None:
    searcher = index_of("外交" + "，其他的事情也有很多" * 20, "外交和外交", "外交")
    assert ids(searcher, "外交")[-1] == "1"


@pytest.mark.parametrize("query", ["！！！", '"', "()", "((((", '""""', "-", "OR", "\x00\ud800"])
def test_a_query_with_nothing_to_search_for_has_notes(seeds: Searcher, query: str) -> None:
    results = seeds.search(query)
    assert results.hits == ()
    assert results.notes


def test_a_query_of_100_kilobytes_is_cut_with_a_note(seeds: Searcher) -> None:
    results = seeds.search("中美外交会谈、" * 5000)
    assert "cut" in [note.kind for note in results.notes]
    assert results.total == 2


@pytest.mark.parametrize("query", ["国", '"，"', "５", '"A"'])
def test_single_characters_are_found(index_of: Index, query: str) -> None:
    assert ids(index_of("中国，A5", "法兰西"), query) == ["1"]


@pytest.mark.soak
@settings(max_examples=tries(150, 15_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from('中美外交"“”()（）-|*:：title日期. 一二三月号·'), st.characters()),
        max_size=60,
    )
)
def test_no_query_raises(seeds: Searcher, query: str) -> None:
    results = seeds.search(query, explain=True)
    assert results.total >= len(results.hits) >= 0
    for hit in results:
        for snippet in hit.snippets:
            assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.highlights)
