"""Words, keywords and facet values of an index, read by aggregations of bounded size."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..top_terms import MAX_VOCABULARY
from .query_builder import Query

PAGE_SIZE = 10_000  # values in one response
_FILL_RATIO = 0.8  # of a partition: partitions differ in size, and the number of words is an estimate

SearchFunction = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]
"""Sends search bodies to the servers and returns their responses."""


def words(search: SearchFunction, visible: Query, page_size: int) -> Iterator[tuple[str, int]]:
    """Yield words with the number of articles that contain them.

    These are all words, or the most frequent ones if there are more than `MAX_VOCABULARY`. They are read in partitions
    of up to `page_size` words, and for each partition the servers count through the index.
    """
    cardinality = {"cardinality": {"field": "vocabulary", "precision_threshold": 40_000}}
    (response,) = search([_body(visible, cardinality)])
    word_count = response["aggregations"]["all"]["value"]
    partitions = min(MAX_VOCABULARY // page_size, int(word_count / (page_size * _FILL_RATIO)) + 1)
    for partition in range(partitions):
        terms: dict[str, Any] = {"field": "vocabulary", "size": page_size, "shard_size": page_size}
        if partitions > 1:
            terms["include"] = {"partition": partition, "num_partitions": partitions}
        (response,) = search([_body(visible, {"terms": terms})])
        for bucket in response["aggregations"]["all"]["buckets"]:
            yield bucket["key"], int(bucket["doc_count"])


def all_values(search: SearchFunction, visible: Query, field: str) -> Iterator[str]:
    """Yield every keyword of a field, in order."""
    return (value for value, _ in _all_counts(search, visible, field))


def top_values(search: SearchFunction, match: Query, field: str, limit: int, page_size: int) -> list[tuple[Any, int]]:
    """Return the `limit` most frequent values of a field among the matches, with the number of matches of each.

    A shard reports up to `page_size` values. Where a shard has more, some counts may be too low. Then every value is
    read, and the result has more than `limit` values.
    """
    terms = {"field": field, "size": limit, "shard_size": max(limit, page_size)}
    (response,) = search([_body(match, {"terms": terms})])
    aggregation = response["aggregations"]["all"]
    if aggregation["doc_count_error_upper_bound"]:
        return list(_all_counts(search, match, field))
    return [(bucket["key"], int(bucket["doc_count"])) for bucket in aggregation["buckets"]]


def day_counts(search: SearchFunction, match: Query) -> dict[int, int]:
    """Return the number of matches of each day."""
    return dict(_all_counts(search, match, "day"))


def _all_counts(search: SearchFunction, match: Query, field: str) -> Iterator[tuple[Any, int]]:
    """Yield every value of a field, in order, with the number of matches of each."""
    composite: dict[str, Any] = {"size": PAGE_SIZE, "sources": [{"value": {"terms": {"field": field}}}]}
    while True:
        (response,) = search([_body(match, {"composite": composite})])
        buckets = response["aggregations"]["all"]["buckets"]
        for bucket in buckets:
            yield bucket["key"]["value"], int(bucket["doc_count"])
        if len(buckets) < PAGE_SIZE:
            return
        composite["after"] = buckets[-1]["key"]


def _body(match: Query, aggregation: dict[str, Any]) -> dict[str, Any]:
    return {"query": match, "size": 0, "aggs": {"all": aggregation}}
