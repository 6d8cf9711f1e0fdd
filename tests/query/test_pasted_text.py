"""Texts as queries: what is read as a text, what of it is punctuation, and that it finds its article."""

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.query import Hit, Searcher
from souwen.query.executor import MAX_QUERY_LENGTH
from souwen.query.pasted_text import MAX_KEYWORDS

from ..conftest import SEEDS, tries

Index = Callable[..., Searcher]
HEADLINES = (
    ("人物：李飞飞的人工智能之路", "李飞飞谈到她的研究经历与未来。"),
    ("机构：明年房价或小幅下跌", "多家机构发布报告。"),
    ("来源：水的故事", "水从何来。"),
    ("日期：一个被遗忘的约定", "小说连载。"),
    ('习近平称"绝不承诺放弃使用武力"引发热议', "外电报道。"),
    ("颁奖礼", "两位美女的表情都亮了。当晚星光熠熠。"),
    ("元文宗图帖睦尔（Tugh Temur）两度即位", "元朝第八位皇帝。"),
    ("TO BE OR NOT TO BE：哈姆雷特的选择题在今天的回响", "莎士比亚的名剧。"),
    ("【快讯】#两会#政府工作报告发布 记者@新华社 报道", "更多内容见 https://example.org/a-b?id=7 。"),
    ("北方强冷空气南下 气温骤降至-10°C", "多地发布寒潮预警 - 责任编辑:王明"),
)


@pytest.fixture(scope="module")
def headlines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    import json

    from souwen.indexer import build_index

    folder = tmp_path_factory.mktemp("headlines")
    records = [
        {"id": str(number), "title": title, "body": body, "source": "RFI"}
        for number, (title, body) in enumerate(HEADLINES, start=1)
    ]
    (folder / "articles.jsonl").write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    build_index([folder / "articles.jsonl"], folder / "index")
    with Searcher(folder / "index") as searcher:
        yield searcher


def kinds(searcher: Searcher, query: str) -> list[str]:
    return [note.kind for note in searcher.search(query).notes]


@pytest.mark.parametrize(("number", "headline"), list(enumerate((title for title, _ in HEADLINES), 1)))
def test_a_headline_finds_its_article_first(headlines: Searcher, number: int, headline: str) -> None:
    assert headlines.search(headline).hits[0].id == str(number)


@pytest.mark.parametrize(
    ("query", "article"),
    [
        pytest.param("两位美女的表情都亮了。 来源：新浪娱乐", "6", id="byline behind a sentence"),
        pytest.param("两位美女的表情都亮了。来源:新浪娱乐 编辑:王明", "6", id="byline with half-width colons"),
        pytest.param("来源：水的故事", "3", id="short headline that begins like a filter"),
        pytest.param('"绝不承诺放弃使用武力"引发国际社会热议', "5", id="quoted words inside a text"),
        pytest.param("习近平称“绝对不承诺放弃使用武力”引发热议", "5", id="misquoted"),
        pytest.param("元文宗图帖睦尔 （Tugh Temur） 两度即位", "7", id="Latin name in brackets"),
        pytest.param("图帖睦尔(又名(Tugh Temur)两度即位当皇帝", "7", id="unbalanced brackets"),
        pytest.param("骤降至-10°C的强冷空气", "10", id="minus inside"),
        pytest.param("北方强冷空气南下 -新华网", "10", id="byline after a hyphen"),
        pytest.param("*北方强冷空气*南下，气温*骤降", "10", id="asterisks are no wildcards"),
        pytest.param("多地发布寒潮预警 - 责任编辑:王明", "10", id="hyphen and colon of a byline"),
        pytest.param("#两会# 快讯 -新华社 @新闻", "9", id="topic and account"),
        pytest.param("冷空气 http://t.example/a-b -寒潮", "10", id="link"),
        pytest.param("source:rfi 北方强冷空气南下气温骤降", "10", id="filter before"),
        pytest.param("北方强冷空气南下气温骤降 source:rfi", "10", id="filter after"),
        pytest.param("来源：RFI 北方强冷空气南下气温骤降", "10", id="filter before, full-width colon"),
    ],
)
def test_a_text_finds_its_article_first(headlines: Searcher, query: str, article: str) -> None:
    assert headlines.search(query).hits[0].id == article


@pytest.mark.parametrize(
    "query",
    [
        "-source:rfi 北方强冷空气南下气温骤降",
        "北方强冷空气南下气温骤降 source:bbc",
        "source:bbc 北方强冷空气南下气温骤降",
    ],
)
def test_a_filter_beside_a_text_counts(headlines: Searcher, query: str) -> None:
    results = headlines.search(query)
    assert (results.hits[0].id, results.full) == ("10", 0)
    assert [note.kind for note in results.notes] == ["without"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        pytest.param("北方强冷空气南下气温骤降 -新华网", "text", id="minus"),
        pytest.param("北方强冷空气南下，气温骤降 NOT 寒潮", "text", id="NOT"),
        pytest.param('北方强冷空气南下气温骤降 "寒潮"', "text", id="quoted part"),
    ],
)
def test_a_note_names_the_operators_that_are_punctuation(headlines: Searcher, query: str, kind: str) -> None:
    assert kind in kinds(headlines, query)


def test_a_note_names_a_filter_that_was_read_as_words(headlines: Searcher) -> None:
    notes = headlines.search("人物：没有此人 气温").notes
    assert "no article matches the filter 人物：没有此人" in notes[0].message
    assert headlines.search("人物：李飞飞的人工智能之路").notes == ()  # nobody means this as a filter


def test_keywords_keep_their_operators(index_of: Index) -> None:
    searcher = index_of("北京市海淀区人民法院判决", "上海市浦东新区人民法院判决", "外交新闻")
    results = searcher.search("北京市海淀区人民法院 OR 上海市浦东新区人民法院")
    assert results.full == 2
    assert results.notes == ()
    assert [hit.id for hit in searcher.search('判决 -"浦东新区"')] == ["1"]
    assert [hit.id for hit in searcher.search("人物：外交部长 OR 外交")] == ["3"]


def test_a_long_quotation_is_exact(index_of: Index) -> None:
    quotation = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    searcher = index_of(quotation, quotation[:-1] + "完")
    assert [hit.id for hit in searcher.search(f'"{quotation}"')] == ["1"]


def test_more_words_than_anybody_lists_are_a_text(index_of: Index) -> None:
    searcher = index_of("外交新闻", "天气预报")
    query = " ".join(chr(0x5000 + number) * 2 for number in range(MAX_KEYWORDS)) + " 外交"
    assert [hit.id for hit in searcher.search(query)] == ["1"]


def test_long_texts_are_read_up_to_their_limit(headlines: Searcher) -> None:
    filler = "这是一段与此无关的文字，谈论天气和旅行。"
    text = filler * (MAX_QUERY_LENGTH // len(filler) - 2) + "元文宗图帖睦尔两度即位。"
    assert headlines.search(text).hits[0].id == "7"
    assert "cut" in kinds(headlines, text + filler * 3)


def sentences() -> list[tuple[int, str]]:
    return [
        (number, sentence)
        for number, (title, body) in enumerate(HEADLINES, start=1)
        for sentence in (title, f"{title} {body}")
        if len(sentence) > 10
    ]


@pytest.mark.soak
@settings(max_examples=tries(100, 10_000))
@given(
    st.sampled_from(sentences()),
    st.lists(st.sampled_from([*'"“”「」()（）【】-－|：/\\@#…—～&+ \n', "来源：", " -", "source："]), max_size=6),
    st.randoms(use_true_random=False),
)
def test_a_sentence_with_punctuation_sprinkled_over_it_finds_its_article(
    headlines: Searcher, sentence: tuple[int, str], marks: list[str], rng: random.Random
) -> None:
    """Marks stand where words are not cut: the test is of reading, not of misspelled words.

    None begins the query: "…" is exact, and -"…" excludes. A half-width colon, which makes a filter, is not among them.
    """
    number, text = sentence
    for mark in marks:
        index = rng.choice([len(text), *(index for index in range(1, len(text)) if not text[index].isalnum())])
        text = text[:index] + mark + text[index:]
    assert is_found(headlines.search(text).hits, str(number)), text


def is_found(hits: tuple[Hit, ...], article_id: str) -> bool:
    return any(article_id in (hit.id, *(reprint.id for reprint in hit.reprints)) for hit in hits)


def test_sentences_of_the_seeds_find_their_articles(seeds: Searcher) -> None:
    for article in seeds.articles():
        assert any(SEEDS.name in part for part in (article.path,))
        for line in (article.title, *article.body.split("\n")):
            if line.strip():
                assert is_found(seeds.search(line).hits, article.id), line
