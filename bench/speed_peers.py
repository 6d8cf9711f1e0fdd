# mypy: disable-error-code="import-untyped, import-not-found"
"""The systems that souwen's speed is compared with. Each makes an index of a folder of files, opens it, and answers
queries.

The peers are written the way their documentation and most code that uses them for Chinese has it: files read with
BeautifulSoup, words cut by jieba in search mode. A system's modules are imported where they are used, so that none
counts another's memory as its own; they come from `pip install 'souwen[bench]'`.
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
SNIPPET_TRIGRAMS = 64  # the most that SQLite gives
_HEAD = re.compile(r"<!--(-?\d+)-->\n\[(.*)\]\((.*)\)\s*\n-+\n")


class Document(NamedTuple):
    """What the peers take from a file."""

    path: str
    url: str
    title: str
    text: str
    epoch: int  # milliseconds


class Query(NamedTuple):
    """`text` was taken from the article at `url`; a phrase is asked for in quotation marks."""

    kind: str
    text: str
    url: str


class Answer(NamedTuple):
    """One article as it would be listed."""

    url: str
    title: str
    snippet: str


Search = Callable[[Query, bool], list[Answer]]  # asks for ten articles, with snippets or without


def folder_size(index: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in index.rglob("*") if path.is_file())


class System(NamedTuple):
    """`modules` are what it imports, not counted as time. `snippets` are the ways in which it can be asked."""

    name: str
    modules: tuple[str, ...]
    make: Callable[[Path, Path], None]  # from a folder of files to an empty folder
    open: Callable[[Path], Search]
    snippets: tuple[bool, ...] = (False, True)
    size: Callable[[Path], int] = folder_size
    remove: Callable[[Path], None] = shutil.rmtree


def read_plain(path: Path) -> Document:
    """A file of the dump format, with all the text there is in its HTML."""
    file = path.read_text("utf-8")
    head = _HEAD.match(file)
    if not head:
        raise ValueError(f"{path} is in another format")
    text = BeautifulSoup(file[head.end() :], "html.parser").get_text("\n")
    return Document(str(path), head[3], head[2], text, int(head[1]))


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.txt") if path.is_file())


@contextmanager
def unpacked(articles: Path) -> Iterator[Path]:
    """The folder of articles, unpacked for as long as it is needed if it is an archive."""
    if articles.is_dir():
        yield articles
        return
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(articles) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def shuffled(folder: Path) -> list[Path]:
    files = files_of(folder)
    random.Random(SEED).shuffle(files)  # noqa: S311 - the same each time is what is wanted
    return files


def copied(folder: Path, files: Sequence[Path], target: Path) -> None:
    """Files below a folder, copied to the same places below another."""
    for file in files:
        place = target / file.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def _documents(folder: Path) -> Iterator[Document]:
    return map(read_plain, files_of(folder))


def _make_whoosh(folder: Path, index: Path) -> None:
    from jieba.analyze import ChineseAnalyzer
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

    def search(query: Query, with_snippets: bool) -> list[Answer]:
        text = re.sub(r"[^\w\s]", " ", query.text)  # a headline's marks would be wildcards, fields, brackets
        hits = searcher.search(parser.parse(f'"{text}"' if query.kind == "phrase" else text), limit=10)
        return [Answer(hit["url"], hit["title"], hit.highlights("content") if with_snippets else "") for hit in hits]

    return search


def _rows(database: sqlite3.Connection, snippet: str, rest: str, values: tuple[str, ...]) -> list[Answer]:
    return [Answer(*row) for row in database.execute(f"SELECT url, title, {snippet} FROM {rest} LIMIT 10", values)]  # noqa: S608


def _make_trigrams(folder: Path, index: Path) -> None:
    with closing(sqlite3.connect(index / "articles.db")) as database, database:
        database.execute("CREATE VIRTUAL TABLE article USING fts5(url UNINDEXED, title, text, tokenize='trigram')")
        database.executemany("INSERT INTO article VALUES (?, ?, ?)", (each[1:4] for each in _documents(folder)))


def _open_trigrams(index: Path) -> Search:
    database = sqlite3.connect(index / "articles.db")

    def search(query: Query, with_snippets: bool) -> list[Answer]:
        # Each run of characters must be there; one of fewer than three is in no trigram, only LIKE finds it.
        runs = re.findall(r"\w+", query.text)
        short = [f"%{run}%" for run in runs if len(run) < 3]
        match = " ".join(f'"{run}"' for run in runs if len(run) >= 3)
        conditions = ["article MATCH ?"] * bool(match) + ["(title LIKE ? OR text LIKE ?)"] * len(short)
        values = (*([match] if match else []), *(pattern for run in short for pattern in (run, run)))
        snippet = f"snippet(article, 2, '【', '】', '…', {SNIPPET_TRIGRAMS})" if with_snippets else "''"
        order = " ORDER BY rank" if match else ""
        return _rows(database, snippet, f"article WHERE {' AND '.join(conditions)}{order}", values)

    return search


def _make_cut(folder: Path, index: Path) -> None:
    with closing(sqlite3.connect(index / "articles.db")) as database, database:
        database.execute("CREATE TABLE article (id INTEGER PRIMARY KEY, url, title, text)")
        database.execute("CREATE VIRTUAL TABLE words USING fts5(cut_title, cut_text, tokenize='unicode61')")
        for number, document in enumerate(_documents(folder)):
            database.execute("INSERT INTO article VALUES (?, ?, ?, ?)", (number, *document[1:4]))
            row = (number, _spaced(document.title), _spaced(document.text))
            database.execute("INSERT INTO words (rowid, cut_title, cut_text) VALUES (?, ?, ?)", row)


def _open_cut(index: Path) -> Search:
    database = sqlite3.connect(index / "articles.db")

    def search(query: Query, with_snippets: bool) -> list[Answer]:
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

    def search(query: Query, with_snippets: bool) -> list[Answer]:
        parsed = opened.parse_query(_quoted(query), ["title", "body"], conjunction_by_default=True)
        found = [searcher.doc(address) for _, address in searcher.search(parsed, 10).hits]
        excerpts = [""] * len(found)
        if with_snippets:
            generator = tantivy.SnippetGenerator.create(searcher, parsed, opened.schema, "body")
            excerpts = [generator.snippet_from_doc(document).to_html().replace(" ", "") for document in found]
        rows = zip(found, excerpts, strict=True)
        return [Answer(document["url"][0], document["title"][0], excerpt) for document, excerpt in rows]

    return search


def _make_bm25s(folder: Path, index: Path) -> None:
    import bm25s

    articles = [{"url": url, "title": title, "text": text} for _, url, title, text, _ in _documents(folder)]
    retriever = bm25s.BM25()
    retriever.index([_words(f"{each['title']}\n{each['text']}") for each in articles], show_progress=False)
    retriever.save(index, corpus=articles, show_progress=False)


def _open_bm25s(index: Path) -> Search:
    import bm25s

    retriever = bm25s.BM25.load(index, load_corpus=True, show_progress=False)
    depth = min(10, len(retriever.corpus))

    def search(query: Query, _: bool) -> list[Answer]:
        found, scores = retriever.retrieve([_words(query.text)], k=depth, show_progress=False)
        articles = (article for article, score in zip(found[0], scores[0], strict=True) if score > 0)
        return [Answer(article["url"], article["title"], "") for article in articles]

    return search


def _spaced(text: str) -> str:
    import jieba

    return " ".join(jieba.cut_for_search(text))


def _words(text: str) -> list[str]:
    return [word for word in _spaced(text.lower()).split() if any(map(str.isalnum, word))]


def _quoted(query: Query) -> str:
    """The words of a query, each quoted so that none is an operator, or all of them as one phrase."""
    words = _words(query.text.replace('"', " "))
    return f'"{" ".join(words)}"' if query.kind == "phrase" else " ".join(f'"{word}"' for word in words)


def peers() -> list[System]:
    """Each has its versions in its name."""
    jieba = f"jieba {version('jieba')}"
    whoosh, bm25s, tantivy = (f"{name} {version(name.lower())}" for name in ("Whoosh", "bm25s", "tantivy"))
    fts5 = f"SQLite {sqlite3.sqlite_version} FTS5"
    return [
        System(f"{whoosh} + {jieba} ChineseAnalyzer", ("whoosh.index", "jieba.analyse"), _make_whoosh, _open_whoosh),
        System(f"{fts5} trigram", (), _make_trigrams, _open_trigrams),
        System(f"{fts5} unicode61 + {jieba}", ("jieba",), _make_cut, _open_cut),
        System(f"{tantivy} + {jieba}", ("tantivy", "jieba"), _make_tantivy, _open_tantivy),
        System(f"{bm25s} + {jieba}", ("bm25s", "jieba"), _make_bm25s, _open_bm25s, (False,)),
    ]
