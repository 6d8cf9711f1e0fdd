"""Near-duplicate detection recognizes reprints with editorial changes, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import opencc
import pytest

from souwen.analysis import SHARED_VALUES, Analyzer, Article, ArticleFingerprint, split_sketch
from souwen.query import Searcher

MORNING = datetime(2023, 9, 29, 8, tzinfo=timezone(timedelta(hours=8)))
RATES = "今日人民币市场汇价公布如下：美元兑人民币中间价报{}，欧元兑人民币报{}，英镑报{}，港元报{}，日元报{}。" * 3
WEATHER = "据中央气象台网站消息，今天白天到夜间，华北大部多云转{}，气温{}到{}度，{}风三到四级，请市民出行注意安全。" * 4


def shortened(article: Article) -> Article:
    """Without its second paragraph and those after the sixth."""
    paragraphs = article.body.split("\n")
    return replace(article, body="\n".join(paragraphs[:1] + paragraphs[2:6]))


def with_added_line(article: Article) -> Article:
    return replace(article, body="（本报综合报道）以下为法国国际广播电台的报道全文。\n" + article.body)


def traditional(article: Article) -> Article:
    convert = opencc.OpenCC("s2t").convert
    return replace(article, title=convert(article.title), body=convert(article.body))


def with_other_names(article: Article) -> Article:
    body = article.body.replace("康达", "坎达").replace("布林肯", "布林肯国务卿").replace("杨涛", "楊濤司长")
    return replace(article, title="另一标题", body=body.replace("美国国防部", "五角大厦"))


def with_other_punctuation(article: Article) -> Article:
    body = article.body.translate(str.maketrans("，“”。", ",「」．"))
    return replace(article, body=body.replace("\n", "\n\n　　"))


CHANGES = [shortened, with_added_line, traditional, with_other_names, with_other_punctuation]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_article_is_a_reprint_of_its_original_only(
    seeds: Searcher, change: Callable[[Article], Article]
) -> None:
    first, second = (replace(article, published=MORNING) for article in seeds.articles())
    for article, other in ((first, second), (second, first)):
        changed = replace(change(article), id="changed", source="转载者", published=MORNING + timedelta(hours=20))
        assert changed.body != article.body
        assert ArticleFingerprint(changed).is_reprint_of(ArticleFingerprint(article))
        assert ArticleFingerprint(article).is_reprint_of(ArticleFingerprint(changed))
        assert (
            len(set(ArticleFingerprint(changed).sketch()) & set(ArticleFingerprint(article).sketch())) >= SHARED_VALUES
        )
        assert not ArticleFingerprint(changed).is_reprint_of(ArticleFingerprint(other))


@pytest.mark.parametrize(
    ("body", "other_body"),
    [
        pytest.param(
            RATES.format(*"6.7890 7.2311 8.5402 0.8701 0.0489".split() * 3),
            RATES.format(*"6.8123 7.1987 8.6114 0.8795 0.0501".split() * 3),
            id="exchange rates of two days",
        ),
        pytest.param(
            WEATHER.format(*("晴", 12, 21, "南") * 4), WEATHER.format(*("雨", 3, 9, "北") * 4), id="weather of two days"
        ),
        pytest.param("外交部发言人例行记者会", "外交部发言人例行记者会（二）", id="short"),
        pytest.param("文" * 13, "文" * 200, id="short within long"),
        pytest.param("", "", id="empty"),
    ],
)
def test_similar_texts_are_not_reprints(body: str, other_body: str) -> None:
    first, second = (Article(id=text, title="", body=text, published=MORNING) for text in (body, other_body))
    assert not ArticleFingerprint(first).is_reprint_of(ArticleFingerprint(second))
    assert not ArticleFingerprint(second).is_reprint_of(ArticleFingerprint(first))


def test_a_short_text_is_a_reprint_of_identical_text_only() -> None:
    fingerprint = ArticleFingerprint(Article(id="1", title="图片：外长会谈", body="今天，北京。"))
    assert fingerprint.is_reprint_of(ArticleFingerprint(Article(id="2", title="圖片：外長會談", body="今天，\n北京。")))
    assert not fingerprint.is_reprint_of(
        ArticleFingerprint(Article(id="3", title="图片：总统会谈", body="今天，北京。"))
    )
    assert len(fingerprint.sketch()) == 1


@pytest.mark.parametrize("days", [8, None], ids=["a week later", "undated"])
def test_articles_far_apart_in_time_must_be_nearly_identical(seeds: Searcher, days: int | None) -> None:
    """A template that is filled with new values is no reprint; an unchanged article is, at any time."""
    article = replace(next(seeds.articles()), published=MORNING)
    later = MORNING + timedelta(days=days) if days else None
    half_changed = article.body[:400] + "".join(reversed(article.body[400:]))
    assert ArticleFingerprint(replace(article, body=half_changed)).is_reprint_of(ArticleFingerprint(article))
    assert not ArticleFingerprint(replace(article, body=half_changed, published=later)).is_reprint_of(
        ArticleFingerprint(article)
    )
    assert ArticleFingerprint(replace(article, published=later)).is_reprint_of(ArticleFingerprint(article))


def test_articles_of_one_source_must_be_closer_in_time(seeds: Searcher) -> None:
    article = replace(next(seeds.articles()), source="甲报", published=MORNING)
    half_changed = article.body[:400] + "".join(reversed(article.body[400:]))
    tomorrow = MORNING + timedelta(days=1)
    assert not ArticleFingerprint(replace(article, body=half_changed, published=tomorrow)).is_reprint_of(
        ArticleFingerprint(article)
    )
    assert ArticleFingerprint(replace(article, body=half_changed, published=tomorrow, source="乙报")).is_reprint_of(
        ArticleFingerprint(article)
    )


def test_a_sketch_depends_on_the_body_alone(seeds: Searcher) -> None:
    """Other sketch values invalidate existing indexes; see STREAMS_VERSION."""
    body = "".join(chr(0x4E00 + number * 7) for number in range(300))
    article = Article(id="1", title="题", body=body)
    expected = ">Uc-5!1B~K9IwE+tW1WB8)PwBj?^s=HJ*)s?1_YrO<mh{B-qtX53Dk<8{tGX"
    assert "".join(ArticleFingerprint(article).sketch()) == expected
    assert Analyzer().analyze(article).sketch == split_sketch(expected)
    assert ArticleFingerprint(
        replace(article, id="2", title="别的题", source="某报", published=MORNING)
    ).sketch() == split_sketch(expected)


def test_extreme_texts_have_short_sketches() -> None:
    for text in ("\ud800" * 700, "哈" * 10**6, "\x00", "！" * 10**5, "𠮷" * 150, "a" * 120):
        sketch = ArticleFingerprint(Article(id="1", title="", body=text)).sketch()
        assert len(sketch) <= 12
        assert all(len(value) == 5 for value in sketch)
