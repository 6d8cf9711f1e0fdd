"""Postings that exceed the write buffer go to sorted runs, and the index is the same as without."""

import gc
import multiprocessing
import os
import pickle
import random
import re
import resource
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from souwen.analysis import AnalyzedArticle, Article, TermStreams
from souwen.engines import And, IndexDamaged, IndexUnwritable, Keyword, ScoringTerm, SearchRequest, Substring, Term
from souwen.engines.whoosh import WhooshEngine, sorted_runs
from souwen.engines.whoosh.codec import TERMS_EXTENSION, restore_segment
from souwen.engines.whoosh.paged_file import PagedFileReader, PagedFileWriter
from souwen.engines.whoosh.postings_reader import FieldReader
from souwen.engines.whoosh.postings_writer import PostingLists
from souwen.engines.whoosh.schema import INDEXED_FIELDS
from souwen.engines.whoosh.toc import WhooshIndex

from .test_toc import Calls, make_toc, replace_toc

MEGABYTE = 1 << 20
COLUMNS: tuple[Callable[[PostingLists], list[int]], ...] = (
    lambda lists: lists.sizes.tolist(),
    lambda lists: lists.values.tolist(),
    lambda lists: [] if lists.counts is None else lists.counts.tolist(),
)
_DELETED = np.arange(100_000, dtype="<u4").tobytes()
ALPHABET = [chr(code) for code in range(0x4E00, 0x4E00 + 250)] + list("abc \n") + ["𠮷"]


def articles(seed: int, count: int) -> list[AnalyzedArticle]:
    choose = random.Random(seed)
    articles = []
    for number in range(count):
        title, body = ("".join(choose.choices(ALPHABET, k=size)) for size in (8, choose.randrange(700)))
        words = [body[at : at + 2] for at in range(0, len(body) - 1, 2)]
        article = Article(id=f"{seed}-{number}", title=title, body=body, source=choose.choice("甲乙丙"))
        articles.append(
            AnalyzedArticle(article, TermStreams([title, *words], f"{title}\n{body}"), TermStreams([title], title), ())
        )
    return articles


class WrittenIndex:
    """An index of batches of articles, with the number of runs just before analyzed commit."""

    def __init__(self, folder: Path, memory: int, *batches: list[AnalyzedArticle]) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.engine = WhooshEngine(folder)
        self.engine.create()
        self.runs: list[int] = []
        for batch in batches:
            with self.engine.writer(memory) as writer:
                for start in range(0, len(batch), 5):
                    for prepared in self.engine.prepare((analyzed, "digest") for analyzed in batch[start : start + 5]):
                        writer.put(prepared)
                self.runs.append(len(list(folder.glob("*.tmp/*.run"))))

    def segments(self) -> list[Any]:
        return WhooshIndex(self.folder).segments()

    def temporary(self) -> list[str]:
        return sorted(str(path) for path in self.folder.rglob("*") if path.suffix in (".tmp", ".run"))

    def lists(self) -> list[tuple[str, list[bytes], list[list[int]]]]:
        """Return every posting list of every term, segment by segment."""
        fields = []
        for segment in self.segments():
            file_reader = PagedFileReader(self.folder / segment.make_filename(TERMS_EXTENSION))
            for name in INDEXED_FIELDS:
                chunks = list(FieldReader(file_reader, name).chunks())
                terms = [term for chunk in chunks for term in chunk.terms]
                columns = [[n for chunk in chunks for n in column(chunk)] for column in COLUMNS]
                fields.append((name, terms, columns))
        return fields

    def search_results(self, seed: int) -> list[Any]:
        choose = random.Random(seed)
        reader = self.engine.reader()
        results: list[Any] = [reader.statistics().articles, sorted(reader.vocabulary()), list(reader.values("source"))]
        for _ in range(15):
            first, second, third = choose.choices(ALPHABET, k=3)
            for clause in (
                Term("text", first + second),
                Substring("text", first),
                Substring("text", first + second),
                Substring("title", first),
                Keyword("source", "甲"),
                And((Substring("body", first), Substring("text", third))),
            ):
                weights = (
                    ScoringTerm("text", "unigrams", first, 1.0),
                    ScoringTerm("text", "bigrams", first + second, 2.0),
                )
                result = reader.search(SearchRequest(match=clause, scoring_terms=weights, limit=5))
                stored = reader.fetch([candidate.key for candidate in result.candidates])
                scores = [round(candidate.score, 9) for candidate in result.candidates]
                results.append((result.total, [analyzed.article for analyzed in stored], scores))
        reader.close()
        return results


@pytest.fixture(scope="module")
def large_buffer_index(tmp_path_factory: pytest.TempPathFactory) -> WrittenIndex:
    return WrittenIndex(tmp_path_factory.mktemp("plenty") / "whoosh-1", 1 << 30, articles(1, 120))


@pytest.mark.parametrize(("memory", "min_runs"), [(MEGABYTE, 2), (3 * MEGABYTE, 1), (MEGABYTE // 2, 5)])
def test_runs_yield_the_same_index(
    large_buffer_index: WrittenIndex, tmp_path: Path, memory: int, min_runs: int
) -> None:
    small = WrittenIndex(tmp_path / "whoosh-1", memory, articles(1, 120))
    assert large_buffer_index.runs == [0]
    assert small.runs[0] >= min_runs
    assert small.lists() == large_buffer_index.lists()
    assert small.search_results(2) == large_buffer_index.search_results(2)
    assert small.temporary() == large_buffer_index.temporary() == []


def test_runs_are_merged_with_older_segments(tmp_path: Path) -> None:
    batches = [articles(seed, 6) for seed in range(5)] + [articles(0, 3) + articles(9, 40)]
    large, small = (WrittenIndex(tmp_path / str(memory), memory, *batches) for memory in (1 << 30, MEGABYTE // 2))
    assert large.runs == [0] * 6
    assert small.runs[-1] >= 2
    assert len(small.segments()) == len(large.segments()) == 1  # all six commits are merged
    assert small.lists() == large.lists()
    assert small.search_results(3) == large.search_results(3)
    assert small.temporary() == []


def test_article_larger_than_the_buffer(large_buffer_index: WrittenIndex, tmp_path: Path) -> None:
    small = WrittenIndex(tmp_path / "whoosh-1", 1, articles(4, 6))
    assert small.runs == [6]
    large = WrittenIndex(tmp_path / "whoosh-2", 1 << 30, articles(4, 6))
    assert small.lists() == large.lists()
    assert small.search_results(5) == large.search_results(5)


def test_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    index = WrittenIndex(tmp_path / "whoosh-1", MEGABYTE, articles(1, 5))
    files, results = set(index.folder.rglob("*")), index.search_results(6)

    def fail() -> None:
        with index.engine.writer(MEGABYTE // 4) as writer:
            for prepared in index.engine.prepare((analyzed, "digest") for analyzed in articles(2, 20)):
                writer.put(prepared)
            assert len(list(index.folder.glob("*.tmp/*.run"))) >= 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert set(index.folder.rglob("*")) == files
    assert index.search_results(6) == results


def test_unwritable_run_leaves_nothing(tmp_path: Path) -> None:
    """A folder has the name of the second run."""
    index = WrittenIndex(tmp_path / "whoosh-1", MEGABYTE, articles(1, 5))
    results = index.search_results(7)

    def fail() -> None:
        with index.engine.writer(MEGABYTE // 4) as writer:
            (index.folder / "MAIN.tmp" / "1.run").mkdir()
            for prepared in index.engine.prepare((analyzed, "digest") for analyzed in articles(2, 20)):
                writer.put(prepared)

    with pytest.raises(IndexUnwritable, match="Is a directory"):
        fail()
    assert index.search_results(7) == results
    with index.engine.writer(MEGABYTE // 4) as writer:
        for prepared in index.engine.prepare((analyzed, "digest") for analyzed in articles(2, 20)):
            writer.put(prepared)
    assert index.engine.reader().statistics().articles == 25
    assert index.temporary() == []


def _exit_in_transaction(folder: Path) -> None:
    engine = WhooshEngine(folder)
    with engine.writer(1) as writer:
        for prepared in engine.prepare((analyzed, "digest") for analyzed in articles(2, 3)):
            writer.put(prepared)
        os._exit(9)


def test_runs_of_a_dead_process_are_not_reused(tmp_path: Path) -> None:
    index = WrittenIndex(tmp_path / "whoosh-1", MEGABYTE, articles(1, 5))
    process = multiprocessing.get_context("spawn").Process(target=_exit_in_transaction, args=(index.folder,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert len(list(index.folder.glob("*.tmp/*.run"))) == 3
    with index.engine.writer(1) as writer:
        for prepared in index.engine.prepare((analyzed, "digest") for analyzed in articles(3, 1)):
            writer.put(prepared)
    assert sorted(index.engine.reader().values("id")) == ["1-0", "1-1", "1-2", "1-3", "1-4", "3-0"]
    assert index.engine.reader().statistics().articles == 6
    assert index.temporary() == []


def test_batch_with_a_vocabulary_larger_than_the_buffer(tmp_path: Path) -> None:
    """The vocabulary takes 6 MB, the words of an article a hundredth of that."""
    engine = WhooshEngine(tmp_path)
    engine.create()
    batch = []
    for number in range(100):
        words = [f"{number} {word}" for word in range(300)]
        article = Article(id=str(number), title="", body="甲")
        batch.append((AnalyzedArticle(article, TermStreams(words, "甲"), TermStreams([], ""), ()), "digest"))
    with engine.writer(MEGABYTE) as writer:
        for prepared in engine.prepare(batch):
            writer.put(prepared)
        assert 2 <= len(list(tmp_path.glob("*.tmp/*.run"))) <= 20
    assert sorted(engine.reader().vocabulary()) == sorted((f"{n} {word}", 1) for n in range(100) for word in range(300))


def test_many_runs_are_merged_in_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels bound the file handles, and how often a posting is merged."""
    monkeypatch.setattr(sorted_runs, "FAN_IN", 3)
    batch = articles(8, 9 + 3 + 2)
    small, large = WrittenIndex(tmp_path / "1", 1, batch), WrittenIndex(tmp_path / "2", 1 << 30, batch)
    assert small.runs == [1 + 1 + 2]
    assert small.lists() == large.lists()
    assert small.search_results(9) == large.search_results(9)
    assert small.temporary() == []


def test_writing_takes_little_more_than_the_buffer(tmp_path: Path) -> None:
    choose = np.random.default_rng(10)
    engine = WhooshEngine(tmp_path)
    engine.create()
    tracemalloc.start()
    try:
        with engine.writer(8 * MEGABYTE) as writer:
            for number in range(25):
                body = choose.integers(0x4E00, 0x4EFA, 100_000, "<u4").tobytes().decode("utf-32-le")
                article = Article(id=str(number), title="", body=body)
                analyzed = AnalyzedArticle(article, TermStreams([], body), TermStreams([], ""), ())
                for prepared in engine.prepare([(analyzed, "digest")]):
                    writer.put(prepared)
            assert len(list(tmp_path.glob("*.tmp/*.run"))) >= 2
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < (8 + 82) * MEGABYTE


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_read_pages_do_not_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    max_resident = 32 * MEGABYTE
    monkeypatch.setattr("souwen.engines.whoosh.paged_file.MAX_RESIDENT", max_resident)
    with PagedFileWriter(tmp_path / "file") as file:
        file.write_section("all", bytes(3 * max_resident))
    file_reader = PagedFileReader(tmp_path / "file")
    max_seen = 0
    for start in range(0, 3 * max_resident, MEGABYTE):
        file_reader.read("all", start, start + MEGABYTE).max()
        mapping = Path("/proc/self/smaps").read_text("utf-8").partition(str(tmp_path / "file"))[2]
        resident = re.search(r"^Rss: +(\d+) kB", mapping, re.MULTILINE)
        assert resident
        max_seen = max(max_seen, int(resident[1]) << 10)
    assert max_resident // 2 < max_seen < max_resident + 3 * MEGABYTE


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Limit the memory of the process to 256 MB more than it uses."""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 256 * MEGABYTE, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def test_decompression_of_a_record_is_bounded(tmp_path: Path, little_memory: None) -> None:
    packer = zlib.compressobj(1)
    record = b"".join([*(packer.compress(bytes(MEGABYTE)) for _ in range(320)), packer.flush()])
    engine = WhooshEngine(tmp_path)
    engine.create()
    with engine.writer(MEGABYTE) as writer:
        for prepared in engine.prepare((analyzed, "digest") for analyzed in articles(1, 1)):
            writer.put(prepared._replace(record=record))
    with pytest.raises(IndexDamaged, match="larger than any article can be"):
        engine.reader().find("1-0")


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(b"\x80\x05Nr\xff\xff\xff\x7f.", id="a memo of 2³¹"),
        pytest.param(b"\x80\x05\x96" + (1 << 33).to_bytes(8, "little") + b"abc.", id="a bytearray of 8 GB"),
        pytest.param(b"\x80\x05\x8e" + (1 << 33).to_bytes(8, "little") + b"abc.", id="bytes of 8 GB"),
        pytest.param(
            pickle.dumps([Calls(restore_segment, "MAIN", "a", 1 << 30, _DELETED) for _ in range(200)]),
            id="a list of deleted articles 200 times",
        ),
    ],
)
def test_memory_of_a_table_of_contents_is_bounded(tmp_path: Path, little_memory: None, bomb: bytes) -> None:
    engine = WhooshEngine(tmp_path)
    engine.create()
    replace_toc(engine, make_toc(segments_pickle=bomb))
    with pytest.raises(IndexDamaged):
        engine.reader()
