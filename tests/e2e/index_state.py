"""The state of an index, for comparing it before and after a run: its articles, its answers, its files."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from souwen.engines import IndexNotFound
from souwen.query import Searcher

QUERIES = ("中美 外交", '"台湾海峡"', "标题7 OR 标题11", "美国国务院补充说 -五角大楼", "版二", "title:标题3", "布林肯")


class Overview(NamedTuple):
    """A quick view of an index: enough to distinguish its committed states."""

    articles: int
    totals: list[tuple[int, int]]  # of each query: all matches, full matches
    hits: list[tuple[str, float]]  # ids and scores


def overview(searcher: Searcher) -> Overview:
    results = [searcher.search(query, limit=5) for query in QUERIES[:3]]
    return Overview(
        searcher.statistics().articles,
        [(page.total, page.full) for page in results],
        [(hit.id, round(hit.score, 9)) for page in results for hit in page],
    )


def index_state(index: Path, ids: Iterable[str]) -> dict[str, Any] | None:
    """Return every article of an index and its answers, or None without an index.

    `ids` must include the ids of all its articles.
    """
    try:
        searcher = Searcher(index)
    except IndexNotFound:
        return None
    with searcher:
        stored = {article_id: searcher.article(article_id) for article_id in ids}
        articles = {article_id: entry.article for article_id, entry in stored.items() if entry}
        assert searcher.statistics().articles == searcher.search('-"囍囍囍"').total == len(articles)
        answers = [
            [(hit.id, round(hit.score, 9), hit.title, hit.snippets) for hit in searcher.search(query, limit=100)]
            for query in QUERIES
        ]
        return {"articles": articles, "answers": answers, "overview": overview(searcher)}


def file_sizes(index: Path) -> dict[str, int]:
    """Return the files and folders of an index, with their sizes in bytes."""
    sizes = {}
    for path in index.rglob("*"):
        try:
            sizes[path.relative_to(index).as_posix()] = path.stat().st_size
        except FileNotFoundError:  # was removed after it was listed
            continue
    return sizes


def file_kinds(index: Path) -> list[str]:
    """Return the names in an index folder, with their numbers and random parts replaced by a star."""
    varying = re.compile(r"(?<=whoosh-)\d+|(?<=_MAIN_)\d+|(?<=MAIN_)[a-z0-9]{16}")
    return sorted(varying.sub("*", name) for name in file_sizes(index))
