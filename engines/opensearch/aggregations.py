"""The words, keywords and values of an index, in requests of bounded size."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..top_terms import MOST_WORDS
from .query_builder import Query

PAGE = 10_000  # keywords in an answer
_FILLED = 0.8  # of a part: parts are not of one size, and the number of words is an estimate

Ask = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]


def words(ask: Ask, visible: Query, page: int) -> Iterator[tuple[str, int]]:
    """Words with the number of articles that have them: all, or of more than `MOST_WORDS` the most frequent. They are
    asked for in parts of up to `page`, for each of which the servers count through the index."""
    distinct = {"cardinality": {"field": "vocabulary", "precision_threshold": 40_000}}
    (answer,) = ask([_aggregating(visible, distinct)])
    parts = min(MOST_WORDS // page, int(answer["aggregations"]["all"]["value"] / (page * _FILLED)) + 1)
    for part in range(parts):
        counted: dict[str, Any] = {"field": "vocabulary", "size": page, "shard_size": page}
        if parts > 1:
            counted["include"] = {"partition": part, "num_partitions": parts}
        (answer,) = ask([_aggregating(visible, {"terms": counted})])
        for bucket in answer["aggregations"]["all"]["buckets"]:
            yield bucket["key"], int(bucket["doc_count"])


def values(ask: Ask, visible: Query, field: str) -> Iterator[str]:
    """Every keyword of a field, in order."""
    return (value for value, _ in _every(ask, visible, field))


def most(ask: Ask, matches: Query, field: str, limit: int, page: int) -> list[tuple[Any, int]]:
    """The `limit` values of a field that most of the `matches` have, with the number of these; at times more. Where a
    shard has more values than it may tell, up to `page`, some could be missed: then every value is asked for."""
    terms = {"field": field, "size": limit, "shard_size": max(limit, page)}
    (answer,) = ask([_aggregating(matches, {"terms": terms})])
    told = answer["aggregations"]["all"]
    if told["doc_count_error_upper_bound"]:
        return list(_every(ask, matches, field))
    return [(bucket["key"], int(bucket["doc_count"])) for bucket in told["buckets"]]


def days(ask: Ask, matches: Query) -> dict[int, int]:
    """How many of the matches each day has."""
    return dict(_every(ask, matches, "day"))


def _every(ask: Ask, matches: Query, field: str) -> Iterator[tuple[Any, int]]:
    """Every value of a field, in order, with the number of the matches that have it."""
    composite: dict[str, Any] = {"size": PAGE, "sources": [{"value": {"terms": {"field": field}}}]}
    while True:
        (answer,) = ask([_aggregating(matches, {"composite": composite})])
        buckets = answer["aggregations"]["all"]["buckets"]
        for bucket in buckets:
            yield bucket["key"]["value"], int(bucket["doc_count"])
        if len(buckets) < PAGE:
            return
        composite["after"] = buckets[-1]["key"]


def _aggregating(visible: Query, aggregation: dict[str, Any]) -> dict[str, Any]:
    return {"query": visible, "size": 0, "aggs": {"all": aggregation}}
