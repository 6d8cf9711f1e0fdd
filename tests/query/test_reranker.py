"""Reranking: recency, and explanations of scores."""

from collections.abc import Callable
from pathlib import Path

import pytest

from souwen.indexer import build_index
from souwen.query import InvalidRecency, Searcher

Index = Callable[..., Searcher]


def test_recency_at_most_halves_a_score(tmp_path: Path) -> None:
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
def test_a_half_life_that_is_not_above_zero_raises(seeds: Searcher, days: float) -> None:
    with pytest.raises(InvalidRecency, match="above 0"):
        seeds.search("外交", recency=days)


def test_the_explanation_adds_up_to_the_score(index_of: Index) -> None:
    results = index_of(("外交新闻", "外交部长会谈"), ("天气", "晴")).search("外交部长 -天气", explain=True)
    assert results.reading == "外交部长 -天气"
    for hit in results:
        assert hit.explanation is not None
        total = sum(score for _, score in hit.explanation.terms)
        for _, factor in hit.explanation.factors:
            total *= factor
        assert total == pytest.approx(hit.score)
