"""Facet counts of every engine, against counts over the articles."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest

from souwen.analysis import Article
from souwen.engines import (
    MATCH_ALL,
    MATCH_NONE,
    Clause,
    FacetField,
    FacetValue,
    IndexDirectory,
    Keyword,
    Not,
    Reader,
    SearchRequest,
    Substring,
    Term,
)
from souwen.engines.facets import MAX_VALUE_LENGTH
from souwen.engines.opensearch.server import Server

from .conftest import ANALYZER, write

FIELDS: tuple[FacetField, ...] = get_args(FacetField)
SENTENCES = (
    "国务卿安东尼·布林肯抵达北京。布林肯说，谈判将继续。",
    "国务卿安东尼-布林肯会见王毅。",
    "布林肯离开华盛顿。",
    "國務卿安東尼·布林肯抵達北京。",
    "总统乔·拜登签署法案。",
    "路透社说，中国外交部发言人汪文斌没有回答。",
    "欧盟与俄罗斯继续谈判。",
    "没有名字。",
)

NAMES = ("entity", "person", "place", "organisation")


def article(number: int, choose: random.Random) -> Article:
    published = datetime(2022, 11, 1, 23, tzinfo=timezone(timedelta(hours=8))) + timedelta(days=choose.randrange(500))
    return Article(
        id=str(number),
        title=choose.choice(SENTENCES),
        body="".join(choose.choices(SENTENCES, k=choose.randrange(4))),
        url=choose.choice(["", f"https://www.rfi.fr/cn/{number}"]),
        published=choose.choice([published, published, None]),
        source=choose.choice(["RFI", "rfi", "BBC 中文网", "聯合早報", "", "\udcff甲", "源" * (MAX_VALUE_LENGTH + 9)]),
        section=choose.choice(["国际", "经济 财经", "a\tb\\c", ""]),
        author=choose.choice(["", "O'Brien", "张三"]),
    )


def make_articles(seed: int, numbers: range) -> dict[str, Article]:
    choose = random.Random(seed)
    return {str(number): article(number, choose) for number in numbers}


def expected_counts(articles: dict[str, Article], field: FacetField) -> list[tuple[str, int]]:
    """Return the values of a facet with their counts over all these articles."""
    counts: Counter[str] = Counter()
    for article in articles.values():
        if field in ("year", "month", "day"):
            day = article.published.date().isoformat() if article.published else ""
            values = {day[: {"year": 4, "month": 7, "day": 10}[field]]}
        elif field in NAMES:
            values = {value for kind, value in expected_names(article) if field in ("entity", kind)}
        else:
            values = {str(getattr(article, field))[:MAX_VALUE_LENGTH].replace("\udcff", "?")}
        counts.update(values - {""})
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def expected_names(article: Article) -> set[tuple[str, str]]:
    """Return kind and canonical name of the entities in these sentences: full names, and a last name on its own."""
    mentions = [(name.kind, name.text.replace("-", "·")) for name in ANALYZER.analyze(article).entities]
    blinken_mentions = [text for _, text in mentions if text.endswith("布林肯")]
    full_names = Counter(text for text in blinken_mentions if "·" in text)
    most_frequent = full_names.most_common(1)[0][0] if full_names else "布林肯"
    first = min((blinken_mentions.index(text) for text in full_names), default=0)
    alone = "布林肯" if first > 1 else most_frequent
    return {
        (kind, {"布林肯": alone}.get(text, most_frequent if text in blinken_mentions else text))
        for kind, text in mentions
    }


def facets(reader: Reader, match: Clause, tiers: tuple[Clause, ...] = (), limit: int = 1000) -> dict[str, object]:
    result = reader.search(SearchRequest(match=match, tiers=tiers, limit=0, facets=FIELDS, facet_limit=limit))
    assert len(result.facets) == len(FIELDS)
    return dict(zip(FIELDS, map(list, result.facets), strict=True))


def expected(articles: dict[str, Article], limit: int = 1000) -> dict[str, object]:
    return {field: expected_counts(articles, field)[:limit] for field in FIELDS}


def test_empty_index_has_no_values(opened: Callable[[], Reader]) -> None:
    assert facets(opened(), MATCH_ALL) == {field: [] for field in FIELDS}


def test_every_match_counts_once(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    articles = make_articles(1, range(150))
    write(directory, articles)
    reader = opened()
    counts = facets(reader, MATCH_ALL)
    assert counts == expected(articles)
    assert {"安东尼·布林肯", "安東尼·布林肯", "布林肯"} < {value for value, _ in counts["person"]}  # type: ignore[attr-defined]
    assert facets(reader, MATCH_ALL, limit=2) == expected(articles, 2)
    assert facets(reader, MATCH_NONE) == {field: [] for field in FIELDS}


def test_matches_of_all_tiers_count(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    articles = make_articles(2, range(100))
    write(directory, articles)
    matching = {key: article for key, article in articles.items() if "谈判" in article.title + article.body}
    tiers = (Term("title", "谈判"), Substring("text", "布林肯"))
    assert facets(opened(), Substring("text", "谈判"), tiers) == expected(matching)
    others = {key: article for key, article in articles.items() if key not in matching}
    assert facets(opened(), Not(Substring("text", "谈判")), tiers) == expected(others)


def test_counts_after_replacing_deleting_and_merging(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    articles: dict[str, Article] = {}
    before = opened()
    for seed in range(8):
        put = make_articles(10 + seed, range(seed * 20, seed * 20 + 30))  # ten replace earlier ones
        deleted = tuple(str(number) for number in range(seed * 20, seed * 20 + 30, 7) if str(number) in articles)
        write(directory, {key: article for key, article in put.items() if key not in deleted}, deleted, memory=1 << 15)
        articles = {key: article for key, article in (articles | put).items() if key not in deleted}
        assert facets(opened(), MATCH_ALL) == expected(articles)
    assert facets(before, MATCH_ALL) == {field: [] for field in FIELDS}


def test_facet_value_matches_the_articles_it_counts(directory: IndexDirectory, opened: Callable[[], Reader]) -> None:
    write(directory, make_articles(3, range(60)))
    reader = opened()
    for field in ("source", "section", "author", *NAMES):
        for value, articles in facets(reader, MATCH_ALL)[field]:  # type: ignore[attr-defined]
            assert reader.count(FacetValue(field, value)) == articles, value  # type: ignore[arg-type]
    assert reader.count(FacetValue("person", "拜登")) == 0  # a part of a name is not a value
    assert reader.count(Keyword("person", "拜登")) > 0
    assert reader.count(FacetValue("source", "www.rfi.fr")) == 0


def test_counts_over_shards_that_return_few_buckets(
    opensearch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUWEN_OPENSEARCH_SHARDS", "3")
    monkeypatch.setattr(Server, "max_buckets", 2)
    directory, articles = IndexDirectory(tmp_path), make_articles(4, range(90))
    with directory.lock(1):
        meta, _ = directory.create_draft(ANALYZER, opensearch)
        directory.activate(meta)
    write(directory, articles)
    reader = directory.open(ANALYZER.fingerprint).reader()
    assert facets(reader, MATCH_ALL, limit=2) == expected(articles, 2)
    reader.close()
