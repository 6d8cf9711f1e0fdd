"""Plain text: a short first line is the title."""

from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.limits import Limits
from souwen.indexer.readers import read, read_file

LONG = "据美国国务院，两名美国和中国高级外交官周四在华盛顿举行会晤，以保持对话。" * 3


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_title_and_body(encoding: str) -> None:
    (item,) = read("/a/b.txt", f"\n  中美会晤 \r\n\r\n　　{LONG}\r\n第二段\r\n".encode(encoding))
    assert isinstance(item, Article)
    assert (item.title, item.body, item.id) == ("中美会晤", f"{LONG}\n第二段", "/a/b.txt")


def test_long_first_line_is_not_a_title() -> None:
    (item,) = read("/a/b.txt", LONG.encode())
    assert isinstance(item, Article)
    assert (item.title, item.body) == ("", LONG)


@pytest.mark.parametrize(
    "text", ["[2023年] 大事记\n正文", "{注} 大事记\n正文", "a < b\n正文", "甲, 乙, 丙\n丁, 戊, 己"]
)
def test_text_that_only_begins_like_another_format(text: str) -> None:
    (item,) = read("/a/b.txt", text.encode())
    assert isinstance(item, Article)
    assert "\n".join([item.title, item.body]) == text


@pytest.mark.parametrize("name", ["/a/style.css", "/a/jquery.JS", "/a/feed.xml"])
def test_suffixes_of_other_files_are_refused(name: str) -> None:
    (item,) = read(name, b"body { color: red }")
    assert isinstance(item, ReadError)


def test_exceeded_limits_are_reported(tmp_path: Path) -> None:
    limits = Limits(article_bytes=1000, whole_file_bytes=2000, article_characters=100)
    assert [str(item) for item in read("/a.txt", b"a\n" + b"b" * 200, limits=limits)] == [
        "the article has 207 characters, more than 100"
    ]
    (large,) = read("/a.txt", b"a" * 1001, limits=limits)
    assert "divide it" in str(large)
    (larger,) = read("/a.jsonl", b'{"title": "a"}\n' * 200, limits=limits)
    assert "divide it" in str(larger)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(600_000_000)
    (largest,) = read_file(tmp_path / "sparse")
    assert str(largest) == "the file is larger than 500 MB: divide it"
