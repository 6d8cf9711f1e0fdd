"""Every engine returns the same results as the default engine, for the same articles and queries."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from souwen.engines import DEFAULT_ENGINE, DEFAULT_WRITE_BUFFER
from souwen.indexer import IndexReport, build_index
from souwen.query import FACET_FIELDS, Results, Searcher
from souwen.query.reranker import RERANK_DEPTH

from ..conftest import SEEDS
from ..query.test_documentation import ARTICLES as PAGE_ARTICLES
from ..query.test_documentation import EXAMPLES

# Relative. Engines may store the length of an article in a byte, up to an eighth too short. If a single term scores,
# errors do not cancel out: they reach .089 (Tantivy) and .098 (servers) here, .073 for all other queries.
SCORE_TOLERANCE = 0.1
PAGE_LENGTH = 24
# Hits that are compared if there are more than PAGE_LENGTH. If there are more than the reranker's candidates, one hit
# may be missing, which is the last candidate of one engine and just after the last of the other.
COMPARED_LENGTH = 15
GENERATED_COUNT = 200
REAL_COUNT = 120
WORDS = """
外交 会谈 总统 南京市 市长 长江大桥 中国 美国 中美关系 台湾海峡 台灣海峽 和平 與 稳定 贸易 貿易額 增长
百分之十二 12% 第十一轮 第11輪 2023年9月28日 9月28号 二〇二三年九月二十八日 2023-09-28
布林肯 安东尼·布林肯 安東尼-布林肯 川普 特朗普 Trump 北京 上海 清华大学 华大基因 中华人民共和国 研究生
研究 生命 起源 Ａ股 C++ .NET iPhone15 ＡＢＣ公司 COVID-19 17.0.3 １２３
beijing 欧盟 歐盟 外交部 发言人 表示 说 的 了 在 是 什么 经济 發展 𠮷野家 😀 한국 東京タワー
国务卿 访问 舉行 谈判 坦诚、深入 “建设性” 气候变化 能源 石油 价格 上涨 下跌
""".split()
MARKS = ["，", "。", "！", "、", " ", "\n", "：", "（", "）", "「", "」"]
SOURCES = ["RFI", "BBC", "美国之音", "聯合早報", ""]
QUERIES = Path(__file__).with_name("queries.txt").read_text("utf-8").splitlines()


class SearcherPair(NamedTuple):
    """The same articles in an index of the default engine and in one of the tested engine."""

    default: Searcher
    tested: Searcher


def generated(seed: int, numbers: range) -> list[dict[str, str]]:
    """Return records of articles: of all lengths, some without title, body, date or source."""
    records = []
    for number in numbers:
        choose = random.Random(f"{seed}-{number}")

        def text(size: int, choose: random.Random = choose) -> str:
            return "".join(choose.choice(MARKS if choose.random() < 0.2 else WORDS) for _ in range(size)).strip()

        record = {
            "id": str(number),
            "title": text(choose.choice([1, 3, 6, 9])) if number % 11 else "",
            "body": text(choose.choice([0, 1, 8, 30, 80, 400] if number % 17 else [1]))
            + ("文" if number % 11 == 0 else ""),
            "source": choose.choice(SOURCES),
            "section": choose.choice(["国际", "经济 财经", ""]),
            "author": choose.choice(["张三", "李四", ""]),
        }
        if number % 7:
            record["date"] = (
                f"{choose.choice([1999, 2021, 2023])}-{choose.choice(['01', '09'])}-{choose.randint(1, 28):02}"
            )
        if number % 3 == 0:
            record["url"] = f"https://news.example.org/{choose.choice(['cn', 'tw'])}/{number}"
        records.append(record)
    return records


def written(records: list[dict[str, str]], folder: Path) -> Path:
    file = folder / "articles.jsonl"
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return file


def differences(query: str, default: Results, tested: Results, *, rescored: bool = True) -> list[str]:
    """Return visible differences, apart from the order of hits with nearly the same score."""
    problems = []
    for name in ("total", "full", "notes", "suggestions"):
        if getattr(default, name) != getattr(tested, name):
            problems.append(f"{query}: {name} is {getattr(tested, name)}, not {getattr(default, name)}")
    by_id = {hit.id: hit for hit in tested}
    shown = list(default) if default.total <= PAGE_LENGTH else list(default)[:COMPARED_LENGTH]
    missing = (
        {hit.id for hit in shown} - by_id.keys()
        if default.total > PAGE_LENGTH
        else {hit.id for hit in shown} ^ by_id.keys()
    )
    if len(missing) > (default.total > RERANK_DEPTH):
        return [*problems, f"{query}: finds different articles, {sorted(missing)[:5]}"]
    shown = [hit for hit in shown if hit.id in by_id]
    for hit in shown:
        other = by_id[hit.id]
        for name in (
            "title",
            "full",
            "published",
            "source",
            "section",
            "entities",
            "snippets",
            "title_highlights",
            "url",
        ):
            if getattr(hit, name) != getattr(other, name):
                problems.append(f"{query}: {name} of {hit.id} is {getattr(other, name)}, not {getattr(hit, name)}")
        if rescored and other.score != pytest.approx(hit.score, rel=SCORE_TOLERANCE, abs=1e-3):
            problems.append(f"{query}: {hit.id} scores {other.score}, not {hit.score}")
    if rescored:
        for position, hit in enumerate(shown):
            for later in shown[position + 1 :]:
                swapped = by_id[hit.id].rank > by_id[later.id].rank
                if swapped and (later.full != hit.full or later.score < hit.score * (1 - 2 * SCORE_TOLERANCE) - 1e-3):
                    problems.append(f"{query}: {later.id} ({later.score}) ranks before {hit.id} ({hit.score})")
    return problems


def compare(pair: SearcherPair, queries: list[str], **options: object) -> int:
    """Assert that both give the same results, and return how many queries had any."""
    problems: list[str] = []
    answered = 0
    for query in queries:
        default, tested = (searcher.search(query, limit=PAGE_LENGTH, **options) for searcher in pair)  # type: ignore[arg-type]
        problems += differences(query, default, tested, rescored=options.get("sort") != "date")
        if options.get("sort") == "date":
            assert [hit.published for hit in default] == [hit.published for hit in tested], query
        answered += default.total > 0
    assert not problems, "\n".join(problems[:20]) + f"\n… {len(problems)} differences"
    return answered


@pytest.fixture(scope="module")
def make_pair(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., SearcherPair]]:
    """Return a function that indexes paths with both engines.

    If both are the default engine, the second index is written with a small buffer, so that its segments differ.
    """
    opened: list[Searcher] = []

    def make(*paths: Path) -> SearcherPair:
        folders = [tmp_path_factory.mktemp(name) for name in (DEFAULT_ENGINE, engine)]
        memory = 1 << 20 if engine == DEFAULT_ENGINE else DEFAULT_WRITE_BUFFER
        reports = [build_index(paths, folders[0]), build_index(paths, folders[1], engine=engine, memory=memory)]
        assert reports[0] == reports[1]
        assert reports[0].added
        opened.extend(map(Searcher, folders))
        return SearcherPair(*opened[-2:])

    yield make
    for searcher in opened:
        searcher.close()


@pytest.fixture(scope="module")
def pair(make_pair: Callable[..., SearcherPair], tmp_path_factory: pytest.TempPathFactory) -> SearcherPair:
    """Generated articles, and the seeds."""
    return make_pair(written(generated(1, range(GENERATED_COUNT)), tmp_path_factory.mktemp("generated")), SEEDS)


def test_query_language(pair: SearcherPair) -> None:
    assert compare(pair, QUERIES) > 80


def test_documented_examples(make_pair: Callable[..., SearcherPair], tmp_path: Path) -> None:
    (tmp_path / "articles.jsonl").write_text("\n".join(PAGE_ARTICLES), "utf-8")
    pair = make_pair(tmp_path)
    compare(pair, [query for query, _ in EXAMPLES])
    for query, expected in EXAMPLES:
        assert sorted(hit.id for hit in pair.tested.search(query)) == [
            digit for digit in expected if digit.isdigit()
        ], query


def test_filters_and_dates_as_parameters(pair: SearcherPair) -> None:
    texts = ["外交", "美国国务卿布林肯访问北京举行会谈", "的", "-外交", "没有这样的词语"]
    assert compare(pair, texts, source=["rfi", "BBC"], since="2021") == 4
    assert compare(pair, texts, section="国际", until="2023-01") == 4
    assert compare(pair, texts, entity="布林肯") >= 3
    assert compare(pair, texts, about=["2023-09-28", "1998..1999"]) >= 3
    assert compare(pair, texts, person=["布林肯", "特朗普"]) >= 3
    assert compare(pair, texts, place="北京", organisation="外交部") >= 2
    assert compare(pair, ["person:布林肯 -place:北京", "org:外交部", "机构:北京 OR 地点:北京"]) == 3


def test_facets_entities_and_timelines(pair: SearcherPair) -> None:
    """Counts are exactly the same, because they are not rounded."""
    counted = 0
    for query in ("外交", "的", "美国国务卿布林肯访问北京举行会谈", "-外交", "person:布林肯", "没有这样的词语", "，"):
        default_results, tested_results = (
            searcher.search(query, facets=FACET_FIELDS, facet_limit=1000) for searcher in pair
        )
        assert default_results.facets == tested_results.facets, query
        assert set(default_results.facets) == set(FACET_FIELDS)
        counted += sum(map(len, default_results.facets.values()))
        assert pair.default.entities(query, limit=50) == pair.tested.entities(query, limit=50)
        assert pair.default.timeline(query) == pair.tested.timeline(query)
    assert counted > 500
    for options in ({}, {"since": "2022", "source": "rfi"}, {"with_entities": "布林肯", "over_time": True}):
        default_results, tested_results = (searcher.entities(**options) for searcher in pair)  # type: ignore[arg-type]
        assert default_results == tested_results
        assert len(default_results.entities) > 5
    assert len(pair.tested.timeline(by="year").counts) > 20


def test_sorted_by_date(pair: SearcherPair) -> None:
    assert (
        compare(pair, ["外交", "中国 -美国", "title:外交", "source:rfi", "欧盟外交部发言人谈能源价格上涨"], sort="date")
        == 5
    )


def test_recency(pair: SearcherPair) -> None:
    assert compare(pair, ["外交", "布林肯在北京说了什么"], recency=500.0) == 2


def test_pages_partition_the_results(pair: SearcherPair) -> None:
    for query in ("外交", "美国国务卿布林肯访问北京举行会谈"):
        whole = [hit.id for hit in pair.tested.search(query, limit=1000)]
        pages = [pair.tested.search(query, limit=7, offset=offset) for offset in range(0, len(whole) + 7, 7)]
        assert len(whole) > 30
        assert {page.total for page in pages} == {len(whole)}
        assert sorted(hit.id for page in pages for hit in page) == sorted(whole)
        assert [hit.rank for page in pages for hit in page] == list(range(1, len(whole) + 1))


def test_explanations_add_up(pair: SearcherPair) -> None:
    for query in ("外交", "布林肯在北京说了什么", "title:外交", "abc 会谈"):
        default_results, tested_results = (searcher.search(query, limit=3, explain=True) for searcher in pair)
        for hit in tested_results:
            assert hit.explanation
            score = sum(part for _, part in hit.explanation.terms)
            for _, factor in hit.explanation.factors:
                score *= factor
            assert hit.score == pytest.approx(score, rel=1e-3)
        for default_hit, other in zip(default_results, tested_results, strict=True):
            if default_hit.id == other.id:
                assert default_hit.explanation
                assert other.explanation
                assert {name for name, _ in default_hit.explanation.terms} == {
                    name for name, _ in other.explanation.terms
                }


def test_suggestions_articles_and_statistics(pair: SearcherPair) -> None:
    for prefix in ("外", "wai", "wj", "台", "iph", "C", "没有"):
        assert pair.default.suggest(prefix, 20) == pair.tested.suggest(prefix, 20), prefix
    for number in ("0", "6", "17", "https://news.example.org/cn/3", "9999", ""):
        assert pair.default.article(number) == pair.tested.article(number)
    statistics = pair.tested.statistics()
    assert statistics.articles == pair.default.statistics().articles
    assert statistics.size_bytes > 10_000


def test_near_duplicates_and_related_articles(make_pair: Callable[..., SearcherPair], tmp_path: Path) -> None:
    records = [record for record in generated(5, range(40)) if len(record["body"]) > 200]
    copies = [
        {**record, "id": f"{record['id']}-copy", "url": "", "title": "转载", "body": record["body"][:-50]}
        for record in records
    ]
    pair = make_pair(written([*records, *copies], tmp_path))
    for record in records:
        reprints_found = [{reprint.id for reprint in searcher.reprints(record["id"]) or ()} for searcher in pair]
        assert reprints_found == [{f"{record['id']}-copy"}] * 2
        for searcher in pair:
            hits = searcher.related(record["id"]) or ()
            assert len(hits) > 3
            assert not {hit.id for hit in hits} & {record["id"], f"{record['id']}-copy"}
    for query in ("外交", "布林肯", "中国 -美国"):
        default_results, tested_results = (searcher.search(query, limit=100) for searcher in pair)
        assert {frozenset({hit.id, *(reprint.id for reprint in hit.reprints)}) for hit in default_results} == {
            frozenset({hit.id, *(reprint.id for reprint in hit.reprints)}) for hit in tested_results
        }
        assert any(hit.reprints for hit in default_results)


def random_strings(records: list[dict[str, str]], count: int) -> list[str]:
    """Return queries for strings of the articles, quoted or not, with random operators."""
    choose = random.Random(9)
    texts = [f"{record['title']}。{record['body']}" for record in records]
    queries = []
    for _ in range(count):
        strings = []
        for _ in range(choose.randint(1, 3)):
            text = choose.choice(texts)
            start = choose.randrange(len(text))
            strings.append(text[start : start + choose.choice([1, 2, 3, 5, 8, 13, 30])])
        shown = [choose.choice(["{}", "{}", '"{}"', "-{}", "title:{}"]).format(string) for string in strings]
        queries.append(choose.choice([" ", " ", " OR "]).join(shown))
    return queries


def test_random_strings(pair: SearcherPair) -> None:
    assert compare(pair, random_strings(generated(1, range(GENERATED_COUNT)), 60)) > 40


def test_real_articles(make_pair: Callable[..., SearcherPair], rfi: Path) -> None:
    files = random.Random(3).sample(sorted(rfi.rglob("*.txt")), REAL_COUNT)
    pair = make_pair(*files)
    titles = [hit.title for query in ("中国", "法国") for hit in pair.default.search(query, limit=12)]
    bodies = [hit.snippets[0].text for hit in pair.default.search("美国", limit=12)]
    assert compare(pair, [*titles, *bodies, *(f'"{body[3:9]}"' for body in bodies), *QUERIES[:60]]) > 60


def report_counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.deleted, report.skipped


def assert_same_as_fresh(updated: Searcher, fresh: Searcher, queries: list[str], *, rescored: bool) -> None:
    """Assert that replaced articles affect no result, except scores on servers until they are merged."""
    problems: list[str] = []
    for query in queries:
        default_results, tested_results = (searcher.search(query, limit=100) for searcher in (fresh, updated))
        assert default_results.total <= 100
        assert {hit.id: hit.full for hit in default_results} == {hit.id: hit.full for hit in tested_results}, query
        problems += differences(query, default_results, tested_results, rescored=rescored)
    assert not problems, "\n".join(problems[:20]) + f"\n… {len(problems)} differences"


def test_updates_and_rebuilds_while_a_reader_is_open(engine: str, tmp_path: Path) -> None:
    index, articles = tmp_path / "index", tmp_path / "articles"
    articles.mkdir()
    first, second = generated(1, range(60)), generated(1, range(60))
    for record in second[::4]:
        record["body"] += "。新的内容：墨西哥"
    written(first, articles)
    assert report_counts(build_index(articles, index, engine=engine)) == (60, 0, 0, 0)
    assert report_counts(build_index(articles, index)) == (0, 0, 0, 60)
    with Searcher(index) as before:
        assert before.search("墨西哥").total == 0
        written([*second, *generated(2, range(60, 70))], articles)
        assert report_counts(build_index(articles, index)) == (10, 15, 0, 45)
        assert before.search("墨西哥").total == 0
        assert before.statistics().articles == 60
        expected = tmp_path / "expected"
        build_index(articles, expected)
        with Searcher(index) as after, Searcher(expected) as fresh:
            assert after.statistics().articles == 70
            assert {hit.id for hit in after.search('"新的内容：墨西哥"', limit=100)} == {
                record["id"] for record in second[::4]
            }
            queries = [*QUERIES, *random_strings(first, 60)]
            assert_same_as_fresh(after, fresh, queries, rescored=engine != "opensearch")
        written(first[:20], articles)
        report = build_index(articles, index, engine=engine, rebuild=True, from_files=True)
        assert report_counts(report) == (20, 0, 0, 0)
        assert before.search("外交").total
        with Searcher(index) as rebuilt:
            assert rebuilt.statistics().articles == 20
            assert rebuilt.search("墨西哥").total == 0


def test_many_small_commits(engine: str, tmp_path: Path) -> None:
    index = tmp_path / "index"
    (tmp_path / "articles").mkdir()
    for number in range(12):
        records = generated(3, range(number * 3, number * 3 + 4))  # the last one is repeated in the next batch
        build_index(written(records, tmp_path / "articles"), index, engine=engine)
    whole = tmp_path / "whole"
    build_index(written(generated(3, range(37)), tmp_path / "articles"), whole)
    with Searcher(index) as after, Searcher(whole) as fresh:
        assert after.statistics().articles == 37
        assert_same_as_fresh(after, fresh, QUERIES, rescored=engine != "opensearch")
