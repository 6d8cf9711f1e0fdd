"""Fixtures that several test modules share: an index of the seeds, indexes of texts, and real articles if available."""

import lzma
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from souwen.indexer import build_index
from souwen.query import Searcher

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
# Real articles are under their publishers' copyright and not part of the project. Without them, their tests skip.
SHARED = Path(os.environ.get("SOUWEN_SHARED", ROOT.parent / "shared"))
settings.register_profile("souwen", deadline=None)  # times depend on the machine
settings.load_profile("souwen")
# If set, tests marked "soak" try many cases instead of a sample. Another value makes other random choices.
SOAK = os.environ.get("SOUWEN_SOAK", "")


def tries(sample: int, soak: int) -> int:
    """Return the number of tries: `soak` in a soak test, else `sample`."""
    return soak if SOAK else sample


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = tmp_path_factory.mktemp("seeds") / "index"
    report = build_index([SEEDS], index)
    assert (report.added, report.failed) == (2, ())
    return index


@pytest.fixture(scope="session")
def seeds(seeds_index: Path) -> Iterator[Searcher]:
    with Searcher(seeds_index) as searcher:
        yield searcher


@pytest.fixture
def index_of(tmp_path: Path) -> Iterator[Callable[..., Searcher]]:
    """A function that indexes texts: `index_of("第一篇", "第二篇")` makes articles "1" and "2".

    A pair is a title and a text.
    """
    opened: list[Searcher] = []

    def make(*texts: str | tuple[str, str], **fields: str) -> Searcher:
        import json

        lines = []
        for number, text in enumerate(texts, start=1):
            title, body = text if isinstance(text, tuple) else ("", text)
            lines.append(json.dumps({"id": str(number), "title": title, "body": body, **fields}, ensure_ascii=False))
        folder = tmp_path / f"articles-{len(opened)}"
        folder.mkdir()
        (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
        build_index([folder], folder / "index")
        opened.append(Searcher(folder / "index"))
        return opened[-1]

    yield make
    for searcher in opened:
        searcher.close()


def ids(searcher: Searcher, query: str, limit: int = 100) -> list[str]:
    """Return the ids of the articles that a query finds, in order."""
    return [hit.id for hit in searcher.search(query, limit=limit)]


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no test articles in {SHARED}; set SOUWEN_SHARED to the folder that has them")
    return SHARED


@pytest.fixture(scope="session")
def rfi(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 2,000 real articles in the seeds' format."""
    folder = tmp_path_factory.mktemp("rfi")
    with lzma.open(shared / "corpora" / "rfi-2k.tar.xz") as packed, tarfile.open(fileobj=packed) as archive:
        archive.extractall(folder, filter="data")
    return folder
