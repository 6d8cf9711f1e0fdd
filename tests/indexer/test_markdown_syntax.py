"""Markup of notes and blogs: the text of an article has none of it, and no word is lost or broken."""

import time

import pytest

from .test_reader_markdown import article


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # emphasis beside full-width punctuation
        ("**注意：**正文", "注意：正文"),
        ("他说**“渡轮恢复。”**说完就走", "他说“渡轮恢复。”说完就走"),
        ("见**《三体》**一书", "见《三体》一书"),
        ("这是*（斜体）*的字", "这是（斜体）的字"),
        ("甲**乙**丙~~（丁）~~戊", "甲乙丙（丁）戊"),
        ("中**A.**文", "中A.文"),
        ("**重点。**\n下一行", "重点。下一行"),
        ("snake_case_name 与 2 * 3", "snake_case_name 与 2 * 3"),
        # highlights
        ("==高亮**重点**==之后", "高亮重点之后"),
        ("if a==1 and b==2: c", "if a==1 and b==2: c"),
        # links of notes
        ("见[[页面|显示]]与[[目标#小节]]", "见显示与目标 > 小节"),
        ("见[[目标#^ab12cd]]与[[目标]]", "见目标与目标"),
        ("前![[图.png|300]]![[图.jpg|港口图]]![[笔记]]后", "前港口图笔记后"),
        ("引[[1]](https://x.y/)与 [[2]]", "引[1]与 [[2]]"),
        ("段落的话 ^37066d", "段落的话"),
        ("见((20210808180303-6yi0dv5 '块'))与((65f0a0f0-1111-2222-3333-444455556666))完", "见块与完"),
        # blocks
        ("> [!note] 说明\n> 内容**重点**", "说明\n内容重点"),
        ("> [!WARNING]\n> 内容", "内容"),
        ("- [ ] 任务一\n- [x] 任务二", "任务一\n任务二"),
        ("::: tip 小贴士\n内容\n:::", "小贴士\n内容"),
        ("## 概述 {#overview .big}\n\n文{: .cls}字", "概述\n文字"),
        ("[TOC]\n\n内容\n\n[[toc]]", "内容"),
        ("- 甲\n  id:: 65aa\n  collapsed:: true\n- 乙", "甲\n乙"),
        # tags of site generators
        ("前文\n\n{% note info '说明标题' %}\n内容\n{% endnote %}", "前文\n说明标题\n内容"),
        ('{{< figure src="a.png" caption="渡轮 照片" >}}后', "渡轮 照片后"),
        ('见[链接]({{< ref "a.md" >}})后', "见链接后"),
        ("{% highlight python %}\na * b * c\n{% endhighlight %}", "a * b * c"),
        ("前文\n\n<!-- more -->\n\n后文", "前文\n后文"),
        # formulas
        ("设 $a_1 * b_2 * c$ 为", "设 a_1 * b_2 * c 为"),
        ("$$\na\n+ b\n$$", "a + b"),
        ("价格从 $100 涨到 $200 元，又从$3跌到$2元", "价格从 $100 涨到 $200 元，又从$3跌到$2元"),
        # others
        ("北<ruby>冥<rp>(</rp><rt>míng</rt><rp>)</rp></ruby>有鱼", "北冥有鱼"),
        ("| 甲 | 乙 |\n|---|---|\n| [[丙\\|丁]] | 戊 |", "甲\n乙\n丁\n戊"),
        ("`**代码** [[链接]] ==标==`", "**代码** [[链接]] ==标=="),
        ("```\n[^1]: 脚注 ==标==\n```", "[^1]: 脚注 ==标=="),
    ],
)
def test_text_without_markup(text: str, expected: str) -> None:
    assert article(f"# 题\n\n{text}\n").body == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("正文[^1]。\n\n[^1]: 脚注说到桂花糕。\n", "正文。\n脚注说到桂花糕。"),
        ("正文[^1]。\n\n[^1]:脚注**说到**桂花糕。\n[^2]: 另一注。\n", "正文。\n脚注说到桂花糕。\n另一注。"),
        ("正文[^注]。\n\n[^注]：脚注\n    续行。\n\n    第二段。\n\n后文。\n", "正文。\n脚注续行。\n第二段。\n后文。"),
        ("正文。\n\n[^没用]: 没有引用的注。\n", "正文。\n没有引用的注。"),
        ("没有定义[^1]。\n", "没有定义[^1]。"),
        ("行内^[注**文**]的注。\n\n后文。\n", "行内的注。\n后文。\n注文"),
        ("正文[^1]。\n\n[^1]: https://x.y/a\n", "正文。\nhttps://x.y/a"),
        ("正文[^1]。\n\n[^1]: 注：\n    - 甲\n    - 乙\n", "正文。\n注：\n甲\n乙"),
    ],
)
def test_footnotes(text: str, expected: str) -> None:
    assert article(f"# 题\n\n{text}").body == expected


def test_deep_outlines_are_whole() -> None:
    items = [f"第{number}层" for number in range(40)]
    outline = "\n".join("  " * number + f"- {item}" for number, item in enumerate(items))
    assert article(f"# 题\n\n{outline}\n").body.split("\n") == items


def test_heading_above_the_text_is_the_title() -> None:
    result = article("<!-- 注 -->\n\n![封面](a.png)\n\n# 云溪港\n\n正文。\n")
    assert (result.title, result.body) == ("云溪港", "正文。")
    result = article("前言。\n\n# 第一节\n\n正文。\n")
    assert (result.title, result.body) == ("", "前言。\n第一节\n正文。")


@pytest.mark.parametrize(
    "mark", ["==", "$", "$$a\n", "[[", "![[", "{%", "{{<", "^[", "[^a]: ", "[^a", "((", ":::\n", "**。"]
)
def test_marks_take_linear_time(mark: str) -> None:
    started = time.process_time()
    article("# 题\n\n正" + mark * (9000 // len(mark)))
    assert time.process_time() - started < 5
