"""The name of a file is the title where nothing else is one, and finds the file in any case."""

from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer.readers import read, read_file
from souwen.indexer.readers.file_names import file_title


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/a/云溪港调研笔记.md", "云溪港调研笔记"),
        ("/a/三体 - 刘慈欣.txt", "三体 - 刘慈欣"),
        ("/a/三体 - 刘慈欣.txt.gz", "三体 - 刘慈欣"),
        ("/a/b.zip!/书/三体.txt", "三体"),
        ("/a/2023-09-28-云溪港重开.md", "云溪港重开"),
        ("/a/20230928-云溪港重开.txt", "云溪港重开"),
        ("/a/journals/2023_09_28.md", "2023_09_28"),
        ("/a/会议纪要 0a1b2c3d4e5f60718293a4b5c6d7e8f9.md", "会议纪要"),
        ("/a/港口___渡轮.md", "港口/渡轮"),
        ("/a/%E6%B8%AF%E5%8F%A3.md", "港口"),
        ("/a/云溪港重开/index.md", "云溪港重开"),
        ("/a/posts/index.md", ""),
        ("/a/hello-world.md", "hello-world"),
        ("/a/1.2.3 版本说明.md", "1.2.3 版本说明"),
        *(
            (f"/a/{name}", "")
            for name in ("b.txt", "001.txt", "article_12.txt", "3f2a9c1b7d.html", "新建文本文档 (2).txt")
        ),
    ],
)
def test_titles_in_names(path: str, title: str) -> None:
    assert file_title(path) == title


@pytest.mark.parametrize(
    ("name", "text", "title", "body"),
    [
        ("云溪港调研.md", "今天去了码头。", "云溪港调研", "今天去了码头。"),
        ("云溪港调研.md", "## 上午\n\n今天去了码头。", "云溪港调研", "上午\n今天去了码头。"),
        ("云溪港调研.md", "# 码头\n\n今天去了码头。", "码头", "今天去了码头。\n云溪港调研"),
        ("码头.md", "# 码头\n\n今天去了码头。", "码头", "今天去了码头。"),
        ("三体 - 刘慈欣.txt", "第一章 疯狂年代\n\n中国，1967年。", "第一章 疯狂年代", "中国，1967年。\n三体 - 刘慈欣"),
        ("云溪港.txt", "云溪港今天重新开放。" * 20, "云溪港", "云溪港今天重新开放。" * 20),
        ("b.txt", "标题\n正文。", "标题", "正文。"),
    ],
)
def test_name_is_title_or_last_line(tmp_path: Path, name: str, text: str, title: str, body: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    (item,) = read_file(tmp_path / name)
    assert isinstance(item, Article)
    assert (item.title, item.body) == (title, body)


def test_page_without_a_title_is_named_after_its_file() -> None:
    text = (
        "云溪港今天重新开放，第一班渡轮于上午九时离开码头，市长许明远到场致辞，数百名居民在岸边观看，气氛热烈而有序。"
    )
    (item,) = read("/a/会议纪要.html", f"<html><body><p>{text}</p></body></html>".encode())
    assert isinstance(item, Article)
    assert (item.title, item.body) == ("会议纪要", text)


def test_records_are_not_named_after_their_file() -> None:
    items = list(read("/a/云溪港.jsonl", '{"text": "甲"}\n{"text": "乙"}\n'.encode()))
    assert [item.title for item in items if isinstance(item, Article)] == ["", ""]
