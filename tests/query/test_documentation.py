"""docs/query-language.md is correct: each query in its tables finds the articles that the table names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen import Searcher, build_index

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
def test_query_finds_the_articles_in_the_table(searcher: Searcher, query: str, article_ids: str) -> None:
    assert sorted(ids(searcher, query)) == re.findall(r"\d", article_ids)
