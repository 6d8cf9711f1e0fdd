# mypy: disable-error-code="import-untyped, import-not-found"
"""The systems of the quality benchmark. Each indexes the articles of a collection and ranks their ids for a query.

The peers are common libraries for searching Chinese without a server. `pip install 'souwen[bench]'` installs them.
Their warnings and messages are silenced, only here.
"""

import re
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, Protocol

from souwen.analysis import HAN, fold
from souwen.indexer import build_index
from souwen.query import Searcher

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import bm25s
    import jieba
    from jieba.analyse import ChineseAnalyzer
    from whoosh.fields import ID, TEXT, Schema
    from whoosh.index import create_in
    from whoosh.qparser import MultifieldParser, OrGroup

jieba.setLogLevel("WARNING")

K1, B = 1.2, 0.75


class Document(NamedTuple):
    """One article of a collection."""

    id: str
    title: str
    text: str


class Search(Protocol):
    """A function that returns the ids of at most `depth` articles for a query."""

    def __call__(self, query: str, depth: int, /) -> list[str]:
        """Return the ids, best first."""


class System(NamedTuple):
    """A search system. `make` indexes articles, also given as a file of JSON lines, in an empty folder."""

    name: str
    make: Callable[[Sequence[Document], Path, Path], Search]


@contextmanager
def silent() -> Iterator[None]:
    """Silence the warnings of the peers' code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _souwen(_: Sequence[Document], file: Path, folder: Path) -> Search:
    build_index([file], folder)
    searcher = Searcher(folder)

    def search(query: str, depth: int) -> list[str]:
        return [hit.id for hit in searcher.search(query, limit=depth, collapse=False)]

    return search


def _whoosh(documents: Sequence[Document], _: Path, folder: Path) -> Search:
    """Whoosh with jieba's analyzer, as in jieba's documentation."""
    analyzer = ChineseAnalyzer()
    schema = Schema(
        id=ID(stored=True), title=TEXT(stored=True, analyzer=analyzer), content=TEXT(stored=True, analyzer=analyzer)
    )
    index = create_in(folder, schema)
    with index.writer() as writer:
        for document in documents:
            writer.add_document(id=document.id, title=document.title, content=document.text)
    searcher = index.searcher()
    parser = MultifieldParser(["title", "content"], schema, group=OrGroup)

    def search(query: str, depth: int) -> list[str]:
        # To Whoosh, the ? of a question is a wildcard.
        return [hit["id"] for hit in searcher.search(parser.parse(query.replace("?", " ")), limit=depth)]

    return search


def _bm25s(tokenize: Callable[[str], list[str]]) -> Callable[[Sequence[Document], Path, Path], Search]:
    """BM25 over the tokens of title and text as one field."""

    def make(documents: Sequence[Document], _: Path, __: Path) -> Search:
        retriever = bm25s.BM25(k1=K1, b=B)
        retriever.index([tokenize(f"{document.title}\n{document.text}") for document in documents], show_progress=False)

        def search(query: str, depth: int) -> list[str]:
            numbers, scores = retriever.retrieve([tokenize(query)], k=min(depth, len(documents)), show_progress=False)
            ranking = zip(numbers[0], scores[0], strict=True)
            return [documents[number].id for number, score in ranking if score > 0]

        return search

    return make


def _jieba_words(text: str) -> list[str]:
    return [word for word in jieba.cut_for_search(text.lower()) if any(map(str.isalnum, word))]


_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


def _bigrams(text: str) -> list[str]:
    """Return bigrams of Han and words of other scripts, as Lucene's CJKAnalyzer does, after folding."""
    tokens: list[str] = []
    for run in _RUN.findall(fold(text)):
        is_han = re.match(f"[{HAN}]", run) and len(run) > 1
        tokens += [run[start : start + 2] for start in range(len(run) - 1)] if is_han else [run]
    return tokens


def _fts5(documents: Sequence[Document], _: Path, folder: Path) -> Search:
    database = sqlite3.connect(folder / "fts.db")
    database.execute("CREATE VIRTUAL TABLE article USING fts5(id UNINDEXED, title, text, tokenize='trigram')")
    database.executemany("INSERT INTO article VALUES (?, ?, ?)", documents)
    database.commit()

    def search(query: str, depth: int) -> list[str]:
        runs = re.findall(r"\w+", query)
        trigrams = dict.fromkeys(run[start : start + 3] for run in runs for start in range(len(run) - 2))
        if not trigrams:
            return []
        match = " OR ".join(f'"{trigram}"' for trigram in trigrams)
        rows = database.execute(
            "SELECT id FROM article WHERE article MATCH ? ORDER BY bm25(article) LIMIT ?", (match, depth)
        )
        return [row[0] for row in rows]

    return search


def systems() -> list[System]:
    """Return souwen and its peers, with their versions in their names."""
    jieba_version, bm25s_version = version("jieba"), version("bm25s")
    return [
        System(f"souwen {version('souwen')}", _souwen),
        System(f"Whoosh {version('whoosh')} + jieba {jieba_version} ChineseAnalyzer, title and content", _whoosh),
        System(f"bm25s {bm25s_version}, jieba {jieba_version} search mode, one field", _bm25s(_jieba_words)),
        System(f"bm25s {bm25s_version}, bigrams as Lucene CJK, folded, one field", _bm25s(_bigrams)),
        System(f"SQLite {sqlite3.sqlite_version} FTS5 trigram", _fts5),
    ]
