"""An index of ours, opened as the Whoosh index it is, answers as one that Whoosh's own codec keeps of the articles.

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

with warnings.catch_warnings():  # as souwen itself imports it
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

PLENTY = 1 << 30  # bytes of memory for postings
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
SCORED = (*WORD_FIELDS, *NGRAM_SIZES)


def random_articles(choose: random.Random, ids: Iterable[str]) -> dict[str, AnalyzedArticle]:
    made = {}
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
        made[article_id] = AnalyzedArticle(
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
    return made


def whole(analyzed: AnalyzedArticle) -> dict[str, Any]:
    """The article as Whoosh's own writer takes it."""
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
    """The number of terms in each field that is scored."""
    return {
        f"{name}_{stream}": len(getattr(streams, stream))
        for name, streams in (("text", analyzed.text), ("title", analyzed.title))
        for stream in ("words", "bigrams", "unigrams")
    }


@dataclass
class Twins:
    """The same articles in an index of ours and in one of Whoosh's own."""

    ours: Path
    stock: Path
    memory: int
    articles: dict[str, AnalyzedArticle] = field(default_factory=dict)
    most_runs: int = 0
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
            self.most_runs = max(self.most_runs, len(list(self.ours.glob("*.tmp/*.run"))))
        stock = whoosh.index.open_dir(str(self.stock))
        stock_writer = stock.writer()
        for key in (*put, *delete):
            if key in self.articles:
                stock_writer.delete_by_term("id", self.articles[key].article.id)
        for analyzed in put.values():
            stock_writer.add_document(**whole(analyzed))
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


def scenario(folder: Path, seed: int, memory: int, *, commits: int, optimized: bool = False) -> Twins:
    choose = random.Random(seed)
    twins = Twins(folder / "ours", folder / "stock", memory)
    for _ in range(commits):
        present = sorted(twins.articles)
        fresh = [
            str(len(twins.articles) + number + choose.randrange(1000) * 1000) for number in range(choose.randrange(7))
        ]
        changed = choose.sample(present, min(len(present), choose.randrange(4)))
        gone = choose.sample(present, min(len(present), choose.randrange(4)))
        # An article keeps its id when it is replaced.
        put = random_articles(choose, [*fresh, *(key for key in changed if key not in gone)])
        for key in set(changed) & set(put):
            old = twins.articles[key].article
            new = put[key]
            article = Article(**{name: getattr(new.article, name) for name in Article.__slots__} | {"id": old.id})
            put[key] = AnalyzedArticle(article, new.text, new.title, new.entities, new.dates)
        twins.commit(put, gone)
    if optimized:
        twins.optimize()
    return twins


SCENARIOS = [
    (seed, memory, commits, optimized)
    for seed, (memory, commits, optimized) in enumerate(
        [
            (PLENTY, 1, False),
            (PLENTY, 2, False),
            (PLENTY, 8, False),
            (PLENTY, 12, False),
            (PLENTY, 9, True),
            (PLENTY, 3, True),
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
def twins(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Twins:
    seed, memory, commits, optimized = request.param
    return scenario(tmp_path_factory.mktemp("twins"), seed, memory, commits=commits, optimized=optimized)


def postings(reader: Any, name: str, term: bytes) -> list[tuple[int, float, Any]]:
    """What a posting list tells of each article that is not deleted."""
    matcher = reader.postings(name, term)
    found = []
    while matcher.is_active():
        positions = matcher.value_as("positions") if name in NGRAM_SIZES and NGRAM_SIZES[name] == 2 else None
        found.append((matcher.id(), matcher.weight(), positions))
        matcher.next()
    return found


def test_has_the_same_articles(twins: Twins) -> None:
    with twins.readers() as (ours, stock):
        assert ours.doc_count() == stock.doc_count() == len(twins.articles)
        assert ours.doc_count_all() == stock.doc_count_all()
        assert list(ours.all_doc_ids()) == list(stock.all_doc_ids())
        for number in ours.all_doc_ids():
            assert ours.stored_fields(number) == stock.stored_fields(number)
        expected = [stored_texts(analyzed, "digest") for analyzed in twins.articles.values()]
        assert sorted(map(repr, map(sorted_items, ours.all_stored_fields()))) == sorted(
            map(repr, map(sorted_items, expected))
        )


def sorted_items(values: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(values.items())


def test_has_the_same_terms_and_posting_lists(twins: Twins) -> None:
    with twins.readers() as (ours, stock):
        terms = list(stock.all_terms())
        assert list(ours.all_terms()) == terms
        assert sorted(ours.indexed_field_names()) == sorted({*SCORED, *KEYWORDS, *FACETS})
        for name, term in terms:
            assert (name, term) in ours
            assert ours.doc_frequency(name, term) == stock.doc_frequency(name, term), (name, term)
            assert ours.frequency(name, term) == stock.frequency(name, term), (name, term)
            assert postings(ours, name, term) == postings(stock, name, term), (name, term)
            info, expected = ours.term_info(name, term), stock.term_info(name, term)
            for value in ("weight", "doc_frequency", "max_weight", "min_id", "max_id"):
                assert getattr(info, value)() == getattr(expected, value)(), (name, term, value)
        for name in (*SCORED, *KEYWORDS, *FACETS):
            assert list(ours.lexicon(name)) == list(stock.lexicon(name)) == [term for at, term in terms if at == name]
            for start in ("", "词5", "\x00", "𠮷", "zz", "\U0010ffff"):
                behind = [found for found in ours.terms_from(name, start) if found[0] == name]
                assert behind == [found for found in stock.terms_from(name, start) if found[0] == name]
                assert list(ours.expand_prefix(name, start)) == list(stock.expand_prefix(name, start))


def test_a_term_that_no_article_has(twins: Twins) -> None:
    with twins.readers() as (ours, stock):
        for name in (*SCORED, *KEYWORDS, *FACETS):
            assert (name, "没有") not in ours
            assert ours.doc_frequency(name, "没有") == stock.doc_frequency(name, "没有") == 0
            assert ours.frequency(name, "没有") == stock.frequency(name, "没有") == 0
            for reader in (ours, stock):
                with pytest.raises(whoosh.reading.TermNotFound):
                    reader.postings(name, "没有")
                with pytest.raises(whoosh.reading.TermNotFound):
                    reader.term_info(name, "没有")


def test_has_the_true_lengths(twins: Twins) -> None:
    """Whoosh's own are rounded to a byte."""
    by_id = {analyzed.article.id: lengths(analyzed) for analyzed in twins.articles.values()}
    assert all(set(each) == set(SCORED) for each in by_id.values())
    with twins.readers() as (ours, _):
        for number in ours.all_doc_ids():
            stored = ours.stored_fields(number)
            expected = by_id[stored["id"] or stored["url"]]
            assert {name: ours.doc_field_length(number, name) for name in SCORED} == expected
        if ours.doc_count() == ours.doc_count_all():  # else deleted ones count until they are merged away
            for name in SCORED:
                of_name = [each[name] for each in by_id.values()]
                assert ours.field_length(name) == sum(of_name)
                assert ours.max_field_length(name) == max(of_name, default=0)


def random_queries(choose: random.Random, count: int) -> Iterator[str]:
    """Queries in Whoosh's own language. NOT stands with something else: alone it finds deleted articles, in Whoosh."""
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
        some = [leaf() for _ in range(3)]
        yield choose.choice(
            ["{0}", "{0}", "{0} AND {1}", "{0} OR {1}", "{0} NOT {1}", "({0} OR {1}) AND NOT {2}"]
        ).format(*some)


def test_answers_as_whoosh_does(twins: Twins) -> None:
    choose = random.Random(twins.ours.as_posix()[-8:])
    with twins.searchers() as (ours, stock):
        parser = whoosh.qparser.QueryParser("text_words", schema())
        for text in random_queries(choose, 60):
            query = parser.parse(text)
            found, expected = ours.search(query, limit=None), stock.search(query, limit=None)
            assert sorted(found.docs()) == sorted(expected.docs()), text
            assert len(found) == len(expected)
            assert {hit["path"] for hit in found} == {hit["path"] for hit in expected}
        for analyzed in list(twins.articles.values())[:10]:
            for name, values in article_keywords(analyzed).items():
                for value in values:
                    term = whoosh.query.Term(name, value)
                    assert set(term.docs(ours)) == set(term.docs(stock))


def test_every_phrase_is_found_where_it_stands(twins: Twins) -> None:
    choose = random.Random(5)
    with twins.searchers() as (searcher, _):
        for _ in range(30 if twins.articles else 0):
            text = choose.choice(list(twins.articles.values())).text.folded
            at = choose.randrange(len(text))
            string = text[at : at + choose.choice([2, 3, 5, 8])]
            if len(string) < 2:
                continue
            pairs = [string[start : start + 2] for start in range(len(string) - 1)]
            query = (
                whoosh.query.Phrase("text_bigrams", pairs)
                if len(pairs) > 1
                else whoosh.query.Term("text_bigrams", string)
            )
            found = {hit["path"] for hit in searcher.search(query, limit=None)}
            assert found == {each.article.path for each in twins.articles.values() if string in each.text.folded}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", ["day", "time"])
def test_sorts_as_whoosh_does(twins: Twins, name: str, reverse: bool) -> None:
    every = whoosh.query.Every()
    with twins.searchers() as (ours, stock):
        found = ours.search(every, limit=None, sortedby=name, reverse=reverse)
        expected = stock.search(every, limit=None, sortedby=name, reverse=reverse)
        assert [hit["path"] for hit in found] == [hit["path"] for hit in expected]
        newest = ours.search(every, limit=3, sortedby=name, reverse=reverse)
        assert [hit["path"] for hit in newest] == [hit["path"] for hit in expected][:3]


def test_sorts_by_several_facets_as_whoosh_does(twins: Twins) -> None:
    every = whoosh.query.Every()
    with twins.searchers() as (ours, stock):
        facets = whoosh.sorting.MultiFacet([whoosh.sorting.FieldFacet("day", reverse=True), "time"])
        found, expected = (each.search(every, limit=None, sortedby=facets) for each in (ours, stock))
        assert [hit["path"] for hit in found] == [hit["path"] for hit in expected]


def test_the_scenarios_merge_spill_and_delete(tmp_path: Path) -> None:
    """Else what is compared above would be less than it says."""
    made = [
        scenario(tmp_path / str(seed), seed, memory, commits=commits)
        for seed, memory, commits, _ in SCENARIOS
        if seed in (3, 9, 11)
    ]
    assert made[0].merges > 1
    assert [each.most_runs > 1 for each in made] == [False, True, True]
    for each in made:
        with each.readers() as (ours, _):
            assert ours.has_deletions()


def test_an_index_of_nothing(tmp_path: Path) -> None:
    twins = Twins(tmp_path / "ours", tmp_path / "stock", PLENTY)
    put = random_articles(random.Random(1), "abc")
    for step in range(3):
        if step == 1:
            twins.commit(put)
            twins.commit({}, list(put))
        elif step == 2:
            twins.optimize()
        with twins.readers() as (ours, stock):
            assert ours.doc_count() == stock.doc_count() == 0
            if step != 1:  # the terms of deleted articles stay until they are merged away
                assert list(ours.all_terms()) == list(stock.all_terms()) == []
            searcher = whoosh.searching.Searcher(ours)
            assert len(searcher.search(whoosh.query.Every())) == 0
            assert len(searcher.search(whoosh.query.Prefix("text_words", "外"))) == 0
