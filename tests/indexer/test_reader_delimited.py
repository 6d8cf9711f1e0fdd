"""Delimited files: columns are recognized by their names, delimiters by the first row."""

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.readers import read


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("name", ["/a/b.csv", "/a/b"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_rows_are_articles(delimiter: str, name: str, encoding: str) -> None:
    rows = [
        ("标题", "正文", "发布时间", "来源", "别的"),
        ("一", '"第一段，\n第二段 ""引文"""', "2023-09-28", "某报", "x"),
        ("", "", "", "", ""),
        ("", "", "2023-09-28", "", ""),
        ("三", "三段"),
    ]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    first, second, third = read(name, data)
    assert isinstance(first, Article)
    assert (first.title, first.body, first.source) == ("一", '第一段，\n第二段 "引文"', "某报")
    assert first.published is not None
    assert (first.id, first.path) == (f"{name}:2", f"{name}:2")
    assert str(second) == "line 5: there is neither a title nor a text"
    assert isinstance(third, Article)
    assert (third.title, third.body, third.id) == ("三", "三段", f"{name}:6")


def test_a_mapping_names_the_columns() -> None:
    (item,) = read("/a/b.csv", "kop,tekst\n标题,正文\n".encode(), {"title": "kop", "body": "tekst"})
    assert isinstance(item, Article)
    assert (item.title, item.body) == ("标题", "正文")


def test_table_without_known_columns_is_an_error() -> None:
    (item,) = read("/a/b.csv", "甲,乙\n丙,丁\n".encode())
    assert isinstance(item, ReadError)
    assert "mapping" in str(item)


def test_fields_may_be_long() -> None:
    (item,) = read("/a/b.csv", ("title,body\n标题," + "正" * 200_000).encode())
    assert isinstance(item, Article)
    assert len(item.body) == 200_000


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_line_that_names_the_delimiter(delimiter: str, end: str) -> None:
    lines = [f"sep={delimiter}", delimiter.join(("标题", "正文", "日期")), delimiter.join(("一", "段", "2023-09-28"))]
    (item,) = read("/a/b.csv", end.join(lines).encode())
    assert isinstance(item, Article)
    assert (item.title, item.body, item.id) == ("一", "段", "/a/b.csv:3")
    assert item.published is not None


def test_delimiter_in_a_quoted_column_is_none() -> None:
    (item,) = read("/a/b.csv", '标题;正文;"甲, 乙, 丙, 丁"\n一;段;\n'.encode())
    assert isinstance(item, Article)
    assert (item.title, item.body) == ("一", "段")


@pytest.mark.parametrize("missing", ["", "NULL", "null", "\\N", "NaN", "None"])
def test_missing_values(missing: str) -> None:
    (item,) = read("/a/b.csv", f"标题,正文,来源,日期\n一,段,{missing},{missing}\n".encode())
    assert isinstance(item, Article)
    assert (item.source, item.published) == ("", None)


def test_odd_date_is_left_out_and_reported() -> None:
    article, error = read("/a/b.csv", "标题,日期\n一,05/09/2023\n".encode())
    assert isinstance(article, Article)
    assert article.title == "一"
    assert str(error) == "line 2: the value of '日期' is not a date: it is left out"
