"""The Tantivy engine beyond the contract.

A killed writer leaves the index at a complete commit. Truncated and missing files are reported, never searched. The
package may be missing.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen.analysis import AnalyzedArticle, Analyzer, Article, TermStreams
from souwen.engines import (
    And,
    EngineUnavailable,
    IndexDamaged,
    IndexDirectory,
    SearchRequest,
    Substring,
    Term,
    TextField,
)
from souwen.indexer import build_index, check_index
from souwen.query import Searcher

from ..conftest import SEEDS

pytest.importorskip("tantivy", reason="the engine 'tantivy' needs a package: pip install 'souwen[tantivy]'")

ANALYZER = Analyzer()
COMMIT_SIZE = 5  # articles
WRITER = """
import sys
from tests.engines.test_tantivy import commit
from souwen.engines import IndexDirectory
first = int(sys.argv[2])
for number in range(first, first + 10_000):
    commit(IndexDirectory(sys.argv[1]), number)
    print(number, flush=True)
"""


def article(text: str, title: str = "", name: str = "1") -> AnalyzedArticle:
    streams = TermStreams([*title.split(), *text.split()], f"{title}\x1e{text}")
    title_streams = TermStreams(title.split(), title)
    return AnalyzedArticle(Article(id=name, title=title, body=text), streams, title_streams, ())


def commit(directory: IndexDirectory, number: int) -> None:
    """Make commit `number` of an endless series. Each replaces an article of the previous one."""
    numbers = range(number * COMMIT_SIZE - (number > 0), number * COMMIT_SIZE + COMMIT_SIZE)
    engine = directory.open(ANALYZER.fingerprint)
    with engine.writer() as writer:
        for prepared in engine.prepare((article(f"第{n}篇 中国 外交", name=str(n)), "digest") for n in numbers):
            writer.put(prepared)


@pytest.fixture
def directory(tmp_path: Path) -> IndexDirectory:
    directory = IndexDirectory(tmp_path / "index")
    with directory.lock(1):
        meta, _ = directory.create_draft(ANALYZER, "tantivy")
        directory.activate(meta)
    return directory


def committed_articles(directory: IndexDirectory) -> int:
    """Return the number of articles, after checking that all of them are there and complete."""
    reader = directory.open(ANALYZER.fingerprint).reader()
    result = reader.search(SearchRequest(match=Term("text", "外交"), limit=100_000))
    stored = reader.fetch([candidate.key for candidate in result.candidates])
    assert sorted(int(entry.article.id) for entry in stored) == list(range(result.total))
    assert all(entry.article.body == f"第{entry.article.id}篇 中国 外交" for entry in stored)
    assert reader.count(And(())) == reader.statistics().articles == result.total
    reader.close()
    return result.total


def test_a_killed_writer_leaves_the_last_commit(directory: IndexDirectory) -> None:
    rng, articles = random.Random(4), 0
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(directory.path), str(articles // COMMIT_SIZE)]
        root = Path(__file__).parents[2]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
            assert writer.stdout
            first = int(writer.stdout.readline())
            time.sleep(rng.random() / 3)
            writer.send_signal(signal.SIGKILL)
            reported = [first, *map(int, writer.stdout.read().split())]
        before, articles = articles, committed_articles(directory)
        assert articles % COMMIT_SIZE == 0
        assert articles >= max(before + COMMIT_SIZE, reported[-1] * COMMIT_SIZE + COMMIT_SIZE)
    commit(directory, articles // COMMIT_SIZE)
    assert committed_articles(directory) == articles + COMMIT_SIZE
    files = {file.stem for file in (directory.path / "tantivy-1").iterdir() if file.suffix == ".store"}
    assert len(files) < 20  # the files of killed writers are gone


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tantivy") / "index"
    build_index(SEEDS, path, engine="tantivy")
    return path


def damaged_copies(index: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield copies of the index, each with one of Tantivy's files truncated or missing, and a description."""
    for file in sorted((index / "tantivy-1").iterdir()):
        size = file.stat().st_size
        if size and not file.name.startswith("."):
            for length in (0, size // 2, size - 2, None):
                copy = folder / "copy"
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(index, copy)
                broken = copy / "tantivy-1" / file.name
                if length is None:
                    broken.unlink()
                else:
                    broken.write_bytes(file.read_bytes()[:length])
                yield f"{length} bytes of {file.suffix}", copy


def test_a_truncated_or_missing_file_is_reported(index: Path, tmp_path: Path) -> None:
    count = 0
    for damage, copy in damaged_copies(index, tmp_path):
        with pytest.raises(IndexDamaged, match="rebuild it with"), Searcher(copy) as searcher:  # noqa: PT012
            searcher.search("台湾海峡")
            pytest.fail(f"{damage} was not noticed")
        count += 1
    assert count > 20


def test_an_altered_text_is_reported(index: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    store = next((copy / "tantivy-1").glob("*.store"))
    content = bytearray(store.read_bytes())
    content[len(content) // 3] ^= 4
    store.write_bytes(content)
    with Searcher(copy) as searcher, pytest.raises(IndexDamaged, match="rebuild it with"):
        searcher.search("美国")


def test_check_reports_a_single_flipped_bit(index: Path, tmp_path: Path) -> None:
    rng, reported = random.Random(8), 0
    for file in sorted((index / "tantivy-1").glob("*.*")):
        content = bytearray(file.read_bytes())
        if file.suffix == ".json" or not content:
            continue
        copy = tmp_path / file.suffix
        shutil.copytree(index, copy)
        assert check_index(copy).problems == ()
        content[rng.randrange(len(content) - 120)] ^= 1 << rng.randrange(8)  # the rest is the footer with the checksum
        (copy / "tantivy-1" / file.name).write_bytes(content)
        with pytest.raises(IndexDamaged, match="rebuild it with"):
            check_index(copy)
        reported += 1
    assert reported == 6


def test_check_passes_after_updates(directory: IndexDirectory) -> None:
    for number in range(3):
        commit(directory, number)
    assert list((directory.path / "tantivy-1").glob("*.del"))
    reader = directory.open(ANALYZER.fingerprint).reader()
    reader.check()
    reader.close()


def test_substrings_of_title_and_body(directory: IndexDirectory) -> None:
    """A string matches only the fields that contain it, also if title and body share parts of it."""
    articles = {
        "1": article("台湾海峡的和平", "台湾海峡"),
        "2": article("台湾，海峡", "台湾海峡"),
        "3": article("海峡两岸", "台湾海峡两岸"),
        "4": article("x", "海 峡"),
    }
    engine = directory.open(ANALYZER.fingerprint)
    with engine.writer() as writer:
        for name, analyzed in articles.items():
            renamed = Article(id=name, title=analyzed.article.title, body=analyzed.article.body)
            entry = AnalyzedArticle(renamed, analyzed.text, analyzed.title, ())
            for prepared in engine.prepare([(entry, "digest")]):
                writer.put(prepared)
    reader = engine.reader()

    def ids(field: TextField, string: str) -> list[str]:
        candidates = reader.search(SearchRequest(match=Substring(field, string))).candidates
        return sorted(entry.article.id for entry in reader.fetch([candidate.key for candidate in candidates]))

    for string in (
        "台湾海峡",
        "台湾海",
        "湾海峡",
        "台湾",
        "海峡",
        "海",
        "峡两",
        "海峡两岸",
        "湾海峡两",
        "和平",
        "，海",
    ):
        for field in ("title", "body", "text"):
            texts = {"title": ("title",), "body": ("body",), "text": ("title", "body")}[field]
            expected = [
                name
                for name, analyzed in articles.items()
                if any(string in getattr(analyzed.article, text) for text in texts)
            ]
            assert ids(field, string) == expected, (field, string)  # type: ignore[arg-type]
    reader.close()


def test_a_missing_package_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("souwen.engines.tantivy")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'souwen\[tantivy\]'"):
        build_index(SEEDS, tmp_path / "index", engine="tantivy")
    assert not (tmp_path / "index" / "meta.json").exists()
