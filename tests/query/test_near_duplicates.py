"""Collapsing of reprints: one is listed with the others, and the pages of such a list fit together."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from souwen.indexer import build_index
from souwen.query import Searcher
from souwen.query.near_duplicates import COLLAPSE_DEPTH, reprints_note

WORDS = "总统 会谈 外交 贸易 增长 城市 交通 学校 医院 科学 石油 价格 公司 法院 选举 军队 海洋 农业 天气 音乐".split()
Record = dict[str, str]
MakeSearcher = Callable[[list[Record]], Searcher]


def story(number: int, size: int = 80) -> str:
    """Return a different text for each number."""
    rng = random.Random(number)
    return f"外交新闻{number}。" + "，".join(rng.choice(WORDS) + rng.choice(WORDS) for _ in range(size))


def record(article_id: str, body: str, **fields: str) -> Record:
    return {"id": article_id, "title": f"第{article_id}篇", "body": body, "date": "2023-09-29", **fields}


def open_index(folder: Path, records: list[Record]) -> Searcher:
    """Index the records and open the index."""
    lines = (json.dumps(fields, ensure_ascii=False) for fields in records)
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    build_index(folder / "a.jsonl", folder / "index", jobs=1)
    return Searcher(folder / "index")


@pytest.fixture
def searcher_of(tmp_path: Path) -> Iterator[MakeSearcher]:
    searchers: list[Searcher] = []

    def make(records: list[Record]) -> Searcher:
        searchers.append(open_index(tmp_path, records))
        return searchers[-1]

    yield make
    for searcher in searchers:
        searcher.close()


def test_one_reprint_is_listed_with_the_others(searcher_of: MakeSearcher) -> None:
    body = story(1)
    searcher = searcher_of(
        [
            record("甲", body, source="甲报", url="https://a.example/1"),
            record("乙", "编者按。" + body[:300], source="乙报"),
            record("丙", story(2), source="丙报"),
        ]
    )
    results = searcher.search("外交新闻")
    assert (results.total, results.full, len(results)) == (3, 3, 2)
    assert [hit.rank for hit in results] == [1, 2]
    (collapsed,) = [hit for hit in results if hit.reprints]
    assert {collapsed.id, collapsed.reprints[0].id} == {"甲", "乙"}
    other = collapsed.reprints[0]
    assert other == next(reprint for reprint in searcher.reprints(collapsed.id) or ())
    assert (other.title, other.source) == (f"第{other.id}篇", f"{other.id}报")
    assert reprints_note(collapsed.reprints) == f"1 reprint: {other.source}"
    uncollapsed = searcher.search("外交新闻", collapse=False)
    assert {hit.id for hit in uncollapsed} == {"甲", "乙", "丙"}
    assert not any(hit.reprints for hit in uncollapsed)


def test_only_matching_reprints_are_listed_with_a_hit(searcher_of: MakeSearcher) -> None:
    searcher = searcher_of([record(name, story(1), source=f"{name}报") for name in "甲乙丙"])
    (hit,) = searcher.search("外交", source=["甲报", "丙报"])
    assert {hit.id, *(reprint.id for reprint in hit.reprints)} == {"甲", "丙"}
    assert {reprint.id for reprint in searcher.reprints("甲") or ()} == {"乙", "丙"}
    assert searcher.reprints("丁") is None


STORIES, COPIES = COLLAPSE_DEPTH // 2, 3


@pytest.fixture(scope="module")
def reprint_searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """An index of more articles than are collapsed, most of them reprints."""
    folder = tmp_path_factory.mktemp("many")
    records = [
        record(f"{number}-{copy}", story(number) + "。" * copy, date=f"2023-{1 + number % 12:02}-{1 + number % 28:02}")
        for number in range(STORIES)
        for copy in range(COPIES)
    ]
    with open_index(folder, records) as searcher:
        yield searcher


@pytest.mark.parametrize("sort", ["relevance", "date"])
def test_every_article_is_on_one_page_once(reprint_searcher: Searcher, sort: Literal["relevance", "date"]) -> None:
    """This holds for articles after the first `COLLAPSE_DEPTH`, too."""
    hits = list(reprint_searcher.search("外交新闻", sort=sort, limit=1000))
    listed = [hit.id for hit in hits]
    all_ids = [*listed, *(reprint.id for hit in hits for reprint in hit.reprints)]
    assert len(all_ids) == len(set(all_ids)) == STORIES * COPIES
    assert len(listed) <= STORIES * COPIES - COLLAPSE_DEPTH // 2
    for size in (7, 100):
        pages = [
            reprint_searcher.search("外交新闻", sort=sort, limit=size, offset=offset)
            for offset in range(0, len(listed) + 1, size)
        ]
        assert [hit.id for page in pages for hit in page] == listed
        assert [hit.reprints for page in pages for hit in page] == [hit.reprints for hit in hits]
        assert [hit.rank for page in pages for hit in page] == list(range(1, len(listed) + 1))
        assert {page.total for page in pages} == {STORIES * COPIES}
    assert reprint_searcher.search("外交新闻", sort=sort, limit=0).hits == ()


def test_sorted_by_date_the_newest_reprint_is_listed(searcher_of: MakeSearcher) -> None:
    searcher = searcher_of(
        [
            record("first", story(1), date="2023-09-27"),
            record("between", story(2), date="2023-09-28"),
            record("again", story(1), date="2023-09-29"),
        ]
    )
    hits = searcher.search("外交新闻", sort="date").hits
    assert [(hit.id, [reprint.id for reprint in hit.reprints]) for hit in hits] == [
        ("again", ["first"]),
        ("between", []),
    ]


def test_a_hit_is_a_full_match_if_its_listed_article_is(searcher_of: MakeSearcher) -> None:
    searcher = searcher_of(
        [
            *(record(name, "国会选举结果公布之后总统讲话。" + story(1)) for name in "甲乙丙"),
            record("丁", "国会讲话总统"),
        ]
    )
    results = searcher.search("国会选举结果公布总统讲话")
    assert (results.full, results.total) == (3, 4)
    assert [(hit.full, len(hit.reprints)) for hit in results] == [(True, 2), (False, 0)]
