"""Deadlines of queries, and wildcards in filters."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from souwen.engines import Deadline, QueryTimeout, check_deadline, use_deadline
from souwen.indexer import build_index
from souwen.query import Searcher, field_values
from souwen.query.field_values import FieldValues
from souwen.query.lazy import lazy
from souwen.query.rewriter import MAX_EXPANSIONS, MAX_WILDCARDS

LONG_QUERIES = [
    "外交",
    "外* OR 王*",
    "entity:*国*",
    '"发言人" OR 贸易',
    "美国总统拜登周四在白宫会见了来访的外交部长并就台湾海峡局势交换了意见",
    "外交部发言人说：“贸易谈判。” 来源：新华网 " * 200,
    '外交 "没有" source:nowhere',
    " OR ".join(f"section:*{number}*" for number in range(200)),
]


class CountingReader:
    """A reader whose values are counted each time they are read."""

    def __init__(self, values: list[str]) -> None:
        self.stored = values
        self.reads = 0

    def values(self, _: str) -> Iterator[str]:
        self.reads += 1
        return iter(self.stored)


@pytest.fixture(params=["whoosh", "tantivy"])
def searcher(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Searcher]:
    if request.param == "tantivy":
        pytest.importorskip("tantivy")
    lines = (
        f'{{"id": "{number}", "title": "外交部发言人王毅", "body": "美国总统拜登谈贸易", "section": "版{number}"}}'
        for number in range(60)
    )
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    build_index([tmp_path / "articles.jsonl"], tmp_path / "index", engine=request.param)
    with Searcher(tmp_path / "index") as opened:
        yield opened


@pytest.mark.parametrize("query", LONG_QUERIES)
def test_no_search_outlives_its_deadline(searcher: Searcher, query: str) -> None:
    searches: list[Callable[[], object]] = [
        lambda: searcher.search(query, facets=["entity", "year"]),
        lambda: searcher.entities(query),
        lambda: searcher.timeline(query),
        lambda: searcher.facets(["source"], query),
        lambda: list(searcher.articles(query)),
    ]
    for search in searches:
        expected = search()  # without a deadline
        with use_deadline(Deadline(60)):
            assert type(search()) is type(expected)
        with use_deadline(Deadline(0)), pytest.raises(QueryTimeout, match="ask for less"):
            search()
        assert type(search()) is type(expected)


def test_another_thread_cancels_a_query(searcher: Searcher) -> None:
    deadline, failures = Deadline(60), []

    def search_for_ever() -> None:
        with use_deadline(deadline):
            try:
                while True:
                    searcher.search("外交 OR 王*")
            except QueryTimeout as error:
                failures.append(error)

    thread = threading.Thread(target=search_for_ever)
    thread.start()
    time.sleep(0.2)
    deadline.cancel()
    thread.join(10)
    assert len(failures) == 1


def test_deadlines_are_of_one_thread_and_nest() -> None:
    check_deadline()
    with use_deadline(Deadline(0)):
        thread = threading.Thread(target=check_deadline)  # pytest fails if it raises
        thread.start()
        thread.join()
        with use_deadline(None):
            check_deadline()
        with pytest.raises(QueryTimeout):
            check_deadline()


def test_lazy_value_is_made_to_its_end_while_waiting_queries_stop() -> None:
    release, begun = threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        assert release.wait(10)
        check_deadline()
        return 1

    value = lazy(make)

    def call_with_deadline() -> None:
        with use_deadline(Deadline(0)):
            value()

    thread = threading.Thread(target=call_with_deadline)
    thread.start()
    assert begun.wait(10)
    with use_deadline(Deadline(0.05)), pytest.raises(QueryTimeout):
        value()
    release.set()
    thread.join()
    assert value() == 1


def test_values_of_a_field_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = CountingReader(["北京大学", "清华大学", "大学"])
    values = FieldValues(reader, "entity")  # type: ignore[arg-type]
    assert values.matching("*大学", 2) == ["北京大学", "清华大学"]
    assert values.matching("清*学", 2) == ["清华大学"]
    assert reader.reads == 1
    monkeypatch.setattr(field_values, "MAX_CACHED_CHARACTERS", 5)
    values = FieldValues(reader, "entity")  # type: ignore[arg-type]
    assert values.matching("清*", 9) == values.matching("清*", 9) == ["清华大学"]
    assert reader.reads == 4  # once to see that they are too many


def test_wildcards_fit_as_in_shells() -> None:
    rng = random.Random(7)
    stored = sorted({"".join(rng.choices("ab国\n", k=rng.randrange(7))) for _ in range(300)})
    values = FieldValues(CountingReader(stored), "entity")  # type: ignore[arg-type]
    assert FieldValues(CountingReader([]), "entity").matching("*", 9) == []  # type: ignore[arg-type]
    for _ in range(500):
        wildcards = "".join(rng.choices("ab国\n*", k=rng.randrange(6))) + "*"
        expected = [value for value in stored if fnmatchcase(value, wildcards)]
        assert values.matching(wildcards, 1000) == expected, wildcards
        assert values.matching(wildcards, 3) == expected[:3]


def test_filters_with_wildcards_are_limited_with_a_note(searcher: Searcher) -> None:
    assert searcher.search("section:版1*").total == 11
    assert searcher.search("section:*").total == MAX_EXPANSIONS
    many = " OR ".join(f"section:*{number}" for number in range(10, 11 + MAX_WILDCARDS))
    results = searcher.search(many)
    assert results.total == MAX_WILDCARDS
    assert [note.kind for note in results.notes] == ["wildcard-limit"]
    assert f"the first {MAX_WILDCARDS} wildcards" in results.notes[0].message
    assert searcher.search("外*", section=[f"版{number}*" for number in range(10, 20)]).total == 10


def test_time_of_many_wildcards_does_not_grow_with_the_values() -> None:
    """Finding candidates is a search in one text: a hundred wildcards in 200,000 values take a fraction of a loop."""
    stored = [f"{number:06}国" for number in range(200_000)]
    values = FieldValues(CountingReader(stored), "entity")  # type: ignore[arg-type]
    values.matching("*x*", 50)
    started = time.perf_counter()
    assert all(value.find("xyz") < 0 for value in stored)
    one_loop = time.perf_counter() - started
    started = time.perf_counter()
    for number in range(20):
        assert values.matching(f"*xyz{number}*", 50) == []
    assert time.perf_counter() - started < 10 * one_loop
