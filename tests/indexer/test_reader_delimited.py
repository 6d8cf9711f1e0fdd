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
