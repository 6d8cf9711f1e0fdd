"""docs/query-language.md is correct: every example in its tables is run on the articles that the page shows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import ROOT, ids

PAGE = (ROOT / "docs" / "query-language.md").read_text("utf-8")
ARTICLES = re.findall(r"^\{.*\}$", PAGE, re.MULTILINE)
ROWS = re.findall(r"^\| (`.*?`) \| ([\d, ]*) ?\|", PAGE, re.MULTILINE)
EXAMPLES = [
    (query.replace("\\|", "|"), article_ids)
    for queries, article_ids in ROWS
    for query in re.findall(r"`([^`]+)`", queries)
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder: Path = tmp_path_factory.mktemp("page")
    (folder / "articles.jsonl").write_text("\n".join(ARTICLES), "utf-8")
    build_index(folder / "articles.jsonl", folder / "index")
    with Searcher(folder / "index") as opened:
        yield opened


def test_the_page_has_examples() -> None:
    assert len(ARTICLES) == 4
    assert all(json.loads(article) for article in ARTICLES)
    assert len(EXAMPLES) > 45


@pytest.mark.parametrize(("query", "article_ids"), EXAMPLES, ids=[query for query, _ in EXAMPLES])
def test_example_finds_the_articles_that_the_page_names(searcher: Searcher, query: str, article_ids: str) -> None:
    assert sorted(ids(searcher, query)) == re.findall(r"\d", article_ids)
