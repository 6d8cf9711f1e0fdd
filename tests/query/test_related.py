"""Related articles: those about the same subject, without reprints."""

from collections.abc import Callable

from souwen.query import Searcher

Index = Callable[..., Searcher]
STORY = (
    "美国国务卿布林肯在北京会见中国外交部长秦刚，双方谈到台湾海峡局势与芯片出口管制。布林肯说，两国应当保持沟通渠道畅通，"
    "避免误判。秦刚说，台湾问题是中国核心利益中的核心。会谈持续了五个半小时，双方同意秦刚在适当的时候访问华盛顿。"
)


def test_related_articles_share_names_and_distinctive_words(index_of: Index) -> None:
    searcher = index_of(
        ("布林肯访华", STORY),
        ("布林肯抵达北京与秦刚会谈", "（编者按）" + STORY),
        ("秦刚将访美", "中国外交部长秦刚接受美国国务卿布林肯邀请，将在华盛顿继续讨论芯片出口管制。"),
        ("芯片出口管制扩大", "荷兰宣布对光刻机实施出口管制，芯片公司担忧布林肯的访问没有结果，台湾海峡局势紧张。"),
        ("北京今日天气", "北京今天晴，气温十二度，空气质量良好，适宜外出。"),
        ("足球联赛", "上海队昨晚客场战胜广州队，双方在下半场各有一人受伤。"),
    )
    hits = searcher.related("1")
    assert hits is not None
    assert [hit.id for hit in hits] == ["3", "4"]
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].score > hits[1].score
    snippet = hits[0].snippets[0]
    assert "布林肯" in {snippet.text[start:end] for start, end in snippet.highlights}
    assert [hit.id for hit in searcher.related("1", limit=1) or ()] == ["3"]


def test_reprints_among_related_articles_are_collapsed(index_of: Index) -> None:
    story = "布林肯、秦刚与芯片出口管制。" + STORY[::-1]
    searcher = index_of(STORY, STORY[5:] + "布林肯秦刚", story, story)
    hits = searcher.related("1")
    assert hits is not None
    assert [(hit.id, [reprint.id for reprint in hit.reprints]) for hit in hits] == [("3", ["4"])]


def test_an_article_without_distinctive_words_has_no_related_ones(index_of: Index) -> None:
    searcher = index_of("的了", "，", STORY)
    assert searcher.related("1") == ()
    assert searcher.related("2") == ()
    assert searcher.related("3") == ()
    assert searcher.related("4") is None
