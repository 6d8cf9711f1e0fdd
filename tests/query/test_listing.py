"""Listing of all articles that match, in batches: the same as the full matches of a search."""

from collections.abc import Iterator

import pytest

from souwen.engines import EngineUnavailable
from souwen.indexer import build_index
from souwen.query import Filters, InvalidDate, Searcher, listing

from ..engines.test_conformance import generated, written


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("listing")
    try:
        build_index([written(generated(3, range(150)), folder)], folder / "index", engine=request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    with Searcher(folder / "index") as searcher:
        yield searcher


def expected(searcher: Searcher, query: str, filters: Filters) -> list[tuple[str, str]]:
    """The time and id of each full match, newest first."""
    hits = searcher.search(query, sort="date", collapse=False, limit=1000, **filters)
    return [(str(hit.published or ""), hit.id) for hit in hits if hit.full]


@pytest.mark.parametrize("batch_size", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("外交", {}),
        ("中国 -贸易", {}),
        ("source:rfi OR 总统", {}),
        ("没有这种词", {}),
        ("外交", {"source": ["RFI", "BBC"]}),
        ("中国", {"since": "2023-03", "until": "2023-09"}),
    ],
)
def test_every_full_match_is_listed_once_newest_first(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, query: str, filters: Filters, batch_size: int
) -> None:
    monkeypatch.setattr(listing, "LIST_BATCH_SIZE", batch_size)
    listed = [(str(article.published or ""), article.id) for article in searcher.articles(query, **filters)]
    assert sorted(listed) == sorted(expected(searcher, query, filters))
    times = [time for time, _ in listed]
    assert times == sorted(times, reverse=True)


def test_filters_without_a_query_list_the_articles_that_pass_them(searcher: Searcher) -> None:
    everything = list(searcher.articles())
    assert len(everything) == 150
    listed = [article.id for article in searcher.articles(source="BBC")]
    assert listed
    assert set(listed) == {article.id for article in everything if article.source == "BBC"}
    with pytest.raises(InvalidDate):
        next(searcher.articles(since="spring"))
