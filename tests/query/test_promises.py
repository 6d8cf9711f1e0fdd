"""The promises of search, tried with random strings of real articles."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen.analysis import Analyzer, Article, fold
from souwen.indexer import build_index
from souwen.indexer.cleaning import Cleaner
from souwen.indexer.readers import read_file
from souwen.query import Searcher

ARTICLES = 120
STRINGS = 500


@pytest.fixture(scope="module")
def articles(rfi: Path) -> dict[str, Article]:
    files = random.Random(5).sample(sorted(rfi.rglob("*.txt")), ARTICLES)
    read = [article for file in files for article in read_file(file)]
    cleaner = Cleaner({})
    return {article.id: cleaner.clean(article)[0] for article in read if isinstance(article, Article)}


@pytest.fixture(scope="module")
def searcher(articles: dict[str, Article], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("promises")
    report = build_index({article.path for article in articles.values()}, folder / "index")
    assert (report.added, report.failed) == (len(articles), ())
    with Searcher(folder / "index") as opened:
        yield opened


def strings(articles: dict[str, Article], longest: int) -> Iterator[tuple[str, str]]:
    """Ids of articles, each with a string of one to `longest` characters that stands in it."""
    choose = random.Random(7)
    everything = list(articles.values())
    for _ in range(STRINGS):
        article = choose.choice(everything)
        text = choose.choice([article.title, article.body, article.body, article.body])
        start = choose.randrange(max(1, len(text)))
        string = text[start : start + choose.randint(1, longest)].strip()
        if string and '"' not in fold(string) and "\\" not in string:
            yield article.id, string


def test_found_and_clean_and_marked(searcher: Searcher, articles: dict[str, Article]) -> None:
    """Any string, quoted, finds its article; every result contains it; every mark slices exactly it."""
    tried = 0
    for article_id, string in strings(articles, 8):
        results = searcher.search(f'"{string}"', limit=ARTICLES)
        wanted = fold(string)
        assert article_id in {hit.id for hit in results}, string
        for hit in results:
            article = articles[hit.id]
            assert wanted in fold(article.title) or wanted in fold(article.body), (string, hit.id)
            marks = [hit.title[start:end] for start, end in hit.title_highlights]
            marks += [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.highlights]
            assert {fold(mark) for mark in marks} == {wanted}, (string, marks)
        tried += 1
    assert tried > STRINGS * 0.8


def test_found_unquoted(searcher: Searcher, articles: dict[str, Article]) -> None:
    """The same without quotes, unless the string stands elsewhere as a word of its own."""
    analyzer = Analyzer()
    tried = 0
    for article_id, string in strings(articles, 6):
        if not string.isalnum():
            continue
        results = searcher.search(string, limit=ARTICLES)
        tried += 1
        if article_id not in {hit.id for hit in results}:
            assert not any(note.kind == "inside-words" for note in results.notes), string
            words = {word.term for hit in results for word in analyzer.words(articles[hit.id].body)}
            assert fold(string) in words, string
    assert tried > STRINGS * 0.5


def test_whole_words_come_first(searcher: Searcher, articles: dict[str, Article]) -> None:
    """A dictionary word finds first the articles that have it as a word; quoted, those behind them have it across
    words."""
    analyzer = Analyzer()
    words_of = {article.id: set(analyzer.analyze(article).text.words) for article in articles.values()}
    known = sorted(
        word
        for word in set().union(*words_of.values())
        if 2 <= len(word) <= 6 and analyzer.segmenter.knows(word) and analyzer.words(word)[0].term == word
    )
    mixed = 0
    for word in random.Random(3).sample(known, 400):
        results = searcher.search(word, limit=ARTICLES)
        if not any(note.kind == "alias" for note in results.notes):  # 普丁 is as good as 普京
            assert all(word in words_of[hit.id] for hit in results), word
        quoted = [word in words_of[hit.id] for hit in searcher.search(f'"{word}"', limit=ARTICLES)]
        assert quoted == sorted(quoted, reverse=True), word
        mixed += not all(quoted)
    assert mixed > 3
