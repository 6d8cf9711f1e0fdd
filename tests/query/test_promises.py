"""The guarantees of search, checked with random strings of real articles."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from souwen.analysis import Analyzer, Article, fold, remove_gaps
from souwen.indexer import build_index
from souwen.indexer.cleaning import Cleaner
from souwen.indexer.readers import read_file
from souwen.query import Searcher

ARTICLES = 120
STRINGS = 500


@pytest.fixture(scope="module")
def articles(rfi: Path) -> dict[str, Article]:
    files = random.Random(5).sample(sorted(rfi.rglob("*.txt")), ARTICLES)
    articles = [article for file in files for article in read_file(file)]
    cleaner = Cleaner({})
    return {article.id: cleaner.clean(article)[0] for article in articles if isinstance(article, Article)}


@pytest.fixture(scope="module")
def searcher(articles: dict[str, Article], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("promises")
    report = build_index({article.path for article in articles.values()}, folder / "index")
    assert (report.added, report.failed) == (len(articles), ())
    with Searcher(folder / "index") as opened:
        yield opened


def joined(text: str) -> str:
    return remove_gaps(fold(text))


def strings(articles: dict[str, Article], max_length: int) -> Iterator[tuple[str, str]]:
    """Yield the id of an article and a substring of its text of one to `max_length` characters, many times."""
    rng = random.Random(7)
    all_articles = list(articles.values())
    for _ in range(STRINGS):
        article = rng.choice(all_articles)
        text = rng.choice([article.title, article.body, article.body, article.body])
        start = rng.randrange(max(1, len(text)))
        string = text[start : start + rng.randint(1, max_length)].strip()
        if string and '"' not in fold(string) and "\\" not in string:
            yield article.id, string


def test_quoted_strings_match_and_highlight_exactly(searcher: Searcher, articles: dict[str, Article]) -> None:
    """A quoted string finds its article, every result contains it, and every highlight is exactly the string."""
    tested = 0
    for article_id, string in strings(articles, 8):
        results = searcher.search(f'"{string}"', limit=ARTICLES)
        folded = joined(string)
        assert article_id in {hit.id for hit in results}, string
        for hit in results:
            article = articles[hit.id]
            assert folded in joined(article.title) or folded in joined(article.body), (string, hit.id)
            highlights = [hit.title[start:end] for start, end in hit.title_highlights]
            highlights += [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.highlights]
            assert {joined(text) for text in highlights} == {folded}, (string, highlights)
        tested += 1
    assert tested > STRINGS * 0.8


def test_unquoted_strings_find_their_articles(searcher: Searcher, articles: dict[str, Article]) -> None:
    """The string finds its article, unless other articles have it as a word of its own."""
    analyzer = Analyzer()
    tested = 0
    for article_id, string in strings(articles, 6):
        if not string.isalnum():
            continue
        results = searcher.search(string, limit=ARTICLES)
        tested += 1
        if article_id not in {hit.id for hit in results}:
            assert not any(note.kind == "inside-words" for note in results.notes), string
            words = {word.term for hit in results for word in analyzer.tokenize(articles[hit.id].body)}
            assert fold(string) in words, string
    assert tested > STRINGS * 0.5


def test_whole_words_come_first(searcher: Searcher, articles: dict[str, Article]) -> None:
    """A dictionary word finds only articles that have it as a word; quoted, it finds these before all others."""
    analyzer = Analyzer()
    words_of = {article.id: set(analyzer.analyze(article).text.words) for article in articles.values()}
    dictionary_words = sorted(
        word
        for word in set().union(*words_of.values())
        if 2 <= len(word) <= 6 and analyzer.segmenter.knows(word) and analyzer.tokenize(word)[0].term == word
    )
    with_both_kinds = 0
    for word in random.Random(3).sample(dictionary_words, 400):
        results = searcher.search(word, limit=ARTICLES)
        if not any(note.kind == "alias" for note in results.notes):  # 普丁 is as good as 普京
            assert all(word in words_of[hit.id] for hit in results), word
        has_word = [word in words_of[hit.id] for hit in searcher.search(f'"{word}"', limit=ARTICLES)]
        assert has_word == sorted(has_word, reverse=True), word
        with_both_kinds += not all(has_word)
    assert with_both_kinds > 3
