"""Facets: the values by which matches are counted, as readers see them.

They are apart from the keywords that articles are found under: a source is found by its host, too, a name by its
parts, and none of these should be counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeGuard, get_args

from ..analysis import AnalyzedArticle, canonical_names
from .clauses import FacetCount
from .fields import FacetField, ValueField

VALUE_FIELDS: tuple[ValueField, ...] = get_args(ValueField)
LONGEST_VALUE = 200  # characters; of a longer value the beginning counts
_DATE_LENGTHS: dict[FacetField, int] = {"year": 4, "month": 7, "day": 10}


def is_valued(field: FacetField) -> TypeGuard[ValueField]:
    """Whether engines keep values of the facet; dates are made of days."""
    return field in VALUE_FIELDS


def stored_field(field: ValueField) -> str:
    """The name under which engines keep the values of a facet."""
    return f"facet_{field}"


FACETS = tuple(map(stored_field, VALUE_FIELDS))


def values(analyzed: AnalyzedArticle) -> dict[str, list[str]]:
    """Of each field of `FACETS` the values that an article counts for, each once."""
    article = analyzed.article
    found: dict[ValueField, list[str]] = {field: [] for field in VALUE_FIELDS}
    found["source"], found["section"], found["author"] = [article.source], [article.section], [article.author]
    for entity, name in zip(analyzed.entities, canonical_names(analyzed.entities), strict=True):
        found[entity.kind].append(name)
        found["entity"].append(name)
    return {
        stored_field(field): [value for value in dict.fromkeys(map(_bounded, dict.fromkeys(each))) if value]
        for field, each in found.items()
    }


def _bounded(value: str) -> str:
    if len(value) <= LONGEST_VALUE and value.isprintable():  # as most are
        return value
    # Halves of surrogate pairs nobody could read, and not every engine keeps them.
    return value[:LONGEST_VALUE].encode("utf-8", "replace").decode()


def first_values(counts: Iterable[tuple[str, int]], limit: int) -> tuple[FacetCount, ...]:
    """The first `limit` of counted values: most articles first, then by value."""
    return tuple(FacetCount(*pair) for pair in sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:limit])


def first_dates(days: Mapping[int, int], field: FacetField, limit: int) -> tuple[FacetCount, ...]:
    """The same of days, given as `day_number`, by day, month or year: 2023-09-28, 2023-09, 2023."""
    counts: Counter[str] = Counter()
    for day, articles in days.items():
        counts[f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"[: _DATE_LENGTHS[field]]] += articles
    return first_values(counts.items(), limit)
