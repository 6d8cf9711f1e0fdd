"""Facets: the values by which matches are counted, spelled as results show them.

They are separate from the keywords that filters compare. A filter also matches a source by its host and a name by its
parts, which facets must not count.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeGuard, get_args

from ..analysis import AnalyzedArticle, canonical_names
from .clauses import FacetCount
from .fields import FacetField, ValueField
from .keywords import authors

VALUE_FIELDS: tuple[ValueField, ...] = get_args(ValueField)
MAX_VALUE_LENGTH = 200  # characters; longer values are truncated
_DATE_LENGTHS: dict[FacetField, int] = {"year": 4, "month": 7, "day": 10}


def has_stored_values(field: FacetField) -> TypeGuard[ValueField]:
    """Return whether engines store values of the facet. Those of dates are computed from days."""
    return field in VALUE_FIELDS


def stored_field(field: ValueField) -> str:
    """Return the name of the field in which engines store the values of a facet."""
    return f"facet_{field}"


FACETS = tuple(map(stored_field, VALUE_FIELDS))


def facet_values(analyzed: AnalyzedArticle) -> dict[str, list[str]]:
    """Return the distinct values that an article counts for, for each field of `FACETS`."""
    article = analyzed.article
    values: dict[ValueField, list[str]] = {field: [] for field in VALUE_FIELDS}
    values["source"], values["section"], values["author"] = [article.source], [article.section], authors(article)
    for entity, name in zip(analyzed.entities, canonical_names(analyzed.entities), strict=True):
        values[entity.kind].append(name)
        values["entity"].append(name)
    return {
        stored_field(field): [value for value in dict.fromkeys(map(_truncate, dict.fromkeys(field_values))) if value]
        for field, field_values in values.items()
    }


def _truncate(value: str) -> str:
    if len(value) <= MAX_VALUE_LENGTH and value.isprintable():  # most values
        return value
    # Nobody could read lone surrogates, and not every engine can store them.
    return value[:MAX_VALUE_LENGTH].encode("utf-8", "replace").decode()


def top_values(counts: Iterable[tuple[str, int]], limit: int) -> tuple[FacetCount, ...]:
    """Return the first `limit` values: those with most articles first, then by value."""
    return tuple(FacetCount(*count) for count in sorted(counts, key=lambda count: (-count[1], count[0]))[:limit])


def top_dates(days: Mapping[int, int], field: FacetField, limit: int) -> tuple[FacetCount, ...]:
    """Return the first `limit` days, months or years (2023-09-28, 2023-09, 2023).

    `days` maps `day_number` to the number of articles.
    """
    counts: Counter[str] = Counter()
    for day, articles in days.items():
        counts[f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"[: _DATE_LENGTHS[field]]] += articles
    return top_values(counts.items(), limit)
