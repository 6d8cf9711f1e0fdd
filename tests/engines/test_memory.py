"""What does not fit into memory is written to the disk as it comes, and nobody can tell from the index."""

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

from .test_toc import Calls, replace, table

MEGABYTE = 1 << 20
COLUMNS: tuple[Callable[[PostingLists], list[int]], ...] = (
    lambda lists: lists.sizes.tolist(),
    lambda lists: lists.values.tolist(),
    lambda lists: [] if lists.counts is None else lists.counts.tolist(),
)
_NUMBERS = np.arange(100_000, dtype="<u4").tobytes()
ALPHABET = [chr(code) for code in range(0x4E00, 0x4E00 + 250)] + list("abc \n") + ["𠮷"]


def articles(seed: int, count: int) -> list[AnalyzedArticle]:
    choose = random.Random(seed)
    made = []
    for number in range(count):
        title, body = ("".join(choose.choices(ALPHABET, k=size)) for size in (8, choose.randrange(700)))
        words = [body[at : at + 2] for at in range(0, len(body) - 1, 2)]
        article = Article(id=f"{seed}-{number}", title=title, body=body, source=choose.choice("甲乙丙"))
        made.append(
            AnalyzedArticle(article, TermStreams([title, *words], f"{title}\n{body}"), TermStreams([title], title), ())
        )
    return made


class Written:
    """An index of the articles, written with so much memory, and the files that were there just before the commits."""

    def __init__(self, folder: Path, memory: int, *batches: list[AnalyzedArticle]) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.engine = WhooshEngine(folder)
        self.engine.create()
        self.runs: list[int] = []
        for batch in batches:
            with self.engine.writer(memory) as writer:
                for start in range(0, len(batch), 5):
                    for prepared in self.engine.prepare((each, "digest") for each in batch[start : start + 5]):
                        writer.put(prepared)
                self.runs.append(len(list(folder.glob("*.tmp/*.run"))))

    def segments(self) -> list[Any]:
        return WhooshIndex(self.folder).segments()

    def temporary(self) -> list[str]:
        return sorted(str(path) for path in self.folder.rglob("*") if path.suffix in (".tmp", ".run"))

    def lists(self) -> list[tuple[str, list[bytes], list[list[int]]]]:
        """Every list of every term there is, one segment after another."""
        found = []
        for segment in self.segments():
            sections = PagedFileReader(self.folder / segment.make_filename(TERMS_EXTENSION))
            for name in INDEXED_FIELDS:
                chunks = list(FieldReader(sections, name).chunks())
                terms = [term for chunk in chunks for term in chunk.terms]
                columns = [[n for chunk in chunks for n in column(chunk)] for column in COLUMNS]
                found.append((name, terms, columns))
        return found

    def answers(self, seed: int) -> list[Any]:
        choose = random.Random(seed)
        reader = self.engine.reader()
        told: list[Any] = [reader.statistics().articles, sorted(reader.vocabulary()), list(reader.values("source"))]
        for _ in range(15):
            one, other, third = choose.choices(ALPHABET, k=3)
            for clause in (
                Term("text", one + other),
                Substring("text", one),
                Substring("text", one + other),
                Substring("title", one),
                Keyword("source", "甲"),
                And((Substring("body", one), Substring("text", third))),
            ):
                weights = (ScoringTerm("text", "unigrams", one, 1.0), ScoringTerm("text", "bigrams", one + other, 2.0))
                found = reader.search(SearchRequest(match=clause, weights=weights, limit=5))
                stored = reader.fetch([candidate.key for candidate in found.candidates])
                scores = [round(candidate.score, 9) for candidate in found.candidates]
                told.append((found.total, [each.article for each in stored], scores))
        reader.close()
        return told


@pytest.fixture(scope="module")
def plenty(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("plenty") / "whoosh-1", 1 << 30, articles(1, 120))


@pytest.mark.parametrize(("memory", "fewest"), [(MEGABYTE, 2), (3 * MEGABYTE, 1), (MEGABYTE // 2, 5)])
def test_runs_make_the_same_index(plenty: Written, tmp_path: Path, memory: int, fewest: int) -> None:
    small = Written(tmp_path / "whoosh-1", memory, articles(1, 120))
    assert plenty.runs == [0]
    assert small.runs[0] >= fewest
    assert small.lists() == plenty.lists()
    assert small.answers(2) == plenty.answers(2)
    assert small.temporary() == plenty.temporary() == []


def test_runs_are_merged_with_the_segments_before(tmp_path: Path) -> None:
    batches = [articles(seed, 6) for seed in range(5)] + [articles(0, 3) + articles(9, 40)]
    large, small = (Written(tmp_path / str(memory), memory, *batches) for memory in (1 << 30, MEGABYTE // 2))
    assert large.runs == [0] * 6
    assert small.runs[-1] >= 2
    assert len(small.segments()) == len(large.segments()) == 1  # all six commits in one
    assert small.lists() == large.lists()
    assert small.answers(3) == large.answers(3)
    assert small.temporary() == []


def test_an_article_larger_than_the_memory(plenty: Written, tmp_path: Path) -> None:
    small = Written(tmp_path / "whoosh-1", 1, articles(4, 6))
    assert small.runs == [6]
    large = Written(tmp_path / "whoosh-2", 1 << 30, articles(4, 6))
    assert small.lists() == large.lists()
    assert small.answers(5) == large.answers(5)


def test_nothing_is_left_of_a_transaction_that_failed(tmp_path: Path) -> None:
    made = Written(tmp_path / "whoosh-1", MEGABYTE, articles(1, 5))
    files, told = set(made.folder.rglob("*")), made.answers(6)

    def fail() -> None:
        with made.engine.writer(MEGABYTE // 4) as writer:
            for prepared in made.engine.prepare((analyzed, "digest") for analyzed in articles(2, 20)):
                writer.put(prepared)
            assert len(list(made.folder.glob("*.tmp/*.run"))) >= 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert set(made.folder.rglob("*")) == files
    assert made.answers(6) == told


def test_nothing_is_left_where_a_run_could_not_be_written(tmp_path: Path) -> None:
    """Somebody has put a folder where the second run is to be."""
    made = Written(tmp_path / "whoosh-1", MEGABYTE, articles(1, 5))
    told = made.answers(7)

    def fail() -> None:
        with made.engine.writer(MEGABYTE // 4) as writer:
            (made.folder / "MAIN.tmp" / "1.run").mkdir()
            for prepared in made.engine.prepare((analyzed, "digest") for analyzed in articles(2, 20)):
                writer.put(prepared)

    with pytest.raises(IndexUnwritable, match="Is a directory"):
        fail()
    assert made.answers(7) == told
    with made.engine.writer(MEGABYTE // 4) as writer:
        for prepared in made.engine.prepare((analyzed, "digest") for analyzed in articles(2, 20)):
            writer.put(prepared)
    assert made.engine.reader().statistics().articles == 25
    assert made.temporary() == []


def _stop_halfway(folder: Path) -> None:
    engine = WhooshEngine(folder)
    with engine.writer(1) as writer:
        for prepared in engine.prepare((analyzed, "digest") for analyzed in articles(2, 3)):
            writer.put(prepared)
        os._exit(9)


def test_runs_of_a_process_that_died_are_not_taken_for_new_ones(tmp_path: Path) -> None:
    made = Written(tmp_path / "whoosh-1", MEGABYTE, articles(1, 5))
    process = multiprocessing.get_context("spawn").Process(target=_stop_halfway, args=(made.folder,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert len(list(made.folder.glob("*.tmp/*.run"))) == 3
    with made.engine.writer(1) as writer:
        for prepared in made.engine.prepare((analyzed, "digest") for analyzed in articles(3, 1)):
            writer.put(prepared)
    assert sorted(made.engine.reader().values("id")) == ["1-0", "1-1", "1-2", "1-3", "1-4", "3-0"]
    assert made.engine.reader().statistics().articles == 6
    assert made.temporary() == []


def test_a_batch_of_more_words_than_memory(tmp_path: Path) -> None:
    """Its vocabulary alone takes 6 MB, the words of an article a hundredth of that."""
    engine = WhooshEngine(tmp_path)
    engine.create()
    made = []
    for number in range(100):
        words = [f"{number} {word}" for word in range(300)]
        article = Article(id=str(number), title="", body="甲")
        made.append((AnalyzedArticle(article, TermStreams(words, "甲"), TermStreams([], ""), ()), "digest"))
    with engine.writer(MEGABYTE) as writer:
        for prepared in engine.prepare(made):
            writer.put(prepared)
        assert 2 <= len(list(tmp_path.glob("*.tmp/*.run"))) <= 20
    assert sorted(engine.reader().vocabulary()) == sorted((f"{n} {word}", 1) for n in range(100) for word in range(300))


def test_runs_without_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are merged in levels, so that neither file handles run out nor everything is merged again and again."""
    monkeypatch.setattr(sorted_runs, "FAN_IN", 3)
    made = articles(8, 9 + 3 + 2)
    small, large = Written(tmp_path / "1", 1, made), Written(tmp_path / "2", 1 << 30, made)
    assert small.runs == [1 + 1 + 2]
    assert small.lists() == large.lists()
    assert small.answers(9) == large.answers(9)
    assert small.temporary() == []


def test_writing_takes_little_more_than_the_memory(tmp_path: Path) -> None:
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
def test_what_was_read_does_not_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most_resident = 32 * MEGABYTE
    monkeypatch.setattr("souwen.engines.whoosh.paged_file.MAX_RESIDENT", most_resident)
    with PagedFileWriter(tmp_path / "file") as file:
        file.write_section("all", bytes(3 * most_resident))
    sections = PagedFileReader(tmp_path / "file")
    most = 0
    for start in range(0, 3 * most_resident, MEGABYTE):
        sections.read("all", start, start + MEGABYTE).max()
        mapping = Path("/proc/self/smaps").read_text("utf-8").partition(str(tmp_path / "file"))[2]
        resident = re.search(r"^Rss: +(\d+) kB", mapping, re.MULTILINE)
        assert resident
        most = max(most, int(resident[1]) << 10)
    assert most_resident // 2 < most < most_resident + 3 * MEGABYTE


@pytest.fixture
def little_memory() -> Iterator[None]:
    """256 MB more than there are."""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 256 * MEGABYTE, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def test_a_record_cannot_unpack_without_end(tmp_path: Path, little_memory: None) -> None:
    packer = zlib.compressobj(1)
    record = b"".join([*(packer.compress(bytes(MEGABYTE)) for _ in range(320)), packer.flush()])
    engine = WhooshEngine(tmp_path)
    engine.create()
    with engine.writer(MEGABYTE) as writer:
        for prepared in engine.prepare((each, "digest") for each in articles(1, 1)):
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
            pickle.dumps([Calls(restore_segment, "MAIN", "a", 1 << 30, _NUMBERS) for _ in range(200)]),
            id="a list of deleted articles 200 times",
        ),
    ],
)
def test_a_table_of_contents_cannot_take_memory_without_end(tmp_path: Path, little_memory: None, bomb: bytes) -> None:
    engine = WhooshEngine(tmp_path)
    engine.create()
    replace(engine, table(segments_pickle=bomb))
    with pytest.raises(IndexDamaged):
        engine.reader()
