"""An engine finds what brute force finds, over random articles, updates and deletions."""

import random
from pathlib import Path

import pytest

from souwen.analysis import Analyzer, Article, fold
from souwen.engines import All, AnyOf, AtLeast, Clause, Contains, Days, Has, IndexDirectory, Keyword, Not, Request

ANALYZER = Analyzer()
WORDS = ["外交", "会谈", "总统", "南京市", "市长", "长江大桥", "A股", "，", "。", "中国", "美国", "iPhone15"]


def articles(seed: int, count: int) -> dict[str, Article]:
    choose = random.Random(seed)
    made = {}
    for number in range(count):
        title, body = ("".join(choose.choices(WORDS, k=size)) for size in (3, choose.randrange(12)))
        made[str(number)] = Article(id=str(number), title=title, body=body, source=choose.choice(["甲", "乙"]))
    return made


def holds(article: Article, clause: Clause) -> bool:
    """What the contract says, done the slow way."""
    texts = {"title": [article.title], "body": [article.body], "text": [article.title, article.body]}
    match clause:
        case Has(field, word):
            return any(word == found.term for text in texts[field] for found in ANALYZER.words(text))
        case Contains(field, string):
            return any(string in fold(text) for text in texts[field])
        case Keyword("source", value):
            return article.source == value
        case All(clauses):
            return all(holds(article, child) for child in clauses)
        case AnyOf(clauses):
            return any(holds(article, child) for child in clauses)
        case AtLeast(count, clauses):
            return sum(holds(article, child) for child in clauses) >= count
        case Not(inner):
            return not holds(article, inner)
    raise AssertionError(clause)


def clauses(seed: int, count: int) -> list[Clause]:
    choose = random.Random(seed)
    leaves: list[Clause] = [Has(field, word) for field in ("text", "title", "body") for word in ("外交", "市长", "15")]
    leaves += [
        Contains(field, s) for field in ("text", "title", "body") for s in ("国", "市长", "市长江", "交，", "one1")
    ]
    leaves += [Keyword("source", "甲")]
    made = []
    for _ in range(count):
        some = tuple(choose.sample(leaves, 3))
        made.append(
            choose.choice([All(some[:2]), AnyOf(some), AtLeast(2, some), All((Not(some[0]), some[1])), some[0]])
        )
    return made


def write(directory: IndexDirectory, *, put: dict[str, Article], delete: list[str] | None = None) -> None:
    opened = directory.open("fingerprint")
    with opened.writer() as writer:
        for prepared in opened.prepare((ANALYZER.analyse(article), "digest") for article in put.values()):
            writer.put(prepared)
        for article_id in delete or []:
            writer.delete(article_id)


@pytest.fixture
def directory(tmp_path: Path) -> IndexDirectory:
    made = IndexDirectory(tmp_path)
    with made.lock(1):
        meta, _ = made.draft("fingerprint", "whoosh")
        made.publish(meta)
    return made


def test_finds_what_brute_force_finds(directory: IndexDirectory) -> None:
    expected = articles(1, 60)
    write(directory, put=expected)
    changed = {key: article for key, article in articles(2, 60).items() if int(key) % 3 == 0}
    write(directory, put=changed, delete=["1", "31", "no such id"])
    expected |= changed
    del expected["1"], expected["31"]
    reader = directory.open("fingerprint").reader()
    assert reader.statistics().articles == len(expected)
    matched = 0
    for clause in clauses(3, 80):
        found = reader.search(Request(match=clause, limit=100))
        ids = {stored.article.id for stored in reader.fetch([candidate.key for candidate in found.candidates])}
        assert ids == {key for key, article in expected.items() if holds(article, clause)}, clause
        assert found.total == len(ids) == reader.count(clause)
        matched += bool(ids)
    assert matched > 40
    reader.close()


def test_tiers_come_before_scores_and_are_counted(directory: IndexDirectory) -> None:
    write(directory, put=articles(4, 40))
    reader = directory.open("fingerprint").reader()
    tiers = (Contains("text", "市长江"), Has("text", "外交"))
    found = reader.search(Request(match=All(()), tiers=tiers, limit=100))
    assert [candidate.tier for candidate in found.candidates] == sorted(
        candidate.tier for candidate in found.candidates
    )
    assert found.tier_totals == (reader.count(tiers[0]), reader.count(All((tiers[1], Not(tiers[0])))))
    assert found.total == 40
    reader.close()


def test_stored_articles_come_back_whole(directory: IndexDirectory, seeds_index: Path) -> None:
    with_everything = Article(
        id="x", title="题", body="文\n二", url="https://a.b/c", source="s", section="t", author="u", lead="v", path="p"
    )
    write(directory, put={"x": with_everything})
    reader = directory.open("fingerprint").reader()
    stored = reader.find("x")
    assert stored is not None
    assert stored.article == with_everything
    assert reader.find("y") is None
    assert reader.count(Days()) == 0  # undated
    reader.close()
    seeds = IndexDirectory(seeds_index).open(ANALYZER.fingerprint).reader()
    assert seeds.count(Days()) == 2
    seeds.close()


def test_a_reader_keeps_what_it_opened(directory: IndexDirectory) -> None:
    write(directory, put=articles(5, 3))
    before = directory.open("fingerprint").reader()
    write(directory, put={}, delete=["0"])
    assert before.count(All(())) == 3
    after = directory.open("fingerprint").reader()
    assert after.count(All(())) == 2
    before.close()
    after.close()
