"""What is Tantivy's own: whatever stops its writer, the index stays what a whole commit made it; what is cut off or
gone is told, never answered from; its package may be missing."""

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
EACH = 5  # articles of a commit
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
    made = Article(id=name, title=title, body=text)
    words = text.split()
    return AnalyzedArticle(
        made, TermStreams([*title.split(), *words], f"{title}\x1e{text}"), TermStreams(title.split(), title), ()
    )


def commit(directory: IndexDirectory, number: int) -> None:
    """Number n of an endless row of commits. Each replaces an article of the one before."""
    numbers = range(number * EACH - (number > 0), number * EACH + EACH)
    engine = directory.open(ANALYZER.fingerprint)
    with engine.writer() as writer:
        for prepared in engine.prepare((article(f"第{n}篇 中国 外交", name=str(n)), "digest") for n in numbers):
            writer.put(prepared)


@pytest.fixture
def directory(tmp_path: Path) -> IndexDirectory:
    made = IndexDirectory(tmp_path / "index")
    with made.lock(1):
        meta, _ = made.draft(ANALYZER, "tantivy")
        made.publish(meta)
    return made


def committed(directory: IndexDirectory) -> int:
    """How many articles the index has; asserts that it has all up to the last one, whole."""
    reader = directory.open(ANALYZER.fingerprint).reader()
    found = reader.search(SearchRequest(match=Term("text", "外交"), limit=100_000))
    stored = reader.fetch([candidate.key for candidate in found.candidates])
    assert sorted(int(each.article.id) for each in stored) == list(range(found.total))
    assert all(each.article.body == f"第{each.article.id}篇 中国 外交" for each in stored)
    assert reader.count(And(())) == reader.statistics().articles == found.total
    reader.close()
    return found.total


def test_killed_while_it_commits(directory: IndexDirectory) -> None:
    choose, articles = random.Random(4), 0
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(directory.path), str(articles // EACH)]
        root = Path(__file__).parents[2]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
            assert writer.stdout
            first = int(writer.stdout.readline())
            time.sleep(choose.random() / 3)
            writer.send_signal(signal.SIGKILL)
            told = [first, *map(int, writer.stdout.read().split())]
        before, articles = articles, committed(directory)
        assert articles % EACH == 0
        assert articles >= max(before + EACH, told[-1] * EACH + EACH)
    commit(directory, articles // EACH)
    assert committed(directory) == articles + EACH
    files = {file.stem for file in (directory.path / "tantivy-1").iterdir() if file.suffix == ".store"}
    assert len(files) < 20  # what killed writers left is gone


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tantivy") / "index"
    build_index(SEEDS, made, engine="tantivy")
    return made


def damaged(index: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Copies of the index, each with one file of Tantivy's cut or gone."""
    for file in sorted((index / "tantivy-1").iterdir()):
        size = file.stat().st_size
        if size and not file.name.startswith("."):
            for kept in (0, size // 2, size - 2, None):
                copy = folder / "copy"
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(index, copy)
                broken = copy / "tantivy-1" / file.name
                if kept is None:
                    broken.unlink()
                else:
                    broken.write_bytes(file.read_bytes()[:kept])
                yield f"{kept} bytes of {file.suffix}", copy


def test_what_is_cut_or_gone_is_told(index: Path, tmp_path: Path) -> None:
    tried = 0
    for what, copy in damaged(index, tmp_path):
        with pytest.raises(IndexDamaged, match="rebuild it with"), Searcher(copy) as searcher:  # noqa: PT012
            searcher.search("台湾海峡")
            pytest.fail(f"{what} was not noticed")
        tried += 1
    assert tried > 20


def test_an_altered_text_is_told(index: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(index, copy)
    store = next((copy / "tantivy-1").glob("*.store"))
    content = bytearray(store.read_bytes())
    content[len(content) // 3] ^= 4
    store.write_bytes(content)
    with Searcher(copy) as searcher, pytest.raises(IndexDamaged, match="rebuild it with"):
        searcher.search("美国")


def test_check_tells_of_a_single_bit(index: Path, tmp_path: Path) -> None:
    choose, told = random.Random(8), 0
    for file in sorted((index / "tantivy-1").glob("*.*")):
        content = bytearray(file.read_bytes())
        if file.suffix == ".json" or not content:
            continue
        copy = tmp_path / file.suffix
        shutil.copytree(index, copy)
        assert check_index(copy).problems == ()
        content[choose.randrange(len(content) - 120)] ^= 1 << choose.randrange(8)  # the rest tells of the checksum
        (copy / "tantivy-1" / file.name).write_bytes(content)
        with pytest.raises(IndexDamaged, match="rebuild it with"):
            check_index(copy)
        told += 1
    assert told == 6


def test_check_finds_nothing_wrong_after_updates(directory: IndexDirectory) -> None:
    for number in range(3):
        commit(directory, number)
    assert list((directory.path / "tantivy-1").glob("*.del"))
    reader = directory.open(ANALYZER.fingerprint).reader()
    reader.check()
    reader.close()


def test_a_title_within_the_body(directory: IndexDirectory) -> None:
    """What stands in title and body, and what only seems to."""
    made = {
        "1": article("台湾海峡的和平", "台湾海峡"),
        "2": article("台湾，海峡", "台湾海峡"),
        "3": article("海峡两岸", "台湾海峡两岸"),
        "4": article("x", "海 峡"),
    }
    engine = directory.open(ANALYZER.fingerprint)
    with engine.writer() as writer:
        for name, each in made.items():
            put = AnalyzedArticle(
                Article(id=name, title=each.article.title, body=each.article.body), each.text, each.title, ()
            )
            for prepared in engine.prepare([(put, "digest")]):
                writer.put(prepared)
    reader = engine.reader()

    def ids(field: TextField, string: str) -> list[str]:
        found = reader.search(SearchRequest(match=Substring(field, string))).candidates
        return sorted(each.article.id for each in reader.fetch([candidate.key for candidate in found]))

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
                name for name, each in made.items() if any(string in getattr(each.article, text) for text in texts)
            ]
            assert ids(field, string) == expected, (field, string)  # type: ignore[arg-type]
    reader.close()


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("souwen.engines.tantivy")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'souwen\[tantivy\]'"):
        build_index(SEEDS, tmp_path / "index", engine="tantivy")
    assert not (tmp_path / "index" / "meta.json").exists()
