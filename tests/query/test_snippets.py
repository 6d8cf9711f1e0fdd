"""Snippets of hits and their highlights."""

from collections.abc import Callable

import pytest

from souwen.analysis.text import fold
from souwen.query import Results, Searcher, Snippet, marked_html

Index = Callable[..., Searcher]


def highlighted(results: Results) -> list[list[str]]:
    return [[s.text[start:end] for start, end in s.highlights] for hit in results for s in hit.snippets]


def test_highlights_slice_the_text_as_written(index_of: Index) -> None:
    results = index_of("有人說「臺灣海峽」的ＡＢＣ。").search('"台湾海峡"')
    assert highlighted(results) == [["臺灣海峽"]]
    assert results.hits[0].snippets[0].text == "有人說「臺灣海峽」的ＡＢＣ。"


def test_the_best_sentences_are_shown_in_the_order_of_the_text(index_of: Index) -> None:
    body = "第一句没有。第二句有外交。第三句没有。第四句有外交和会谈。第五句外交。第六句会谈。"
    snippets = index_of(body).search("外交 会谈").hits[0].snippets
    assert [snippet.text for snippet in snippets] == ["第二句有外交。", "第四句有外交和会谈。", "第五句外交。"]


def test_a_word_is_highlighted_only_as_a_whole_word(index_of: Index) -> None:
    results = index_of("市长说，南京市长江大桥竣工。").search("市长")
    assert highlighted(results) == [["市长"]]
    assert results.hits[0].snippets[0].highlights == ((0, 2),)


@pytest.mark.parametrize(
    ("query", "highlight"), [("2,300", "2,300"), ("a,b", "a,b"), ("F-16", "F-16"), ("2020年5月", "二〇二〇年五月")]
)
def test_words_are_highlighted_between_commas(index_of: Index, query: str, highlight: str) -> None:
    body = "外交,会谈,2,300人:布林肯,总统a,b、F-16战机,二〇二〇年五月,市长。"
    assert highlighted(index_of(body).search(f"{query} 外交"))[0] == ["外交", highlight]


def test_matches_in_the_title_are_highlighted(index_of: Index) -> None:
    hit = index_of(("外交新闻", "内文")).search("外交").hits[0]
    assert hit.title_highlights == ((0, 2),)
    assert [snippet.text for snippet in hit.snippets] == ["内文"]


def test_a_long_sentence_is_cut_between_words(index_of: Index) -> None:
    body = "中华人民共和国" * 60 + "外交部发言人" + "中华人民共和国" * 60
    (snippet,) = index_of(body).search('"外交部发言人"').hits[0].snippets
    assert len(snippet.text) <= 150
    assert (snippet.cut_before, snippet.cut_after) == (True, True)
    assert snippet.text.startswith("中华人民共和国")
    assert snippet.text.endswith("中华人民共和国")
    assert body[snippet.start : snippet.start + len(snippet.text)] == snippet.text


def test_a_match_across_sentences_is_shown_whole(index_of: Index) -> None:
    results = index_of("前面。他来了。她走了。后面。").search('"来了。她走"')
    assert highlighted(results) == [["来了。她走"]]
    assert results.hits[0].snippets[0].text == "他来了。她走了。"


def test_a_match_longer_than_a_snippet_is_shown_whole(index_of: Index) -> None:
    match = "外交" * 100
    assert highlighted(index_of(f"前{match}后").search(f'"{match}"')) == [[match]]


def test_a_repeated_string_is_highlighted_without_overlaps(index_of: Index) -> None:
    assert highlighted(index_of("哈哈哈哈哈！").search('"哈哈"')) == [["哈哈", "哈哈"]]


def test_html_is_escaped_before_highlights_are_added() -> None:
    snippet = Snippet("<b>外交</b>&", ((3, 5),), 0, False, False)
    assert snippet.html() == "&lt;b&gt;<mark>外交</mark>&lt;/b&gt;&amp;"
    assert marked_html("<>", ()) == "&lt;&gt;"


@pytest.mark.parametrize("query", ["中美 外交", "布林肯", "中美高级外交官会谈的结果是什么", '"的磋商"'])
def test_snippets_are_slices_of_the_body(seeds: Searcher, query: str) -> None:
    for hit in seeds.search(query):
        stored = seeds.article(hit.id)
        assert stored is not None
        for snippet in hit.snippets:
            assert stored.article.body[snippet.start : snippet.start + len(snippet.text)] == snippet.text
            assert all(fold(snippet.text[start:end]) for start, end in snippet.highlights)
