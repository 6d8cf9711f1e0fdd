"""Threads that share a searcher get the answers that one alone gets; closing it frees its memory."""

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
from souwen.query.lexicon import Lexicon

from ..conftest import tries
from ..engines.test_conformance import MARKS, QUERIES, WORDS, generated, written

THREADS = 8
Call = Callable[[Searcher], Any]


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several segments, with replaced and deleted articles."""
    folder = tmp_path_factory.mktemp("threads")
    try:
        for part in range(3):
            (folder / str(part)).mkdir()
            records = generated(part, range(part * 60, part * 60 + 70))  # ten replace some of the part before
            build_index([written(records, folder / str(part))], folder / "index", engine=request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    return folder / "index"


def calls(seed: int, count: int) -> list[Call]:
    """Searches, suggestions, timelines, names, related articles, whole ones."""
    choose = random.Random(seed)
    queries = [*QUERIES, *("".join(choose.choices(WORDS + MARKS, k=choose.choice([1, 2, 6]))) for _ in range(count))]
    made: list[Call] = []
    for query in choose.sample(queries, count):
        number, facet = str(choose.randrange(180)), choose.choice(FACET_FIELDS)
        made += [
            lambda s, q=query, f=facet: s.search(q, facets=[f], explain=True),
            lambda s, q=query: s.search(q, sort="date", collapse=False),
            lambda s, q=query: s.suggest(q[:2]),
            lambda s, q=query: s.timeline(q),
            lambda s, q=query: s.entities(q, over_time=True),
            lambda s, n=number: s.related(n),
            lambda s, n=number: s.article(n),
            lambda s, q=query: list(s.articles(q)),
        ]
    choose.shuffle(made)
    return made


def answers(searcher: Searcher, asked: Sequence[Call]) -> list[Any]:
    return [told(call(searcher)) for call in asked]


def begin(barrier: Barrier, searcher: Searcher, asked: Sequence[Call]) -> list[Any]:
    barrier.wait()
    return answers(searcher, asked)


def told(answer: Any) -> Any:
    """An answer without the time it took."""
    if hasattr(answer, "took_ms"):
        return {name: value for name, value in asdict(answer).items() if name != "took_ms"}
    return answer


@pytest.mark.soak
def test_threads_get_the_answers_of_one_alone(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        segment_reader, "POSTINGS_CACHE_SIZE", 20_000
    )  # so that what is kept is thrown away now and then
    monkeypatch.setattr(IdfCache.__init__, "__defaults__", (100,))
    for seed in range(tries(1, 20)):
        asked = calls(seed, tries(8, 25))
        with Searcher(index) as alone:
            expected = answers(alone, asked)
        orders = [random.Random(number).sample(range(len(asked)), len(asked)) for number in range(THREADS)]
        barrier = Barrier(THREADS)
        with Searcher(index) as shared, ThreadPoolExecutor(THREADS) as threads:
            started = [threads.submit(begin, barrier, shared, [asked[place] for place in order]) for order in orders]
            for order, each in zip(orders, started, strict=True):
                assert each.result() == [expected[place] for place in order]


def large_parts() -> int:
    """How many dictionaries and lexicons are in memory."""
    return sum(isinstance(each, (Segmenter, Lexicon)) for each in gc.get_objects())


def test_closing_frees_the_memory_at_once(index: Path) -> None:
    gc.collect()
    gc.disable()  # where there is little garbage, the collector does not run for long
    try:
        before = large_parts()
        searcher = Searcher(index)
        answers(searcher, calls(0, 3))
        assert large_parts() > before
        searcher.close()
        del searcher
        assert large_parts() == before
    finally:
        gc.enable()
