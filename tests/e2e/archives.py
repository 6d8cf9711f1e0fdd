"""Archives of generated articles, and what an index of one tells."""

import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from souwen.engines import IndexNotFound
from souwen.query import Searcher

from ..conftest import SEEDS

SENTENCES = [s for file in sorted(SEEDS.iterdir()) for s in re.findall(r"[^<>。]{8,60}。", file.read_text("utf-8"))]
QUERIES = ("中美 外交", '"台湾海峡"', "标题7 OR 标题11", "美国国务院补充说 -五角大楼", "版二", "title:标题3", "布林肯")


def write(folder: Path, numbers: Iterable[int], edition: str = "版一", length: int = 1000) -> Path:
    """An article in a file for each number, of about `length` characters; another edition is another text."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        choose = random.Random(f"{number} {edition}")
        sentences = [choose.choice(SENTENCES) for _ in range(max(1, length // 30))]
        rare = "".join(chr(choose.randrange(0x4E00, 0x9FA5)) for _ in range(length // 50))
        head = f"<!--{1_600_000_000_000 + number * 60_000}-->\n[标题{number}{edition}](https://a.b/{number})\n------\n"
        (folder / f"{number:06}.txt").write_text(f"{head}<p>{''.join(sentences)}</p><p>{rare}</p>\n", "utf-8")
    return folder


class Look(NamedTuple):
    """What a user sees of an index at a glance."""

    articles: int
    totals: list[tuple[int, int]]  # of each query: all matches, full matches
    hits: list[tuple[str, float]]  # ids and scores


def look(searcher: Searcher) -> Look:
    results = [searcher.search(query, limit=5) for query in QUERIES[:3]]
    return Look(
        searcher.statistics().articles,
        [(found.total, found.full) for found in results],
        [(hit.id, round(hit.score, 9)) for found in results for hit in found],
    )


def told(index: Path, ids: Iterable[str]) -> dict[str, Any] | None:
    """Every article of an index, if all of them are among `ids`, and its answers. None where there is no index."""
    try:
        searcher = Searcher(index)
    except IndexNotFound:
        return None
    with searcher:
        found = {article_id: searcher.article(article_id) for article_id in ids}
        articles = {article_id: stored.article for article_id, stored in found.items() if stored}
        assert searcher.statistics().articles == searcher.search('-"囍囍囍"').total == len(articles)
        answers = [
            [(hit.id, round(hit.score, 9), hit.title, hit.snippets) for hit in searcher.search(query, limit=100)]
            for query in QUERIES
        ]
        return {"articles": articles, "answers": answers, "look": look(searcher)}


def ids_in(*folders: Path) -> set[str]:
    """The ids of generated articles, or of real ones in the seeds' format."""
    addresses = re.compile(r"^\[.*\]\((\S+)\)$", re.MULTILINE)
    return {
        found[1]
        for folder in folders
        for file in folder.iterdir()
        if (found := addresses.search(file.read_text("utf-8")))
    }


def files(index: Path) -> dict[str, int]:
    """The files and folders of an index, with their sizes."""
    sizes = {}
    for path in index.rglob("*"):
        try:
            sizes[path.relative_to(index).as_posix()] = path.stat().st_size
        except FileNotFoundError:  # has just gone
            continue
    return sizes


def kinds(index: Path) -> list[str]:
    """What there is in an index folder, whatever the numbers and random names."""
    return sorted(re.sub(r"(?<=whoosh-)\d+|(?<=_MAIN_)\d+|(?<=MAIN_)[a-z0-9]{16}", "*", name) for name in files(index))
