"""What does not fit into memory is written to the disk as it comes, and nobody can tell from the index."""

import multiprocessing
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from souwen.analysis import AnalysedArticle, Article, Terms
from souwen.engines import All, Contains, Has, IndexUnwritable, Keyword, Request, Weighted
from souwen.engines.whoosh import WhooshEngine
from souwen.engines.whoosh.codec import TERMS
from souwen.engines.whoosh.contents import Index
from souwen.engines.whoosh.field import Field
from souwen.engines.whoosh.lists import Lists
from souwen.engines.whoosh.sections import Sections
from souwen.engines.whoosh.writer import FIELDS

MEGABYTE = 1 << 20
COLUMNS: tuple[Callable[[Lists], list[int]], ...] = (
    lambda lists: lists.sizes.tolist(),
    lambda lists: lists.values.tolist(),
    lambda lists: [] if lists.counts is None else lists.counts.tolist(),
)
ALPHABET = [chr(code) for code in range(0x4E00, 0x4E00 + 250)] + list("abc \n") + ["𠮷"]


def articles(seed: int, count: int) -> list[AnalysedArticle]:
    choose = random.Random(seed)
    made = []
    for number in range(count):
        title, body = ("".join(choose.choices(ALPHABET, k=size)) for size in (8, choose.randrange(700)))
        words = [body[at : at + 2] for at in range(0, len(body) - 1, 2)]
        article = Article(id=f"{seed}-{number}", title=title, body=body, source=choose.choice("甲乙丙"))
        made.append(AnalysedArticle(article, Terms([title, *words], f"{title}\n{body}"), Terms([title], title), ()))
    return made


class Written:
    """An index of the articles, written with so much memory, and the files that were there just before the commits."""

    def __init__(self, folder: Path, memory: int, *batches: list[AnalysedArticle]) -> None:
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
        return Index(self.folder).segments()

    def temporary(self) -> list[str]:
        return sorted(str(path) for path in self.folder.rglob("*") if path.suffix in (".tmp", ".run"))

    def lists(self) -> list[tuple[str, list[bytes], list[list[int]]]]:
        """Every list of every term there is, one segment after another."""
        found = []
        for segment in self.segments():
            sections = Sections(self.folder / segment.make_filename(TERMS))
            for name in FIELDS:
                chunks = list(Field(sections, name).chunks())
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
                Has("text", one + other),
                Contains("text", one),
                Contains("text", one + other),
                Contains("title", one),
                Keyword("source", "甲"),
                All((Contains("body", one), Contains("text", third))),
            ):
                weights = (Weighted("text", "singles", one, 1.0), Weighted("text", "pairs", one + other, 2.0))
                found = reader.search(Request(match=clause, weights=weights, limit=5))
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
            for prepared in made.engine.prepare((analysed, "digest") for analysed in articles(2, 20)):
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
            for prepared in made.engine.prepare((analysed, "digest") for analysed in articles(2, 20)):
                writer.put(prepared)

    with pytest.raises(IndexUnwritable, match="Is a directory"):
        fail()
    assert made.answers(7) == told
    with made.engine.writer(MEGABYTE // 4) as writer:
        for prepared in made.engine.prepare((analysed, "digest") for analysed in articles(2, 20)):
            writer.put(prepared)
    assert made.engine.reader().statistics().articles == 25
    assert made.temporary() == []


def _stop_halfway(folder: Path) -> None:
    engine = WhooshEngine(folder)
    with engine.writer(1) as writer:
        for prepared in engine.prepare((analysed, "digest") for analysed in articles(2, 3)):
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
        for prepared in made.engine.prepare((analysed, "digest") for analysed in articles(3, 1)):
            writer.put(prepared)
    assert sorted(made.engine.reader().values("id")) == ["1-0", "1-1", "1-2", "1-3", "1-4", "3-0"]
    assert made.engine.reader().statistics().articles == 6
    assert made.temporary() == []
