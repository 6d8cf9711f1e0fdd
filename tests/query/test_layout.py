"""Text with gaps is found like text without them, by every engine, and highlighted as written."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from souwen.analysis import fold, remove_gaps
from souwen.engines import ENGINES, EngineUnavailable
from souwen.indexer import build_index
from souwen.query import Searcher

from ..conftest import ids

Index = Callable[..., Searcher]
GAPS = [" ", "\u3000", "\n", "  ", "\xa0"]
SENTENCES = (
    "中国共产党第十九次全国代表大会在北京召开。",
    "国务院总理在人民大会堂会见了外国客人，并发表讲话。",
    "南京市长江大桥昨天重新通车，市长到场。",
    "外交部发言人说，双方就气候变化交换了意见。",
    "经济学家认为，房地产市场今年可能继续下跌。",
    "清华大学研究生院公布了新的招生办法。",
)
QUERIES = (
    *(
        "中国共产党",
        "代表大会",
        "人民大会堂",
        "长江大桥",
        "外交部发言人",
        "气候变化",
        "房地产市场",
        "研究生院",
        "第十九",
    ),
    *("经济学家 房地产", "总理 客人", "清华大学公布新的招生办法", "国务院总理在人民大会堂会见了谁"),
)


def with_gaps(text: str, rng: random.Random, share: float) -> str:
    """Return the text with white space after a share of its characters."""
    return "".join(character + (rng.choice(GAPS) if rng.random() < share else "") for character in text).strip()


@pytest.fixture(scope="module", params=ENGINES)
def spaced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """An index with each sentence as it is (p0 …) and with gaps of three densities (g0-0 …)."""
    rng = random.Random(19)
    folder = tmp_path_factory.mktemp("spaced")
    records = [{"id": f"p{number}", "body": sentence} for number, sentence in enumerate(SENTENCES)]
    for number, sentence in enumerate(SENTENCES):
        for copy, share in enumerate((0.1, 0.4, 1.0)):
            records.append({"id": f"g{number}-{copy}", "body": with_gaps(sentence, rng, share)})
    (folder / "a.jsonl").write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    try:
        build_index([folder / "a.jsonl"], folder / "index", engine=request.param)
    except EngineUnavailable as error:
        pytest.skip(str(error))
    with Searcher(folder / "index") as searcher:
        yield searcher


def found(searcher: Searcher, query: str) -> set[str]:
    """Return the ids of all hits and of the reprints that they stand for."""
    results = searcher.search(query, limit=100)
    return {article.id for hit in results for article in (hit, *hit.reprints)}


def copies(number: int) -> set[str]:
    return {f"p{number}", *(f"g{number}-{copy}" for copy in range(3))}


@pytest.mark.parametrize("query", [*QUERIES, *(f'"{query}"' for query in QUERIES if " " not in query)])
def test_a_query_finds_with_gaps_what_it_finds_without(spaced: Searcher, query: str) -> None:
    hits = found(spaced, query)
    for number in range(len(SENTENCES)):
        if f"p{number}" in hits:
            assert copies(number) <= hits
    assert hits or query == '"国务院总理在人民大会堂会见了谁"' or query == '"清华大学公布新的招生办法"'


def test_every_quoted_string_finds_all_copies_and_is_highlighted_with_its_gaps(spaced: Searcher) -> None:
    rng = random.Random(7)
    for _ in range(120):
        number = rng.randrange(len(SENTENCES))
        start = rng.randrange(len(SENTENCES[number]) - 1)
        string = SENTENCES[number][start : start + rng.randint(1, 9)]
        typed = with_gaps(string, rng, rng.choice([0.0, 0.5]))
        assert copies(number) <= found(spaced, f'"{typed}"'), typed
        for article_id in copies(number):
            stored, ranges = spaced.article(article_id), spaced.highlights(article_id, f'"{typed}"')
            assert stored is not None
            assert ranges is not None
            written = [stored.article.body[low:high] for low, high in ranges.body]
            assert {remove_gaps(fold(text)) for text in written} == {remove_gaps(fold(string))}
            assert all(text == text.strip() for text in written)


@pytest.mark.parametrize("query", ["人民大会堂", "长江大桥", "房地产市场", '"气候变化"'])
def test_snippets_mark_words_with_their_gaps(spaced: Searcher, query: str) -> None:
    word = query.strip('"')
    for hit in spaced.search(query, limit=100):
        marked = [snippet.text[low:high] for snippet in hit.snippets for low, high in snippet.highlights]
        assert [remove_gaps(text.replace("\n", " ")) for text in marked] == [word]


@pytest.mark.parametrize("query", ["中 国 共 产 党", "中　国　共　产　党", '"中 国 共 产 党"', '"中国 共产党"'])
def test_spaced_characters_of_a_query_find_the_word(spaced: Searcher, query: str) -> None:
    assert found(spaced, query) == copies(0)


def test_a_space_between_words_of_a_query_still_means_and(index_of: Index) -> None:
    searcher = index_of("中美举行外交会谈。", "外交官谈中美关系。", "中国与美国。", "中美外交")
    assert set(ids(searcher, "中美 外交")) >= {"1", "4"}
    assert "3" not in ids(searcher, "中美 外交")


def test_spaced_characters_rank_the_word_first_and_still_match_apart(index_of: Index) -> None:
    searcher = index_of("王先生到了，毅力很强。", "外长王　毅到访。", "昨天外长王毅抵达。", "李先生。")
    hits = ids(searcher, "王　毅")
    assert set(hits[:2]) == {"2", "3"}
    assert hits[2:] == ["1"]
    assert set(ids(searcher, "王 毅 外长")) == {"2", "3"}


def test_spaced_characters_are_highlighted_apart_only_where_they_stand_apart(index_of: Index) -> None:
    searcher = index_of("王先生到了，毅力很强。", "外长王　毅到访，王家。")
    marked = {
        hit.id: [snippet.text[low:high] for snippet in hit.snippets for low, high in snippet.highlights]
        for hit in searcher.search("王 毅")
    }
    assert marked == {"1": ["王", "毅"], "2": ["王　毅"]}


def test_people_and_authors_with_gaps_are_filtered_without(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"id": "1", "body": "出席会议的有：王　毅、李　明、张志军。", "author": "周　云"}\n'
        '{"id": "2", "body": "王毅抵达首都。", "author": "周云"}\n',
        "utf-8",
    )
    build_index([tmp_path / "a.jsonl"], tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        assert set(ids(searcher, "person:王毅")) == set(ids(searcher, '人物:"王　毅"')) == {"1", "2"}
        assert set(ids(searcher, "author:周云")) == set(ids(searcher, "作者:周　云")) == {"1", "2"}
        assert set(ids(searcher, "人物:王　毅")) == {"1", "2"}
        assert ids(searcher, "人物:李　明 出席") == ["1"]
        assert searcher.search('人物:王 "毅"').full == 0  # no person is named 王
        stored = searcher.article("1")
        assert stored is not None
        assert [mention.text for mention in stored.entities if mention.kind == "person"] == ["王毅", "李明", "张志军"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "春晓\n\n春眠不觉晓，\n处处闻啼鸟。\n"),
        ("a.md", "# 春晓\n\n春眠不觉晓，\n处处闻啼鸟。\n"),
        ("a.html", "<html><body><h1>春晓</h1><p>春眠不觉晓，<br>处处闻啼鸟。</p></body></html>"),
        ("a.csv", '标题,正文\n春晓,"春眠不觉晓，\n处处闻啼鸟。"\n'),
        ("a.json", '{"title": "春晓", "body": "春眠不觉晓，\\n　　处处闻啼鸟。"}'),
    ],
)
def test_a_couplet_on_two_lines_is_found_on_one(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    build_index([tmp_path / name], tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (hit,) = searcher.search('"春眠不觉晓，处处闻啼鸟"')
        (snippet,) = hit.snippets
        ((start, end),) = snippet.highlights
        assert "".join(snippet.text[start:end].split()) == "春眠不觉晓，处处闻啼鸟"
