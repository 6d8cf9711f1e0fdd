"""Markdown: front matter gives the fields, markup is removed."""

import pytest

from souwen.analysis import Article
from souwen.indexer.readers import read


def article(text: str, name: str = "/a/b.md") -> Article:
    (result,) = read(name, text.encode("utf-8"))
    assert isinstance(result, Article), result
    return result


def test_front_matter() -> None:
    result = article(
        "---\ntitle: 标题：副题\ndate: 2023-09-28 10:00:00 +0800\nauthor: [甲, 乙]\ncategories:\n  - 国际\n"
        "url: https://x.y/1\n---\n\n正文第一段。\n\n正文第二段。\n",
        "/a/post",
    )
    assert (result.title, result.body) == ("标题：副题", "正文第一段。\n正文第二段。")
    assert (result.author, result.section, result.id) == ("甲、乙", "国际", "https://x.y/1")
    assert result.published is not None
    assert result.published.isoformat() == "2023-09-28T10:00:00+08:00"


def test_markup_is_removed() -> None:
    result = article(
        "# 台湾*海峡*\n\n一段有[链接](https://x.y)和**重点**、`代码`、~~删除~~的话。\n\n## 小标题\n\n- 一\n- 二\n\n"
        "> 引文\n\n```python\nprint(1)\n```\n\n| 甲 | 乙 |\n|----|----|\n| 丙 | 丁 |\n"
        "\n![图](a.png)\n<b>粗</b>体<!-- 注 -->\n"
    )
    assert result.title == "台湾海峡"
    assert result.body.split("\n") == [
        *(
            "一段有链接和重点、代码、删除的话。",
            "小标题",
            "一",
            "二",
            "引文",
            "print(1)",
            "甲",
            "乙",
            "丙",
            "丁",
            "粗体",
        )
    ]


def test_lines_of_a_chinese_paragraph_are_joined_without_a_space() -> None:
    assert article("台湾\n海峡，\n中国\nChina\nnews").body == "台湾海峡，中国 China news"


def test_relative_url_is_ignored() -> None:
    assert article("---\ntitle: 标题\nurl: /2023/a\n---\n正文").id == "/a/b.md"


def test_heading_identifies_markdown_without_a_suffix() -> None:
    assert article("# 标题\n\n**正文**", "/a/b").body == "正文"


def test_horizontal_rules_are_not_front_matter() -> None:
    assert article("---\n\n正文\n\n---\n\n后文").body == "正文\n后文"


@pytest.mark.parametrize("matter", ["title: [a", "a: *b", "title: {a: b}", "!!python/object:os.system x: y", "\t: x"])
def test_invalid_front_matter_costs_no_text(matter: str) -> None:
    assert article(f"---\n{matter}\n---\n正文").body.endswith("正文")


def test_yaml_aliases_are_not_expanded() -> None:
    lines = ["a0: &a0 [甲, 甲]"] + [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 30)]
    result = article("---\n" + "\n".join(lines) + "\nauthor: *a29\ntitle: 标题\n---\n正文")
    assert (result.title, result.author, result.body) == ("标题", "", "正文")


def test_heading_is_text_unless_it_repeats_the_title() -> None:
    assert article("---\ntitle: 标题\n---\n# 标题\n\n正文").body == "正文"
    assert article("---\ntitle: 标题\n---\n# 另一个\n\n正文").body == "另一个\n正文"
    assert article("---\ntitle: ''\n---\n# 另一个\n\n正文").title == "另一个"
