# mypy: disable-error-code="import-untyped, import-not-found"
"""The peers of the speed benchmark. Each indexes a folder of files, opens the index, and runs queries.

The peers are used as in their documentation and in most code for Chinese: BeautifulSoup reads the files, and jieba
segments words in search mode. A system's modules are imported where they are used, so that its memory does not include
those of others. `pip install 'souwen[bench]'` installs them.
"""

import random
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

SEED = 20230929
SNIPPET_WORDS = 32
SNIPPET_TRIGRAMS = 64  # the maximum of SQLite
_HEAD = re.compile(r"<!--(-?\d+)-->\n\[(.*)\]\((.*)\)\s*\n-+\n")


class Document(NamedTuple):
    """The content of a file, as the peers read it."""

    path: str
    url: str
    title: str
    text: str
    epoch: int  # milliseconds


class Query(NamedTuple):
    """A query whose `text` was taken from the article at `url`. A query of the kind "phrase" is quoted."""

    kind: str
    text: str
    url: str


class PeerHit(NamedTuple):
    """One article in a list of results."""

    url: str
    title: str
    snippet: str


Search = Callable[[Query, bool], list[PeerHit]]  # returns ten articles, with snippets or without


def folder_size(index: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in index.rglob("*") if path.is_file())


class System(NamedTuple):
    """A search system.

    `modules` are imported before its time is measured. `snippets` says whether it can search without and with snippets.
    """

    name: str
    modules: tuple[str, ...]
    make: Callable[[Path, Path], None]  # from a folder of files to an empty folder
    open: Callable[[Path], Search]
    snippets: tuple[bool, ...] = (False, True)
    size: Callable[[Path], int] = folder_size
    remove: Callable[[Path], None] = shutil.rmtree


def read_document(path: Path) -> Document:
    """Read a file in the seeds' format, with all the text of its HTML."""
    file = path.read_text("utf-8")
    head = _HEAD.match(file)
    if not head:
        raise ValueError(f"{path} is in another format")
    text = BeautifulSoup(file[head.end() :], "html.parser").get_text("\n")
    return Document(str(path), head[3], head[2], text, int(head[1]))


def article_files(folder: Path) -> list[Path]:
    """Return the files of articles below a folder, sorted."""
    return sorted(path for path in folder.rglob("*.txt") if path.is_file())


@contextmanager
def unpack(articles: Path) -> Iterator[Path]:
    """Yield the folder of articles; unpack it temporarily if it is an archive."""
    if articles.is_dir():
        yield articles
        return
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(articles) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def shuffled_files(folder: Path) -> list[Path]:
    """Return the files of articles below a folder, in the same random order each time."""
    files = article_files(folder)
    random.Random(SEED).shuffle(files)  # noqa: S311 - must be reproducible
    return files


def copy_files(folder: Path, files: Sequence[Path], target: Path) -> None:
    """Copy files below a folder to the same paths below `target`."""
    for file in files:
        destination = target / file.relative_to(folder)
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, destination)


def _documents(folder: Path) -> Iterator[Document]:
    return map(read_document, article_files(folder))


def _make_whoosh(folder: Path, index: Path) -> None:
    from jieba.analyse import ChineseAnalyzer
    from whoosh.fields import DATETIME, ID, TEXT, Schema
    from whoosh.index import create_in

    words = TEXT(stored=True, analyzer=ChineseAnalyzer())
    schema = Schema(path=ID(stored=True), url=ID(stored=True), title=words, content=words, date=DATETIME)
    writer = create_in(index, schema).writer()
    for path, url, title, text, epoch in _documents(folder):
        date = datetime.fromtimestamp(epoch / 1000, timezone.utc).replace(tzinfo=None)
        writer.add_document(path=path, url=url, title=title, content=text, date=date)
    writer.commit()


def _open_whoosh(index: Path) -> Search:
    from whoosh.index import open_dir
    from whoosh.qparser import MultifieldParser

    searcher = open_dir(index).searcher()
    parser = MultifieldParser(["title", "content"], searcher.schema)

    def search(query: Query, with_snippets: bool) -> list[PeerHit]:
        text = re.sub(r"[^\w\s]", " ", query.text)  # punctuation of a headline is query syntax
        hits = searcher.search(parser.parse(f'"{text}"' if query.kind == "phrase" else text), limit=10)
        return [PeerHit(hit["url"], hit["title"], hit.highlights("content") if with_snippets else "") for hit in hits]

    return search


def _rows(database: sqlite3.Connection, snippet: str, rest: str, values: tuple[str, ...]) -> list[PeerHit]:
    return [PeerHit(*row) for row in database.execute(f"SELECT url, title, {snippet} FROM {rest} LIMIT 10", values)]  # noqa: S608


def _make_trigrams(folder: Path, index: Path) -> None:
    with closing(sqlite3.connect(index / "articles.db")) as database, database:
        database.execute("CREATE VIRTUAL TABLE article USING fts5(url UNINDEXED, title, text, tokenize='trigram')")
        database.executemany("INSERT INTO article VALUES (?, ?, ?)", (document[1:4] for document in _documents(folder)))


def _open_trigrams(index: Path) -> Search:
    database = sqlite3.connect(index / "articles.db")

    def search(query: Query, with_snippets: bool) -> list[PeerHit]:
        # Each run of characters must match. A run of fewer than three is in no trigram, so only LIKE finds it.
        runs = re.findall(r"\w+", query.text)
        short = [f"%{run}%" for run in runs if len(run) < 3]
        match = " ".join(f'"{run}"' for run in runs if len(run) >= 3)
        conditions = ["article MATCH ?"] * bool(match) + ["(title LIKE ? OR text LIKE ?)"] * len(short)
        values = (*([match] if match else []), *(pattern for run in short for pattern in (run, run)))
        snippet = f"snippet(article, 2, '【', '】', '…', {SNIPPET_TRIGRAMS})" if with_snippets else "''"
        order = " ORDER BY rank" if match else ""
        return _rows(database, snippet, f"article WHERE {' AND '.join(conditions)}{order}", values)

    return search


def _make_segmented(folder: Path, index: Path) -> None:
    with closing(sqlite3.connect(index / "articles.db")) as database, database:
        database.execute("CREATE TABLE article (id INTEGER PRIMARY KEY, url, title, text)")
        database.execute("CREATE VIRTUAL TABLE words USING fts5(cut_title, cut_text, tokenize='unicode61')")
        for number, document in enumerate(_documents(folder)):
            database.execute("INSERT INTO article VALUES (?, ?, ?, ?)", (number, *document[1:4]))
            row = (number, _spaced(document.title), _spaced(document.text))
            database.execute("INSERT INTO words (rowid, cut_title, cut_text) VALUES (?, ?, ?)", row)


def _open_segmented(index: Path) -> Search:
    database = sqlite3.connect(index / "articles.db")

    def search(query: Query, with_snippets: bool) -> list[PeerHit]:
        snippet = f"snippet(words, 1, '【', '】', '…', {SNIPPET_WORDS})" if with_snippets else "''"
        rest = "words JOIN article ON article.id = words.rowid WHERE words MATCH ? ORDER BY rank"
        return _rows(database, snippet, rest, (_quoted(query),))

    return search


def _make_tantivy(folder: Path, index: Path) -> None:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("url", stored=True, tokenizer_name="raw")
    for field in ("title", "body"):
        builder.add_text_field(field, stored=True)
    writer = tantivy.Index(builder.build(), path=str(index)).writer()
    for document in _documents(folder):
        fields = {"url": document.url, "title": _spaced(document.title), "body": _spaced(document.text)}
        writer.add_document(tantivy.Document(**fields))
    writer.commit()
    writer.wait_merging_threads()


def _open_tantivy(index: Path) -> Search:
    import tantivy

    opened = tantivy.Index.open(str(index))
    searcher = opened.searcher()

    def search(query: Query, with_snippets: bool) -> list[PeerHit]:
        parsed = opened.parse_query(_quoted(query), ["title", "body"], conjunction_by_default=True)
        documents = [searcher.doc(address) for _, address in searcher.search(parsed, 10).hits]
        excerpts = [""] * len(documents)
        if with_snippets:
            generator = tantivy.SnippetGenerator.create(searcher, parsed, opened.schema, "body")
            excerpts = [generator.snippet_from_doc(document).to_html().replace(" ", "") for document in documents]
        rows = zip(documents, excerpts, strict=True)
        return [PeerHit(document["url"][0], document["title"][0], excerpt) for document, excerpt in rows]

    return search


def _make_bm25s(folder: Path, index: Path) -> None:
    import bm25s

    articles = [{"url": url, "title": title, "text": text} for _, url, title, text, _ in _documents(folder)]
    retriever = bm25s.BM25()
    retriever.index([_words(f"{article['title']}\n{article['text']}") for article in articles], show_progress=False)
    retriever.save(index, corpus=articles, show_progress=False)


def _open_bm25s(index: Path) -> Search:
    import bm25s

    retriever = bm25s.BM25.load(index, load_corpus=True, show_progress=False)
    depth = min(10, len(retriever.corpus))

    def search(query: Query, _: bool) -> list[PeerHit]:
        results, scores = retriever.retrieve([_words(query.text)], k=depth, show_progress=False)
        articles = (article for article, score in zip(results[0], scores[0], strict=True) if score > 0)
        return [PeerHit(article["url"], article["title"], "") for article in articles]

    return search


def _spaced(text: str) -> str:
    import jieba

    return " ".join(jieba.cut_for_search(text))


def _words(text: str) -> list[str]:
    return [word for word in _spaced(text.lower()).split() if any(map(str.isalnum, word))]


def _quoted(query: Query) -> str:
    """Return the words of a query, each quoted so that none is an operator, or all of them as one phrase."""
    words = _words(query.text.replace('"', " "))
    return f'"{" ".join(words)}"' if query.kind == "phrase" else " ".join(f'"{word}"' for word in words)


def peers() -> list[System]:
    """Return the peers, with their versions in their names."""
    jieba = f"jieba {version('jieba')}"
    whoosh, bm25s, tantivy = (f"{name} {version(name.lower())}" for name in ("Whoosh", "bm25s", "tantivy"))
    fts5 = f"SQLite {sqlite3.sqlite_version} FTS5"
    return [
        System(f"{whoosh} + {jieba} ChineseAnalyzer", ("whoosh.index", "jieba.analyse"), _make_whoosh, _open_whoosh),
        System(f"{fts5} trigram", (), _make_trigrams, _open_trigrams),
        System(f"{fts5} unicode61 + {jieba}", ("jieba",), _make_segmented, _open_segmented),
        System(f"{tantivy} + {jieba}", ("tantivy", "jieba"), _make_tantivy, _open_tantivy),
        System(f"{bm25s} + {jieba}", ("bm25s", "jieba"), _make_bm25s, _open_bm25s, (False,)),
    ]
