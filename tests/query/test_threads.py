"""Threads that share a searcher get the same results as a single one; closing the searcher frees its memory."""

import gc
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from souwen.analysis import Segmenter
from souwen.engines import EngineUnavailable
from souwen.engines.bm25 import IdfCache
from souwen.engines.whoosh import segment_reader
from souwen.indexer import build_index
from souwen.query import FACET_FIELDS, Searcher
from souwen.query.vocabulary import Vocabulary

from ..conftest import tries
from ..engines.test_conformance import MARKS, QUERIES, WORDS, generated, written

THREADS = 8
Call = Callable[[Searcher], Any]


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments, with replaced and deleted articles."""
    folder = tmp_path_factory.mktemp("threads")
    try:
        for part in range(3):
            (folder / str(part)).mkdir()
            records = generated(part, range(part * 60, part * 60 + 70))  # ten replace some of the part before
            build_index([written(records, folder / str(part))], folder / "index", engine=request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    return folder / "index"


def random_calls(seed: int, count: int) -> list[Call]:
    """Return random calls: searches, suggestions, timelines, entities, related articles, articles, listings."""
    rng = random.Random(seed)
    queries = [*QUERIES, *("".join(rng.choices(WORDS + MARKS, k=rng.choice([1, 2, 6]))) for _ in range(count))]
    result: list[Call] = []
    for query in rng.sample(queries, count):
        number, facet = str(rng.randrange(180)), rng.choice(FACET_FIELDS)
        result += [
            lambda s, q=query, f=facet: s.search(q, facets=[f], explain=True),
            lambda s, q=query: s.search(q, sort="date", collapse=False),
            lambda s, q=query: s.suggest(q[:2]),
            lambda s, q=query: s.timeline(q),
            lambda s, q=query: s.entities(q, over_time=True),
            lambda s, n=number: s.related(n),
            lambda s, n=number: s.article(n),
            lambda s, q=query: list(s.articles(q)),
        ]
    rng.shuffle(result)
    return result


def run(searcher: Searcher, calls: Sequence[Call]) -> list[Any]:
    return [without_time(call(searcher)) for call in calls]


def run_together(barrier: Barrier, searcher: Searcher, calls: Sequence[Call]) -> list[Any]:
    """Run calls once all threads are ready."""
    barrier.wait()
    return run(searcher, calls)


def without_time(result: Any) -> Any:
    """Return a result without the time it took."""
    if hasattr(result, "took_ms"):
        return {name: value for name, value in asdict(result).items() if name != "took_ms"}
    return result


@pytest.mark.soak
def test_threads_get_the_results_of_a_single_one(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_reader, "POSTINGS_CACHE_SIZE", 20_000)  # so that caches are emptied now and then
    monkeypatch.setattr(IdfCache.__init__, "__defaults__", (100,))
    for seed in range(tries(1, 20)):
        calls = random_calls(seed, tries(8, 25))
        with Searcher(index) as searcher:
            expected = run(searcher, calls)
        orders = [random.Random(number).sample(range(len(calls)), len(calls)) for number in range(THREADS)]
        barrier = Barrier(THREADS)
        with Searcher(index) as shared, ThreadPoolExecutor(THREADS) as threads:
            futures = [
                threads.submit(run_together, barrier, shared, [calls[position] for position in order])
                for order in orders
            ]
            for order, future in zip(orders, futures, strict=True):
                assert future.result() == [expected[position] for position in order]


def large_objects() -> int:
    """Return the number of segmenters and vocabularies in memory."""
    # Not isinstance: it imports what lazy objects of libraries stand for.
    return sum(type(value) in (Segmenter, Vocabulary) for value in gc.get_objects())


def test_closing_a_searcher_frees_its_memory_at_once(index: Path) -> None:
    gc.collect()
    gc.disable()  # where there is little garbage, the collector does not run for long
    try:
        before = large_objects()
        searcher = Searcher(index)
        run(searcher, random_calls(0, 3))
        assert large_objects() > before
        searcher.close()
        del searcher
        assert large_objects() == before
    finally:
        gc.enable()
