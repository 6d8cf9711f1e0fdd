"""Front matter: YAML, TOML, JSON, and what people write instead."""

import pytest

from .test_reader_markdown import article

TEXT = "渡轮恢复通航。"


@pytest.mark.parametrize(
    ("matter", "title"),
    [
        ("title: [译]云溪港重开", "[译]云溪港重开"),
        ("title: 云溪: 桥梁通车: 第二阶段", "云溪: 桥梁通车: 第二阶段"),
        ("title: @港务局通告", "@港务局通告"),
        ("title:没有空格", "没有空格"),
        ("title：全角冒号", "全角冒号"),
        ("title:\t制表符", "制表符"),
        ('title: "没有合上', "没有合上"),
        ("title: *通告* 第一号", "*通告* 第一号"),
        ("title: %复工% 之后", "%复工% 之后"),
        ("title: `代码` 说明", "`代码` 说明"),
        ("title: 'It''s' 港口", "'It''s' 港口"),
        ("标题: [转]云溪港", "[转]云溪港"),
        ("title: {云溪港}通航", "{云溪港}通航"),
        ("title: [译]", "译"),
        ("title: 2023", "2023"),
    ],
)
def test_titles_that_are_not_yaml(matter: str, title: str) -> None:
    result = article(f"---\n{matter}\ndate: 2023-09-28 10:00:00\nauthor: 许明远\n---\n{TEXT}\n")
    assert (result.title, result.author, result.body) == (title, "许明远", TEXT)
    assert result.published is not None
    assert result.published.isoformat() == "2023-09-28T10:00:00+00:00"


@pytest.mark.parametrize(
    "matter",
    [
        '+++\ntitle = "港口"\ndate = 2023-09-28T10:00:00Z\nauthors = ["甲", "乙"]\n[params]\nmath = true\n+++\n',
        "+++\ntitle = 港口\ndate = 2023-09-28T10:00:00Z\nauthors = ['甲', '乙']\n+++\n",
        ';;;\n"title": "港口",\n"date": "2023-09-28T10:00:00Z",\n"authors": ["甲", "乙"]\n;;;\n',
        '{\n  "title": "港口",\n  "date": "2023-09-28T10:00:00Z",\n  "authors": ["甲", "乙"]\n}\n\n',
        "title: 港口\ndate: 2023-09-28T10:00:00Z\nauthors:\n- 甲\n- 乙\n---\n",
        "---\ntitle: 港口\ndate: [2023-09-28T10:00:00Z, 2024]\nauthors: [[甲], 乙]\n...\n",
        "---\ntitle: 港口: 重开: 之后\ndate: 2023-09-28T10:00:00Z\nauthors:\n  - 甲\n  - 乙\n-----\n",
        "title:: 港口\ndate:: 2023-09-28T10:00:00Z\nauthor:: 甲、乙\n\n",
    ],
    ids=["toml", "almost toml", "json", "object", "without an opening line", "lists", "not yaml", "properties"],
)
def test_forms(matter: str) -> None:
    result = article(f"{matter}{TEXT}\n")
    assert result.title.startswith("港口")
    assert (result.author, result.body) == ("甲、乙", TEXT)
    assert result.published is not None
    assert result.published.isoformat() == "2023-09-28T10:00:00+00:00"


@pytest.mark.parametrize("value", ["", "~", "null", "[]", "{}", "{甲: 乙}"])
def test_empty_and_odd_values_count_as_missing(value: str) -> None:
    result = article(f"---\ntitle: {value}\ndate: {value}\ntags: {value}\n---\n# 标题\n\n{TEXT}\n")
    assert (result.title, result.published, result.body) == ("标题", None, TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n注意：今天开会。\n\n---\n\n后文。\n",
        "---\n注意: 今天开会。\n---\n后文。\n",
        "---\n@各位 今天开会。\n---\n后文。\n",
        "注意: 今天开会。\n---\n后文。\n",
    ],
)
def test_prose_between_rules_is_text(text: str) -> None:
    result = article(text)
    assert "今天开会。" in result.title + result.body
    assert "后文。" in result.body


def test_json_file_named_like_markdown_is_json() -> None:
    result = article('{"title": "港口", "text": "渡轮恢复通航。"}\n')
    assert (result.title, result.body) == ("港口", TEXT)
