"""An index of souwen, opened with Whoosh, gives the same results as an index of Whoosh's own codec.

The articles are random, written in several commits that add, replace, delete and merge.
"""

import random
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from souwen.analysis import AnalyzedArticle, Article, DateMention, EntityMention, TermStreams, searchable_text
from souwen.analysis.dates.periods import days
from souwen.engines.facets import FACETS, facet_values
from souwen.engines.keywords import article_keywords
from souwen.engines.matching import UNDATED, day_number
from souwen.engines.stored_article import stored_texts
from souwen.engines.whoosh import WhooshEngine
from souwen.engines.whoosh.schema import KEYWORDS, NGRAM_SIZES, STORED_FIELDS, STORED_TEXTS, WORD_FIELDS, schema
from souwen.engines.whoosh.segment_writer import ArraySegmentWriter
from souwen.engines.whoosh.toc import WhooshIndex

with warnings.catch_warnings():  # as souwen itself does
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3
    import whoosh.columns
    import whoosh.index
    import whoosh.matching
    import whoosh.qparser
    import whoosh.query
    import whoosh.reading
    import whoosh.searching
    import whoosh.sorting
    import whoosh.spelling

LARGE_BUFFER = 1 << 30  # bytes
# Characters that take 1, 2, 3 and 4 bytes in UTF-8.
CHARACTERS = "台湾海峡中美国外交a1é𠮷𡨸 ，。\x00"
VOCABULARY = [
    "外交",
    "外",
    "会谈",
    "总统",
    "nasa",
    "na",
    "iphone15",
    "𠮷野家",
    "é",
    "长" * 90,
    *(f"词{n}" for n in range(99)),
]
SCORED_FIELDS = (*WORD_FIELDS, *NGRAM_SIZES)


def random_articles(choose: random.Random, ids: Iterable[str]) -> dict[str, AnalyzedArticle]:
    articles = {}
    for article_id in ids:
        title = "".join(choose.choices(CHARACTERS, k=choose.choice([0, 1, 2, 9])))
        body = "".join(choose.choices(CHARACTERS, k=choose.choice([0, 1, 20, 60])))
        address = choose.choice(["", f"https://www.{choose.choice('ab')}.fr/{article_id}"])
        published = datetime(2023, 1, 1, tzinfo=timezone.utc) + timedelta(hours=choose.randrange(9000))
        article = Article(
            id=article_id if choose.random() < 0.8 or not address else address,
            title=title,
            body=body,
            url=address,
            published=published if choose.random() < 0.8 else None,
            source=choose.choice(["", "甲", "乙 报", "RFI"]),
            section=choose.choice(["", "国际"]),
            author=choose.choice(["", "张三"]),
            lead=choose.choice(["", "导语\n两行"]),
            path=f"{article_id}.txt",
        )
        folded = f"{title}\n{body}"
        articles[article_id] = AnalyzedArticle(
            article=article,
            text=TermStreams(words=choose.choices(VOCABULARY, k=choose.choice([0, 5, 40])), folded=folded),
            title=TermStreams(words=choose.choices(VOCABULARY, k=choose.choice([0, 1, 3])), folded=title),
            entities=tuple(
                EntityMention(
                    searchable_text(article)[at : at + 2],
                    choose.choice(["person", "place", "organisation"]),
                    at,
                    at + 2,
                )
                for at in range(0, len(searchable_text(article)) - 2, 7)
            ),
            dates=tuple(
                DateMention(
                    searchable_text(article)[at : at + 2],
                    at,
                    at + 2,
                    choose.choice([None, days(date(2023, 9, 28), at)]),
                )
                for at in range(1, len(searchable_text(article)) - 2, 9)
            ),
        )
    return articles


def whoosh_fields(analyzed: AnalyzedArticle) -> dict[str, Any]:
    """Return the article in the form that Whoosh's own writer takes."""
    texts = stored_texts(analyzed, "digest")
    terms = article_keywords(analyzed)
    published = analyzed.article.published
    fields: dict[str, Any] = {name: list(terms[name]) for name in KEYWORDS}
    fields |= {f"_stored_{name}": texts[name] for name in KEYWORDS if name in STORED_FIELDS}
    fields |= {name: texts[name] for name in STORED_TEXTS} | facet_values(analyzed)
    for name, streams in (("text", analyzed.text), ("title", analyzed.title)):
        fields |= {
            f"{name}_words": streams.words,
            f"{name}_bigrams": streams.folded,
            f"{name}_unigrams": streams.unigrams,
        }
    fields["day"] = day_number(published.date()) if published else 0
    fields["time"] = int(published.timestamp()) if published else UNDATED
    return fields


def lengths(analyzed: AnalyzedArticle) -> dict[str, int]:
    """Return the number of terms in each scored field."""
    return {
        f"{name}_{stream}": len(getattr(streams, stream))
        for name, streams in (("text", analyzed.text), ("title", analyzed.title))
        for stream in ("words", "bigrams", "unigrams")
    }


@dataclass
class IndexPair:
    """The same articles in an index of souwen and in one of Whoosh's own codec."""

    ours: Path
    stock: Path
    memory: int
    articles: dict[str, AnalyzedArticle] = field(default_factory=dict)
    max_runs: int = 0
    merges: int = 0

    def __post_init__(self) -> None:
        self.ours.mkdir(parents=True)
        self.stock.mkdir(parents=True)
        WhooshEngine(self.ours).create()
        whoosh.index.create_in(str(self.stock), schema()).close()

    def segments(self) -> int:
        return len(WhooshIndex(self.ours).segments())

    def commit(self, put: dict[str, AnalyzedArticle], delete: Iterable[str] = ()) -> None:
        before = self.segments()
        engine = WhooshEngine(self.ours)
        with engine.writer(self.memory) as writer:
            for prepared in engine.prepare((analyzed, "digest") for analyzed in put.values()):
                writer.put(prepared)
            for key in delete:
                writer.delete(self.articles[key].article.id)
            self.max_runs = max(self.max_runs, len(list(self.ours.glob("*.tmp/*.run"))))
        stock = whoosh.index.open_dir(str(self.stock))
        stock_writer = stock.writer()
        for key in (*put, *delete):
            if key in self.articles:
                stock_writer.delete_by_term("id", self.articles[key].article.id)
        for analyzed in put.values():
            stock_writer.add_document(**whoosh_fields(analyzed))
        stock_writer.commit()
        stock.close()
        self.merges += self.segments() < before + bool(put)
        self.articles |= put
        for key in delete:
            del self.articles[key]

    def optimize(self) -> None:
        ArraySegmentWriter(WhooshIndex(self.ours), self.memory).commit(optimize=True)
        stock = whoosh.index.open_dir(str(self.stock))
        stock.writer().commit(optimize=True)
        stock.close()

    @contextmanager
    def readers(self) -> Iterator[tuple[Any, Any]]:
        indexes = [whoosh.index.open_dir(str(folder)) for folder in (self.ours, self.stock)]
        ours, stock = (index.reader() for index in indexes)
        yield ours, stock
        for opened in (ours, stock, *indexes):
            opened.close()

    @contextmanager
    def searchers(self) -> Iterator[tuple[Any, Any]]:
        with self.readers() as (ours, stock):
            yield whoosh.searching.Searcher(ours), whoosh.searching.Searcher(stock)


def run_scenario(folder: Path, seed: int, memory: int, *, commits: int, optimized: bool = False) -> IndexPair:
    choose = random.Random(seed)
    index_pair = IndexPair(folder / "ours", folder / "stock", memory)
    for _ in range(commits):
        present = sorted(index_pair.articles)
        fresh = [
            str(len(index_pair.articles) + number + choose.randrange(1000) * 1000)
            for number in range(choose.randrange(7))
        ]
        changed = choose.sample(present, min(len(present), choose.randrange(4)))
        gone = choose.sample(present, min(len(present), choose.randrange(4)))
        # An article keeps its id when it is replaced.
        put = random_articles(choose, [*fresh, *(key for key in changed if key not in gone)])
        for key in set(changed) & set(put):
            old = index_pair.articles[key].article
            new = put[key]
            article = Article(**{name: getattr(new.article, name) for name in Article.__slots__} | {"id": old.id})
            put[key] = AnalyzedArticle(article, new.text, new.title, new.entities, new.dates)
        index_pair.commit(put, gone)
    if optimized:
        index_pair.optimize()
    return index_pair


SCENARIOS = [
    (seed, memory, commits, optimized)
    for seed, (memory, commits, optimized) in enumerate(
        [
            (LARGE_BUFFER, 1, False),
            (LARGE_BUFFER, 2, False),
            (LARGE_BUFFER, 8, False),
            (LARGE_BUFFER, 12, False),
            (LARGE_BUFFER, 9, True),
            (LARGE_BUFFER, 3, True),
            (30_000, 6, False),
            (20_000, 3, False),
            (20_000, 7, False),
            (15_000, 8, True),
            (15_000, 6, False),
            (2_000, 2, True),
            (2_000, 2, False),
        ]
    )
]


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda p: f"seed {p[0]}, {p[1]} bytes, {p[2]} commits, {p[3]}")
def index_pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IndexPair:
    seed, memory, commits, optimized = request.param
    return run_scenario(tmp_path_factory.mktemp("twins"), seed, memory, commits=commits, optimized=optimized)


def postings(reader: Any, name: str, term: bytes) -> list[tuple[int, float, Any]]:
    """Return article, weight and positions of each posting of a live article."""
    matcher = reader.postings(name, term)
    postings = []
    while matcher.is_active():
        positions = matcher.value_as("positions") if name in NGRAM_SIZES and NGRAM_SIZES[name] == 2 else None
        postings.append((matcher.id(), matcher.weight(), positions))
        matcher.next()
    return postings


def test_same_articles(index_pair: IndexPair) -> None:
    with index_pair.readers() as (ours, stock):
        assert ours.doc_count() == stock.doc_count() == len(index_pair.articles)
        assert ours.doc_count_all() == stock.doc_count_all()
        assert list(ours.all_doc_ids()) == list(stock.all_doc_ids())
        for number in ours.all_doc_ids():
            assert ours.stored_fields(number) == stock.stored_fields(number)
        expected = [stored_texts(analyzed, "digest") for analyzed in index_pair.articles.values()]
        assert sorted(map(repr, map(sorted_items, ours.all_stored_fields()))) == sorted(
            map(repr, map(sorted_items, expected))
        )


def sorted_items(values: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(values.items())


def test_same_terms_and_posting_lists(index_pair: IndexPair) -> None:
    with index_pair.readers() as (ours, stock):
        terms = list(stock.all_terms())
        assert list(ours.all_terms()) == terms
        assert sorted(ours.indexed_field_names()) == sorted({*SCORED_FIELDS, *KEYWORDS, *FACETS})
        for name, term in terms:
            assert (name, term) in ours
            assert ours.doc_frequency(name, term) == stock.doc_frequency(name, term), (name, term)
            assert ours.frequency(name, term) == stock.frequency(name, term), (name, term)
            assert postings(ours, name, term) == postings(stock, name, term), (name, term)
            info, expected = ours.term_info(name, term), stock.term_info(name, term)
            for value in ("weight", "doc_frequency", "max_weight", "min_id", "max_id"):
                assert getattr(info, value)() == getattr(expected, value)(), (name, term, value)
        for name in (*SCORED_FIELDS, *KEYWORDS, *FACETS):
            assert list(ours.lexicon(name)) == list(stock.lexicon(name)) == [term for at, term in terms if at == name]
            for start in ("", "词5", "\x00", "𠮷", "zz", "\U0010ffff"):
                terms_from_start = [field_term for field_term in ours.terms_from(name, start) if field_term[0] == name]
                assert terms_from_start == [
                    field_term for field_term in stock.terms_from(name, start) if field_term[0] == name
                ]
                assert list(ours.expand_prefix(name, start)) == list(stock.expand_prefix(name, start))


def test_missing_term(index_pair: IndexPair) -> None:
    with index_pair.readers() as (ours, stock):
        for name in (*SCORED_FIELDS, *KEYWORDS, *FACETS):
            assert (name, "没有") not in ours
            assert ours.doc_frequency(name, "没有") == stock.doc_frequency(name, "没有") == 0
            assert ours.frequency(name, "没有") == stock.frequency(name, "没有") == 0
            for reader in (ours, stock):
                with pytest.raises(whoosh.reading.TermNotFound):
                    reader.postings(name, "没有")
                with pytest.raises(whoosh.reading.TermNotFound):
                    reader.term_info(name, "没有")


def test_exact_lengths(index_pair: IndexPair) -> None:
    """Whoosh's own codec rounds lengths to a byte."""
    by_id = {analyzed.article.id: lengths(analyzed) for analyzed in index_pair.articles.values()}
    assert all(set(article_lengths) == set(SCORED_FIELDS) for article_lengths in by_id.values())
    with index_pair.readers() as (ours, _):
        for number in ours.all_doc_ids():
            stored = ours.stored_fields(number)
            expected = by_id[stored["id"] or stored["url"]]
            assert {name: ours.doc_field_length(number, name) for name in SCORED_FIELDS} == expected
        if ours.doc_count() == ours.doc_count_all():  # otherwise deleted articles count until they are merged
            for name in SCORED_FIELDS:
                field_lengths = [article_lengths[name] for article_lengths in by_id.values()]
                assert ours.field_length(name) == sum(field_lengths)
                assert ours.max_field_length(name) == max(field_lengths, default=0)


def random_queries(choose: random.Random, count: int) -> Iterator[str]:
    """Yield queries in Whoosh's own language.

    NOT is always combined with another part, because on its own it matches deleted articles in Whoosh.
    """
    plain = [character for character in CHARACTERS if character.isalnum()]

    def leaf() -> str:
        string = "".join(choose.choices(plain, k=choose.choice([2, 3, 4])))
        return choose.choice(
            [
                choose.choice(VOCABULARY),
                f"text_words:{choose.choice(VOCABULARY)}",
                f"title_words:{choose.choice(VOCABULARY)}",
                f"text_words:{choose.choice(VOCABULARY)[0]}*",
                f"text_words:*{choose.choice(VOCABULARY)[-1]}",
                "text_words:[词1 TO 词3]",
                f'text_bigrams:"{string}"',
                f"text_bigrams:{string}",
                f'title_bigrams:"{string[:3]}"',
                f'text_bigrams:"{string[:2]} {string[1:]}"~3',
                f"text_unigrams:{choose.choice(plain)}",
                f"title_unigrams:{choose.choice(plain)}",
                f"source:{choose.choice(['甲', 'rfi', 'a', 'a.fr', '丙'])}",
                "section:国际",
                "author:张*",
                f"id:{choose.randrange(9)}*",
                "*",
            ]
        )

    for _ in range(count):
        parts = [leaf() for _ in range(3)]
        yield choose.choice(
            ["{0}", "{0}", "{0} AND {1}", "{0} OR {1}", "{0} NOT {1}", "({0} OR {1}) AND NOT {2}"]
        ).format(*parts)


def test_same_matches_as_whoosh(index_pair: IndexPair) -> None:
    choose = random.Random(index_pair.ours.as_posix()[-8:])
    with index_pair.searchers() as (ours, stock):
        parser = whoosh.qparser.QueryParser("text_words", schema())
        for text in random_queries(choose, 60):
            query = parser.parse(text)
            result, expected = ours.search(query, limit=None), stock.search(query, limit=None)
            assert sorted(result.docs()) == sorted(expected.docs()), text
            assert len(result) == len(expected)
            assert {hit["path"] for hit in result} == {hit["path"] for hit in expected}
        for analyzed in list(index_pair.articles.values())[:10]:
            for name, values in article_keywords(analyzed).items():
                for value in values:
                    term = whoosh.query.Term(name, value)
                    assert set(term.docs(ours)) == set(term.docs(stock))


def test_every_phrase_is_found(index_pair: IndexPair) -> None:
    choose = random.Random(5)
    with index_pair.searchers() as (searcher, _):
        for _ in range(30 if index_pair.articles else 0):
            text = choose.choice(list(index_pair.articles.values())).text.folded
            at = choose.randrange(len(text))
            string = text[at : at + choose.choice([2, 3, 5, 8])]
            if len(string) < 2:
                continue
            bigrams = [string[start : start + 2] for start in range(len(string) - 1)]
            query = (
                whoosh.query.Phrase("text_bigrams", bigrams)
                if len(bigrams) > 1
                else whoosh.query.Term("text_bigrams", string)
            )
            paths = {hit["path"] for hit in searcher.search(query, limit=None)}
            assert paths == {
                analyzed.article.path for analyzed in index_pair.articles.values() if string in analyzed.text.folded
            }


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", ["day", "time"])
def test_same_order_as_whoosh(index_pair: IndexPair, name: str, reverse: bool) -> None:
    every = whoosh.query.Every()
    with index_pair.searchers() as (ours, stock):
        result = ours.search(every, limit=None, sortedby=name, reverse=reverse)
        expected = stock.search(every, limit=None, sortedby=name, reverse=reverse)
        assert [hit["path"] for hit in result] == [hit["path"] for hit in expected]
        newest = ours.search(every, limit=3, sortedby=name, reverse=reverse)
        assert [hit["path"] for hit in newest] == [hit["path"] for hit in expected][:3]


def test_same_order_by_several_facets_as_whoosh(index_pair: IndexPair) -> None:
    every = whoosh.query.Every()
    with index_pair.searchers() as (ours, stock):
        facets = whoosh.sorting.MultiFacet([whoosh.sorting.FieldFacet("day", reverse=True), "time"])
        result, expected = (searcher.search(every, limit=None, sortedby=facets) for searcher in (ours, stock))
        assert [hit["path"] for hit in result] == [hit["path"] for hit in expected]


def test_scenarios_merge_spill_and_delete(tmp_path: Path) -> None:
    """The comparisons above depend on it."""
    index_pairs = [
        run_scenario(tmp_path / str(seed), seed, memory, commits=commits)
        for seed, memory, commits, _ in SCENARIOS
        if seed in (3, 9, 11)
    ]
    assert index_pairs[0].merges > 1
    assert [index_pair.max_runs > 1 for index_pair in index_pairs] == [False, True, True]
    for index_pair in index_pairs:
        with index_pair.readers() as (ours, _):
            assert ours.has_deletions()


def test_empty_index(tmp_path: Path) -> None:
    index_pair = IndexPair(tmp_path / "ours", tmp_path / "stock", LARGE_BUFFER)
    put = random_articles(random.Random(1), "abc")
    for step in range(3):
        if step == 1:
            index_pair.commit(put)
            index_pair.commit({}, list(put))
        elif step == 2:
            index_pair.optimize()
        with index_pair.readers() as (ours, stock):
            assert ours.doc_count() == stock.doc_count() == 0
            if step != 1:  # the terms of deleted articles stay until they are merged
                assert list(ours.all_terms()) == list(stock.all_terms()) == []
            searcher = whoosh.searching.Searcher(ours)
            assert len(searcher.search(whoosh.query.Every())) == 0
            assert len(searcher.search(whoosh.query.Prefix("text_words", "外"))) == 0
