"""The contract of engines, for every engine, against brute force."""

import math
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from souwen.analysis import Article, ArticleFingerprint, fold, remove_gaps
from souwen.engines import (
    MATCH_ALL,
    MATCH_NONE,
    And,
    Clause,
    DateRange,
    IndexDirectory,
    Keyword,
    MinShouldMatch,
    Not,
    Or,
    Reader,
    ScoringTerm,
    SearchRequest,
    Substring,
    Term,
    top_terms,
)
from souwen.engines.simplify import simplify

from .conftest import ANALYZER, write

WORDS = ["外交", "会谈", "总统", "南京市", "市长", "长江大桥", "A股", "，", "。", "中国", "美国", "iPhone15"]


def articles(seed: int, count: int) -> dict[str, Article]:
    choose = random.Random(seed)
    articles = {}
    for number in range(count):
        title, body = ("".join(choose.choices(WORDS, k=size)) for size in (3, choose.randrange(12)))
        articles[str(number)] = Article(id=str(number), title=title, body=body, source=choose.choice(["甲", "乙"]))
    return articles


def matches(article: Article, clause: Clause) -> bool:
    """Return whether the article matches, computed without an index."""
    texts = {"title": [article.title], "body": [article.body], "text": [article.title, article.body]}
    match clause:
        case Term(field, word):
            return any(word == token.term for text in texts[field] for token in ANALYZER.tokenize(text))
        case Substring(field, string):
            return any(string in remove_gaps(fold(text)) for text in texts[field])
        case Keyword("source", value):
            return article.source == value
        case And(clauses):
            return all(matches(article, child) for child in clauses)
        case Or(clauses):
            return any(matches(article, child) for child in clauses)
        case MinShouldMatch(count, clauses):
            return sum(matches(article, child) for child in clauses) >= count
        case Not(inner):
            return not matches(article, inner)
    raise AssertionError(clause)


def clauses(seed: int, count: int) -> list[Clause]:
    choose = random.Random(seed)
    leaves: list[Clause] = [Term(field, word) for field in ("text", "title", "body") for word in ("外交", "市长", "15")]
    leaves += [
        Substring(field, s) for field in ("text", "title", "body") for s in ("国", "市长", "市长江", "交，", "one1")
    ]
    leaves += [Keyword("source", "甲")]
    clauses = []
    for _ in range(count):
        sample = tuple(choose.sample(leaves, 3))
        clauses.append(
            choose.choice(
                [And(sample[:2]), Or(sample), MinShouldMatch(2, sample), And((Not(sample[0]), sample[1])), sample[0]]
            )
        )
    return clauses


def ids(reader: Reader, request: SearchRequest) -> list[str]:
    """Return the ids of the matches, in order."""
    keys = [candidate.key for candidate in reader.search(request).candidates]
    return [stored.article.id for stored in reader.fetch(keys)]


def test_matches_are_those_of_brute_force(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    expected = articles(1, 60)
    write(directory, put=expected)
    changed = {key: article for key, article in articles(2, 60).items() if int(key) % 3 == 0}
    write(directory, put=changed, delete=["1", "31", "no such id"])
    expected |= changed
    del expected["1"], expected["31"]
    reader = opened()
    assert reader.statistics().articles == len(expected)
    matched = 0
    for clause in clauses(3, 80):
        result = reader.search(SearchRequest(match=clause, limit=100))
        stored = reader.fetch([candidate.key for candidate in result.candidates])
        ids_found = {match.article.id for match in stored}
        assert ids_found == {key for key, article in expected.items() if matches(article, clause)}, clause
        assert all(match.article == expected[match.article.id] for match in stored)
        assert result.total == len(ids_found) == reader.count(clause)
        matched += bool(ids_found)
    assert matched > 40


def test_substrings_match_exactly_and_never_across_title_and_body(
    directory: IndexDirectory, opened: Callable[[], Reader]
) -> None:
    odd = 'a\tb c\n𠮷野家\u3000(1+1)=2 \\ "q" ' + "x" * 3000
    write(
        directory,
        put={
            "1": Article(id="1", title="题目", body="目录。" + odd),
            "2": Article(id="2", title="题目录", body="一"),
            "3": Article(id="3", title="", body="题目。目录"),
            "4": Article(id="4", title="一", body=""),
        },
    )
    reader = opened()
    folded = remove_gaps(fold(odd))
    choose = random.Random(6)
    for _ in range(60):
        start = choose.randrange(60)
        string = folded[start : start + choose.randint(1, 9)]
        assert ids(reader, SearchRequest(match=Substring("text", string))).count("1") == 1, string
    expected_ids = {
        "题目录": ["2"],
        "题目": ["1", "2", "3"],
        "目。": ["3"],
        "目目": [],
        "目录": ["1", "2", "3"],
        "一": ["2", "4"],
        "x" * 500: ["1"],
        "𠮷": ["1"],
        "𠮷野": ["1"],
    }
    for string, expected in expected_ids.items():
        assert sorted(ids(reader, SearchRequest(match=Substring("text", string)))) == expected, string
    assert sorted(ids(reader, SearchRequest(match=Substring("title", "一")))) == ["4"]
    assert sorted(ids(reader, SearchRequest(match=Substring("body", "一")))) == ["2"]
    assert sorted(ids(reader, SearchRequest(match=Term("text", "x" * 64)))) == ["1"]


def test_keywords_and_date_ranges(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    beijing = timezone(timedelta(hours=8))
    dated = {
        "a b": Article(
            id="a b",
            title="美国国务卿布林肯访问北京",
            body="文",
            url="https://www.a-b.com/c?d=1 2",
            source="New York  Times",
            section="国际 新闻",
            author="Ｏ’Brien",
            published=datetime(2023, 9, 29, 1, tzinfo=beijing),  # the 28th in UTC
        ),
        "old": Article(
            id="old", title="旧", body="去年9月28日和目前", published=datetime(1931, 1, 1, tzinfo=timezone.utc)
        ),
        "undated": Article(id="undated", title="无", body="文", url="https://b.com/" + "路" * 3000),
    }
    write(directory, put=dated)
    reader = opened()
    sketch = ArticleFingerprint(dated["undated"]).sketch()
    assert [stored.sketch for stored in reader.articles() if stored.article.id == "undated"] == [sketch]
    assert len(list(reader.values("sketch"))) == 3
    expected: dict[Clause, set[str]] = {
        Keyword("id", "a b"): {"a b"},
        Keyword("id", "a"): set(),
        Keyword("url", "a-b.com"): {"a b"},
        Keyword("url", "https://www.a-b.com/c?d=1 2"): {"a b"},
        Keyword("url", "https://b.com/" + "路" * 3000): {"undated"},
        Keyword("source", "new york  times"): {"a b"},
        Keyword("source", "new"): set(),
        Keyword("section", "国际 新闻"): {"a b"},
        Keyword("author", "o'brien"): {"a b"},
        Keyword("entity", "北京"): {"a b"},
        Keyword("entity", ""): set(),
        Keyword("about", "1930-09-28"): {"old"},
        Keyword("about", "1930-09"): {"old"},
        Keyword("about", "1930"): {"old"},
        Keyword("about", "1931"): set(),
        Or(tuple(Keyword("sketch", value) for value in sketch)): {"undated"},
        MinShouldMatch(2, tuple(Keyword("sketch", value) for value in (*sketch, "0{#}"))): set(),
        Keyword("place", "北京"): {"a b"},
        Keyword("person", "北京"): set(),
        Keyword("person", "布林肯"): {"a b"},
        DateRange(): {"a b", "old"},
        DateRange(date(2023, 9, 29), date(2023, 9, 29)): {"a b"},
        DateRange(date(2023, 9, 28), date(2023, 9, 28)): set(),
        DateRange(None, date(1931, 1, 1)): {"old"},
        DateRange(date(1931, 1, 2), None): {"a b"},
        Not(DateRange()): {"undated"},
        Not(Not(DateRange())): {"a b", "old"},
        MATCH_ALL: {"a b", "old", "undated"},
        MATCH_NONE: set(),
        MinShouldMatch(1, ()): set(),
        MinShouldMatch(3, (DateRange(), Keyword("source", "b"))): set(),
    }
    for clause, expected_ids in expected.items():
        assert set(ids(reader, SearchRequest(match=clause))) == expected_ids, clause
        assert reader.count(clause) == len(expected_ids)
    assert "布林肯" in list(reader.values("entity"))
    assert sorted(reader.values("section")) == ["国际 新闻"]
    assert ids(reader, SearchRequest(match=MATCH_ALL, sort="newest")) == ["a b", "old", "undated"]
    assert reader.search(SearchRequest(match=MATCH_ALL, sort="newest", limit=1)).total == 3
    assert reader.search(SearchRequest(match=MATCH_ALL, limit=0)).total == 3
    assert len(reader.search(SearchRequest(match=MATCH_ALL, limit=10**30)).candidates) == 3


def test_tiers_rank_before_scores_and_are_counted(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    write(directory, put=articles(4, 40))
    reader = opened()
    tiers = (Substring("text", "市长江"), Term("text", "外交"))
    weights = (ScoringTerm("text", "words", "总统", 50.0), ScoringTerm("text", "bigrams", "会谈", 1.0))
    match = Not(Substring("title", "A股"))
    result = reader.search(SearchRequest(match=match, tiers=tiers, scoring_terms=weights, limit=100))
    order = [(candidate.tier, -candidate.score) for candidate in result.candidates]
    assert order == sorted(order)
    counts = Counter(candidate.tier for candidate in result.candidates)
    assert result.tier_totals == (counts[0], counts[1])
    assert result.tier_totals[0] == reader.count(And((match, tiers[0])))
    assert result.tier_totals[1] == reader.count(And((match, tiers[1], Not(tiers[0]))))
    assert result.total == reader.count(match) == len(result.candidates)
    assert all(result.tier_totals)
    for limit in (1, result.tier_totals[0], result.tier_totals[0] + 1, result.total - 1):
        first = reader.search(SearchRequest(match=match, tiers=tiers, scoring_terms=weights, limit=limit))
        assert (first.total, first.tier_totals, len(first.candidates)) == (result.total, result.tier_totals, limit)
        assert [(candidate.tier, round(candidate.score, 3)) for candidate in first.candidates] == [
            (candidate.tier, round(candidate.score, 3)) for candidate in result.candidates[:limit]
        ]


def test_scores_are_bm25(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    """With k1 1.2, b ¾ and Lucene's form: idf · tf / (tf + k1 · (1 - b + b · length / average)).

    Engines may round lengths.
    """
    bodies = {"1": "外交，外交，会谈。", "2": "外交。" + "中国，" * 30, "3": "总统", "4": "会谈"}
    write(directory, put={key: Article(id=key, title="", body=body) for key, body in bodies.items()})
    reader = opened()
    term = ScoringTerm("text", "words", "外交", 2.0)
    lengths = {key: len(ANALYZER.tokenize(body)) for key, body in bodies.items()}
    average = sum(lengths.values()) / 4
    idf = math.log(1 + 2.5 / 2.5)
    assert reader.idfs([term]) == pytest.approx([idf])
    assert reader.idfs([ScoringTerm("text", "words", "无此词", 1.0)]) == [0]
    assert reader.idfs([ScoringTerm("title", "words", "外交", 1.0)]) == [0]
    assert reader.idfs([ScoringTerm("text", "bigrams", "外交", 1.0)]) == pytest.approx([idf])
    assert reader.idfs([ScoringTerm("text", "unigrams", "外", 1.0)]) == pytest.approx([idf])

    def expected(key: str, count: int) -> float:
        return 2 * idf * count / (count + 1.2 * (0.25 + 0.75 * lengths[key] / average))

    result = reader.search(SearchRequest(match=Term("text", "外交"), scoring_terms=(term,)))
    by_id = {reader.fetch([candidate.key])[0].article.id: candidate for candidate in result.candidates}
    assert set(by_id) == {"1", "2"}
    assert by_id["1"].score == pytest.approx(expected("1", 2), rel=0.05)
    assert by_id["2"].score == pytest.approx(expected("2", 1), rel=0.05)
    other = ScoringTerm("text", "unigrams", "会", 1.0)
    parts = reader.explain(by_id["1"].key, [term, other, ScoringTerm("text", "words", "总统", 1.0)])
    assert parts[0] == pytest.approx(by_id["1"].score, rel=1e-3)
    assert parts[1] > 0
    assert parts[2] == 0
    both = reader.search(SearchRequest(match=Keyword("id", "1"), scoring_terms=(term, other))).candidates[0]
    assert both.score == pytest.approx(parts[0] + parts[1], rel=1e-3)
    assert reader.search(SearchRequest(match=Term("text", "总统"), scoring_terms=(term,))).candidates[0].score == 0


def test_vocabulary_counts_articles(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    write(directory, put=articles(5, 30))
    expected: Counter[str] = Counter()
    for article in articles(5, 30).values():
        words = ANALYZER.analyze(article).text.words
        expected.update(set(words))
    assert dict(opened().vocabulary()) == expected


@pytest.fixture
def fresh_directory(engine: str, tmp_path_factory: pytest.TempPathFactory) -> IndexDirectory:
    """A second empty index."""
    directory = IndexDirectory(tmp_path_factory.mktemp("fresh"))
    with directory.lock(1):
        meta, _ = directory.create_draft(ANALYZER, engine)
        directory.activate(meta)
    return directory


def test_replaced_articles_do_not_affect_idf_vocabulary_and_scores(
    directory: IndexDirectory, fresh_directory: IndexDirectory, opened: Callable[[], Reader], engine: str
) -> None:
    """An updated index gives the same results as a fresh one."""
    old, new = articles(6, 40), articles(7, 60)
    old["1"] = Article(id="1", title="墨西哥", body="墨西哥")  # has words of its own
    write(directory, put=old)
    write(directory, put={key: new[key] for key in ("1", *map(str, range(20, 60)))}, delete=["2", "3"])
    last = {key: new[key] if key == "1" or int(key) >= 20 else old[key] for key in new.keys() - {"2", "3"}}
    write(fresh_directory, put={key: last[key] for key in sorted(last, key=int)})
    reader, other = opened(), fresh_directory.open(ANALYZER.fingerprint).reader()
    terms = [
        ScoringTerm(field, stream, term, 1.0)
        for field in ("text", "title")
        for stream, sample in (
            ("words", [*WORDS, "墨西哥"]),
            ("bigrams", ["外交", "交外", "墨西"]),
            ("unigrams", "国，墨"),
        )
        for term in sample
    ]
    assert reader.idfs(terms) == other.idfs(terms)
    assert reader.idfs(terms[::-1]) == other.idfs(terms[::-1])
    assert len(set(reader.idfs(terms))) > 10
    assert reader.vocabulary() == other.vocabulary()
    if engine != "opensearch":  # servers count deleted articles in scores
        request = SearchRequest(match=MATCH_ALL, scoring_terms=tuple(terms), limit=100)
        scores = [
            {
                key: candidate.score
                for key, candidate in zip(ids(searched, request), searched.search(request).candidates, strict=True)
            }
            for searched in (reader, other)
        ]
        assert scores[0] == pytest.approx(scores[1], rel=0.02 if engine == "tantivy" else 1e-9)
        key = reader.search(request).candidates[0].key
        assert sum(reader.explain(key, terms)) == pytest.approx(max(scores[0].values()), rel=1e-3)
    other.close()


def test_vocabulary_of_a_large_index_counts_deleted_articles(
    directory: IndexDirectory, opened: Callable[[], Reader], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until their segment is merged, because an exact count would take long."""
    if engine == "opensearch":
        pytest.skip("servers count only the articles of the commit, in indexes of any size")
    write(directory, put=articles(6, 40))
    before = opened().vocabulary()
    write(directory, put={}, delete=["1", "2", "3"])
    counted = opened().vocabulary()
    module = {"whoosh": "whoosh.vocabulary", "tantivy": "tantivy.document_frequencies"}[engine]
    monkeypatch.setattr(f"souwen.engines.{module}.MAX_ARTICLES_FOR_EXACT_COUNTS", 39)
    assert opened().vocabulary() == before != counted


def test_vocabulary_is_limited_to_the_most_frequent_words(
    directory: IndexDirectory, opened: Callable[[], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(directory, put=articles(5, 200))
    all_words = opened().vocabulary()
    assert all_words == sorted(all_words, key=lambda counted: (-counted[1], counted[0]))
    assert len(all_words) > 15
    for max_words in (1, 7, len(all_words) - 1, len(all_words)):
        monkeypatch.setattr(top_terms, "MAX_VOCABULARY", max_words)
        assert opened().vocabulary() == all_words[:max_words]


def test_limited_vocabulary_of_several_segments_is_nearly_exact(
    directory: IndexDirectory, opened: Callable[[], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts may be a little too low."""
    expected: Counter[str] = Counter()
    for start, end in pairwise((0, 120, 220, 310, 390)):  # sizes at which Whoosh does not merge them
        bodies = {
            str(i): " ".join([f"u{i}", *(f"w{n}" for n in range(300) if i % (n % 40 + 1) == 0)])
            for i in range(start, end)
        }
        write(directory, put={key: Article(id=key, title="", body=body) for key, body in bodies.items()})
        for body in bodies.values():
            expected.update({word.term for word in ANALYZER.tokenize(body)})
    all_words = opened().vocabulary()
    assert all_words == sorted(expected.items(), key=lambda counted: (-counted[1], counted[0]))
    monkeypatch.setattr("souwen.engines.whoosh.vocabulary._WORDS_PER_STEP", 2)
    for max_words in (50, 100, 200):
        monkeypatch.setattr(top_terms, "MAX_VOCABULARY", max_words)
        counts_found = opened().vocabulary()
        min_count = all_words[max_words - 1][1]
        assert counts_found == sorted(counts_found, key=lambda counted: (-counted[1], counted[0]))
        assert len(counts_found) == max_words
        assert all(expected[word] - min_count < articles <= expected[word] for word, articles in counts_found)
        assert {word for word, articles in all_words if articles >= 2 * min_count} <= dict(counts_found).keys()


def test_stored_articles_are_complete(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    published = datetime(2023, 9, 29, 10, 45, tzinfo=timezone(timedelta(hours=2)))
    whole = Article(
        id="x", title="布林肯访华", body="周四，布林肯9月28号说目前\n2023年", url="https://a.b/c", published=published,
        source="s", section="t", author="u", lead="v", path="p",
    )  # fmt: skip
    write(directory, put={"x": whole, "y": Article(id="y", title="别", body="")})
    reader = opened()
    stored = reader.find("x")
    assert stored is not None
    assert (stored.article, stored.digest) == (whole, "digest")
    assert stored.entities == ANALYZER.analyze(whole).entities
    assert stored.dates == ANALYZER.analyze(whole).dates
    assert [str(mention.period) for mention in stored.dates] == ["2023-09-28", "2023-09-28", "None", "2023"]
    assert reader.find("z") is None
    assert reader.find("") is None
    assert reader.digests(["z", "x", "y"]) == {"x": "digest", "y": "digest"}
    assert reader.digests([]) == {}
    keys = {article.article.id: key for key in all_keys(reader) for article in reader.fetch([key])}
    assert [article.article.id for article in reader.fetch([keys["y"], keys["x"], keys["y"]])] == ["y", "x", "y"]


def all_keys(reader: Reader) -> list[int]:
    return [candidate.key for candidate in reader.search(SearchRequest(match=MATCH_ALL)).candidates]


def test_reader_is_a_snapshot(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    write(directory, put=articles(5, 3))
    before = opened()
    write(directory, put={"1": Article(id="1", title="新", body="")}, delete=["0"])
    after = opened()
    assert (before.count(MATCH_ALL), after.count(MATCH_ALL)) == (3, 2)
    titles = {
        key: [stored and stored.article.title for stored in map(reader.find, "012")]
        for key, reader in (("before", before), ("after", after))
    }
    as_made = [article.title for article in articles(5, 3).values()]
    assert titles == {"before": as_made, "after": [None, "新", as_made[2]]}


def test_failed_transaction_changes_nothing(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    write(directory, put=articles(5, 3))
    engine = directory.open(ANALYZER.fingerprint)

    def stop() -> None:
        with engine.writer() as writer:
            for prepared in engine.prepare([(ANALYZER.analyze(Article(id="9", title="新", body="文")), "digest")]):
                writer.put(prepared)
            writer.delete("0")
            assert opened().count(MATCH_ALL) == 3  # nothing is visible before the commit
            raise KeyError

    with pytest.raises(KeyError):
        stop()
    assert sorted(ids(opened(), SearchRequest(match=MATCH_ALL))) == ["0", "1", "2"]
    write(directory, put={"9": Article(id="9", title="新", body="文")})
    assert opened().statistics().articles == 4


def test_empty_index(opened: Callable[[], Reader]) -> None:
    reader = opened()
    request = SearchRequest(
        match=MATCH_ALL, tiers=(Term("text", "外交"),), scoring_terms=(ScoringTerm("text", "words", "外交", 1.0),)
    )
    result = reader.search(request)
    assert (result.total, result.tier_totals, result.candidates) == (0, (0,), ())
    assert reader.count(Substring("body", "外交")) == 0
    assert (list(reader.vocabulary()), list(reader.values("source")), reader.fetch([])) == ([], [], [])
    assert reader.find("1") is None
    assert reader.statistics().articles == 0


def test_simplified_clause_matches_the_same_where_the_assumption_holds() -> None:
    leaves = clauses(8, 60)
    choose = random.Random(8)
    shorter = 0
    for _ in range(300):
        sample = tuple(choose.sample(leaves, 2))
        tier = choose.choice([And(sample), Or(sample), And((Or(sample), leaves[0]))])
        inside = choose.sample([*leaves[:6], *sample, Or(sample), MATCH_NONE, MATCH_ALL], 3)
        clause = choose.choice([And, Or, lambda sample: MinShouldMatch(2, sample), lambda sample: Not(sample[0])])(
            tuple(inside)
        )
        simplified = simplify(clause, assuming=tier)
        shorter += simplified != clause
        for article in articles(8, 60).values():
            if matches(article, tier):
                assert matches(article, simplified) == matches(article, clause), (clause, tier)
    assert shorter > 100
