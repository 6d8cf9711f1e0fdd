"""Options of searches are checked, and a search without a query lists all."""

from collections.abc import Callable

import pytest

from souwen.query import InvalidOption, Searcher, UnknownFilter


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"sort": "newest"}, "'relevance', 'date'"),
        ({"limit": 5000}, "1,000"),
        ({"limit": -1}, "1,000"),
        ({"offset": -1}, "0"),
        ({"facets": "source"}, "['source']"),
    ],
)
def test_a_wrong_option_names_the_allowed_values(seeds: Searcher, options: dict[str, object], allowed: str) -> None:
    with pytest.raises(InvalidOption) as raised:
        seeds.search("外交", **options)  # type: ignore[arg-type]
    assert allowed in str(raised.value)


def test_a_misspelled_filter_names_the_filters(seeds: Searcher) -> None:
    for method in (seeds.search, seeds.timeline, seeds.entities):
        with pytest.raises(UnknownFilter, match="source, section, author"):
            method("外交", sorce="RFI")  # type: ignore[call-arg]


def test_results_are_a_sequence(seeds: Searcher) -> None:
    results = seeds.search("外交")
    assert (len(results), results[0], results[-1], results[1:]) == (
        2,
        results.hits[0],
        results.hits[1],
        results.hits[1:],
    )
    assert [hit["id"] for hit in results.to_dicts()] == [hit.id for hit in results]
    assert results.to_csv().count("https://") == 4


def test_results_become_a_data_frame(seeds: Searcher) -> None:
    pytest.importorskip("pandas")
    frame = seeds.search("外交", sort="date").to_pandas()
    assert frame["published"].dt.strftime("%Y-%m-%d").tolist() == ["2023-09-29", "2023-08-03"]
    assert seeds.search("囍囍").to_pandas().empty


@pytest.mark.parametrize("query", ["", "  ", "*"])
def test_without_a_query_all_articles_are_listed_newest_first(index_of: Callable[..., Searcher], query: str) -> None:
    searcher = index_of("海峡", "外交", "局势", source="RFI")
    results = searcher.search(query, facets=["source"])
    assert (results.total, results.full, {hit.id for hit in results}) == (3, 3, {"1", "2", "3"})
    assert [count.articles for count in results.facets["source"]] == [3]
    assert (results.notes, results.suggestions) == ((), ())
    assert len(searcher.search(query, source="RFI", limit=2)) == 2
    nothing = searcher.search(query, source="BBC")
    assert (nothing.total, [note.kind for note in nothing.notes]) == (0, ["nothing"])
