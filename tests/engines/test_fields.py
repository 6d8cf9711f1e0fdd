"""The table of fields and the types that repeat its names."""

from typing import get_args

from souwen.engines import (
    FACET_FIELDS,
    FIELDS,
    FILTER_FIELDS,
    PERIOD_FILTERS,
    QUERY_FIELDS,
    DateField,
    EntityField,
    ValueField,
)
from souwen.engines.keywords import KEYWORDS
from souwen.query import Filters, Searcher


def test_every_filter_has_a_type() -> None:
    assert Filters.__annotations__.keys() == {*PERIOD_FILTERS, *(field.name for field in FILTER_FIELDS)}


def test_facets_are_the_fields_with_values_and_dates() -> None:
    assert {field.name for field in FIELDS if field.is_facet} == set(FACET_FIELDS)
    dates = {field.name for field in FIELDS if field.is_facet and field.kind == "date"}
    assert (dates, set(FACET_FIELDS) - dates) == (set(get_args(DateField)), set(get_args(ValueField)))


def test_kinds_agree_with_the_types() -> None:
    assert {field.name for field in FIELDS if field.kind == "entity"} == set(get_args(EntityField))
    assert {field.name for field in FIELDS if field.kind in ("keyword", "entity")} <= set(KEYWORDS)


def test_names_are_unique() -> None:
    names = [name for field in FIELDS for name in (field.name, *field.aliases)]
    assert len(names) == len(set(names))


def test_every_filter_narrows_a_search(seeds: Searcher) -> None:
    for field in FILTER_FIELDS:
        values: Filters = {field.name: field.example}  # type: ignore[misc]
        assert seeds.search("中国", **values).total <= seeds.search("中国").total
        assert seeds.search("中国", **{field.name: "没有的值" if field.kind != "date" else "1901"}).total == 0  # type: ignore[arg-type]
        assert field.name in QUERY_FIELDS
