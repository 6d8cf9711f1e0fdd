"""Relaxation: conditions that leave nothing are named, and what is found without them is marked."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.query import Searcher

from ..conftest import tries

Index = Callable[..., Searcher]


@pytest.fixture
def searcher(index_of: Index) -> Searcher:
    return index_of("中美外交会谈", "外交新闻：会谈结束", "天气预报", source="RFI")


@pytest.mark.parametrize(
    ("query", "expected", "condition"),
    [
        pytest.param('外交 "中美会谈"', {"1"}, '"中美会谈"', id="quoted part"),
        pytest.param("外交 -会谈", {"1", "2"}, "-会谈", id="exclusion"),
        pytest.param("外交 source:bbc", {"1", "2"}, "source=bbc", id="filter"),
        pytest.param("外交 date:2020", {"1", "2"}, "date=2020-01-01..2020-12-31", id="date"),
        pytest.param("外交 about:2020", {"1", "2"}, "about=2020", id="mentioned date"),
        pytest.param("外交 (新闻 -结束)", {"1", "2"}, "(新闻 -结束)", id="group with an exclusion"),
        pytest.param('"中美外交" source:bbc', {"1"}, "source=bbc", id="a quoted part is kept before a filter"),
        pytest.param('source:bbc "天气" -外交', {"3"}, "source=bbc", id="only the condition that leaves nothing"),
        pytest.param("source:rfi -天气 -外交", {"1", "2"}, "-外交", id="an exclusion is dropped before a filter"),
        pytest.param('外交 source:bbc "丙丁"', {"1", "2"}, '"丙丁"、source=bbc', id="several"),
    ],
)
def test_results_without_a_condition_are_marked(
    searcher: Searcher, query: str, expected: set[str], condition: str
) -> None:
    results = searcher.search(query)
    assert {hit.id for hit in results} == expected
    assert results.full == 0
    assert not any(hit.full for hit in results)
    (note,) = results.notes
    assert note.kind == "without"
    assert f"with {condition};" in note.message


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param("龘靐", "any word", id="words"),
        pytest.param('"中美会谈"', '"中美会谈"', id="one quoted part is exact"),
        pytest.param("date:2600..2700", "date=2600", id="filter alone"),
        pytest.param("source:bbc -外交", "source=bbc", id="only an exclusion would be left"),
        pytest.param("-外交 -天气", "-外交", id="exclusions alone"),
        pytest.param("龘靐 OR source:bbc", "any word", id="alternatives"),
    ],
)
def test_nothing_is_found_with_a_note(searcher: Searcher, query: str, message: str) -> None:
    results = searcher.search(query)
    assert (results.total, results.hits) == (0, ())
    assert [note.kind for note in results.notes] == ["nothing"]
    assert message in results.notes[0].message


def test_filters_of_a_search_hold_and_are_named(searcher: Searcher) -> None:
    results = searcher.search("外交", source="BBC")
    assert results.total == 0
    assert [(note.kind, note.message) for note in results.notes] == [("nothing", "no article passes the filter source")]
    results = searcher.search("天气", source="RFI", since="1990")
    assert results.total == 0
    assert "filter since" in results.notes[0].message


def test_a_filter_of_a_search_is_named_only_if_it_matters(index_of: Index) -> None:
    searcher = index_of("外交", "2023年9月28日天气", source="RFI")
    (note,) = searcher.search("外交", source="RFI", about="2023-09").notes
    assert "the filter about; without it, some do" in note.message


def test_conditions_are_dropped_within_the_filters_of_a_search(index_of: Index) -> None:
    searcher = index_of("2023年9月28日外交", "外交部说“坦诚”", source="RFI")
    results = searcher.search('外交 "坦诚"', about="2023-09")
    assert [hit.id for hit in results.hits] == ["1"]
    assert 'with "坦诚";' in results.notes[0].message


def test_counts_without_articles_have_a_note(searcher: Searcher) -> None:
    assert [note.kind for note in searcher.timeline("龘靐").notes] == ["nothing"]
    assert [note.kind for note in searcher.entities("外交 source:bbc").notes] == ["nothing"]


@pytest.mark.parametrize("query", ['外交 "中美会谈"', "外交 -会谈", "外交 source:bbc"])
def test_an_article_opened_from_relaxed_results_has_highlights(searcher: Searcher, query: str) -> None:
    found = searcher.highlights("1", query)
    assert found is not None
    assert (2, 4) in found.body


@pytest.mark.soak
@settings(max_examples=tries(150, 15_000))
@given(
    st.lists(
        st.sampled_from(
            [
                "外交",
                "中美",
                '"会谈"',
                '"美中"',
                "-",
                " ",
                "OR",
                "(",
                ")",
                "source:",
                "rfi",
                "来源：",
                "date:2020",
                "龘",
            ]
        ),
        max_size=8,
    ).map("".join)
    | st.text(max_size=30)
)
def test_an_empty_result_has_a_note(seeds: Searcher, query: str) -> None:
    results = seeds.search(query)
    assert results.total or results.notes
