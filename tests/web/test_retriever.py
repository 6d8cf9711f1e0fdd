"""The code of docs/retriever.md, run with LangChain's own base class."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from langchain_core.retrievers import BaseRetriever

from souwen.query import Searcher

from ..conftest import ROOT

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "retriever.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture
def page(seeds_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, type[BaseRetriever]]:
    """Return the names that the code of the page defines, with `index_data` an index of the seeds."""
    (tmp_path / "index_data").symlink_to(seeds_index)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("LANGSMITH_", "LANGCHAIN_"))]:
        monkeypatch.delenv(name)  # so that LangChain sends no traces
    namespace: dict[str, type[BaseRetriever]] = {}
    exec(BLOCKS[0], namespace)
    return namespace


def test_code_of_the_page_runs(page: dict[str, type[BaseRetriever]], capsys: pytest.CaptureFixture[str]) -> None:
    assert len(BLOCKS) == 2
    exec(BLOCKS[1], page)
    assert "中美高级外交官继续会晤以保持对话 美国国务院在一份声明中说，" in capsys.readouterr().out


def test_passages_are_whole_paragraphs_of_their_articles(page: dict[str, type[BaseRetriever]], seeds: Searcher) -> None:
    retriever = page["ArchiveRetriever"](searcher=seeds, articles=1)
    documents = retriever.invoke("孙卫东 磋商")
    assert documents
    stored = seeds.article(documents[0].metadata["source"])
    assert stored is not None
    assert {document.page_content for document in documents} <= set(stored.article.body.split("\n"))
    assert any("孙卫东" in document.page_content for document in documents)
    assert len({document.id for document in documents}) == len(documents)
    assert asyncio.run(retriever.ainvoke("孙卫东 磋商")) == documents
    assert retriever.invoke("qwertz") == []
