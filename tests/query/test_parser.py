"""Parsing of query strings. Trees are shown as text, so that a case is one line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.engines import DateRange
from souwen.query.lexer import tokenize
from souwen.query.parser import MAX_TOKENS, FilterNode, GroupNode, Node, NotNode, TextNode, parse

from ..conftest import tries


def to_text(node: Node) -> str:
    match node:
        case TextNode(text, quoted, field):
            return ("" if field == "text" else f"{field}:") + (f"“{text}”" if quoted else text)
        case FilterNode(field, value):
            return f"{field}={value}"
        case DateRange(first, last):
            return f"{first}~{last}"
        case NotNode(child):
            return f"-{to_text(child)}"
        case GroupNode(nodes, any_of):
            return ("any" if any_of else "all") + f"({' '.join(map(to_text, nodes))})"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        pytest.param("台湾 海峡", "all(台湾 海峡)", id="spaces mean all"),
        pytest.param("台湾\u3000海峡", "all(台湾 海峡)", id="full-width space"),
        pytest.param('"坦诚、深入"', "all(“坦诚、深入”)", id="straight quotes"),
        pytest.param("“坦诚 深入”「建设性」", "all(“坦诚 深入” “建设性”)", id="Chinese quotes"),
        pytest.param(r'"说\"好\""', 'all(“说"好"”)', id="escaped quotes"),
        pytest.param('"他说“你好”了吗"', "all(“他说“你好”了吗”)", id="other quotes inside"),
        pytest.param("“他说“你好”了吗”", "all(“他说“你好”了吗”)", id="the same quotes inside"),
        pytest.param("“中国“", "all(“中国”)", id="closed by an opening quote"),
        pytest.param(r'"C:\dir" 中国', r"all(“C:\dir” 中国)", id="backslash is text"),
        pytest.param("中美 —贸易", "all(中美 —贸易)", id="a dash is no minus"),
        pytest.param("Trump And Xi Not Friends", "all(Trump And Xi Not Friends)", id="operators are all capitals"),
        pytest.param("中美 -贸易", "all(中美 -贸易)", id="minus"),
        pytest.param("中美 NOT 贸易", "all(中美 -贸易)", id="NOT"),
        pytest.param("中美 －贸易", "all(中美 -贸易)", id="full-width minus"),
        pytest.param("covid-19", "all(covid-19)", id="hyphen inside"),
        pytest.param("-10°C", "all(-10°C)", id="a number below zero begins a query"),
        pytest.param("气温 -10°C", "all(气温 -10°C)", id="a number is excluded after another part"),
        pytest.param("中国 OR 美国", "any(all(中国) all(美国))", id="OR"),
        pytest.param("中国 ｜ 美国", "any(all(中国) all(美国))", id="full-width bar"),
        pytest.param("black or white", "all(black or white)", id="or is a word"),
        pytest.param("（中国 OR 美国）外交", "all(any(all(中国) all(美国)) 外交)", id="full-width brackets"),
        pytest.param("标题：外交", "all(title:外交)", id="Chinese field, full-width colon"),
        pytest.param("標題:外交", "all(title:外交)", id="traditional field"),
        pytest.param("人物:布林肯 地點:北京", "all(person=布林肯 place=北京)", id="kinds of names"),
        pytest.param("org:外交部 機構：外交部", "all(organisation=外交部)", id="organisations"),
        pytest.param('title:(外交 "会谈")', "all(all(title:外交 title:“会谈”))", id="field of a group"),
        pytest.param("-title:外交", "all(-title:外交)", id="field excluded"),
        pytest.param("source:RFI", "all(source=rfi)", id="keyword is folded"),
        pytest.param("url:https://a.b/C", "all(url=https://a.b/C)", id="address is not"),
        pytest.param("16:30", "all(16:30)", id="no such field"),
        pytest.param("date:2023-08..2023-10", "all(2023-08-01~2023-10-31)", id="date range"),
        pytest.param("日期:2023年9月", "all(2023-09-01~2023-09-30)", id="month in Chinese"),
        pytest.param("date:..2020", "all(None~2020-12-31)", id="open range"),
        pytest.param("about:2023/9/28", "all(any(about=2023-09-28))", id="a day that is mentioned"),
        pytest.param("提到：2023年9月", "all(any(about=2023-09))", id="a month that is mentioned"),
        pytest.param(
            "about:2022-12-31..2024-02-01",
            "all(any(about=2022-12-31 about=2023 about=2024-01 about=2024-02-01))",
            id="days are made up of years, months and days",
        ),
        pytest.param("-about:2023", "all(-any(about=2023))", id="not mentioned"),
    ],
)
def test_a_query_parses_to_its_tree(query: str, tree: str) -> None:
    parsed, notes = parse(query)
    assert to_text(parsed) == tree
    assert notes == ()


@pytest.mark.parametrize(
    ("query", "tree", "kind"),
    [
        pytest.param("(中国", "all(all(中国))", "bracket", id="bracket not closed"),
        pytest.param("中国) 美国", "all(中国 美国)", "bracket", id="bracket not opened"),
        pytest.param('"中国', "all(中国)", "quote", id="quote not closed"),
        pytest.param('""', "all()", "empty", id="empty quotes"),
        pytest.param("date:soon 中国", "all(中国)", "date", id="not a date"),
        pytest.param("about:soon 中国", "all(中国)", "date", id="not a date that could be mentioned"),
        pytest.param("about:2024..2020", "all(any(about=2024..2020))", "date", id="mentioned, backwards"),
        pytest.param("date:2023-13", "all()", "date", id="no such month"),
        pytest.param("date:2024..2020", "all(2024-01-01~2020-12-31)", "date", id="backwards"),
    ],
)
def test_a_malformed_query_is_repaired_with_a_note(query: str, tree: str, kind: str) -> None:
    parsed, notes = parse(query)
    assert to_text(parsed) == tree
    assert [note.kind for note in notes] == [kind]


@pytest.mark.soak
@settings(max_examples=tries(100, 15_000))
@given(st.text(alphabet=st.one_of(st.sampled_from('()"“”-:：| ORNTAND中国title标题date'), st.characters())))
def test_no_string_raises(query: str) -> None:
    parse(query)


@pytest.mark.parametrize(
    "query",
    [
        "(" * 5000,
        ")" * 5000,
        "-" * 5000,
        '"' * 5000,
        "title:" * 900,
        "中" * 100_000,
        "a OR " * 900,
        '"' + "\\" * 999,
        "“" * 999,
    ],
)
def test_long_and_deep_queries_are_cut(query: str) -> None:
    _, notes = parse(query)
    assert ("cut" in [note.kind for note in notes]) == (len(tokenize(query, ["title"])) > MAX_TOKENS)
