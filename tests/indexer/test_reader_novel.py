"""Long texts: novels by chapter, other texts in parts where an article may not be longer."""

import random
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer import build_index
from souwen.indexer.limits import Limits
from souwen.indexer.readers import ReadItem, read, read_file

SENTENCE = "渡轮离开码头，岸边的人群渐渐散去，灯塔在雾里亮着。"
NUMERALS = "一二三四五六七八九十"


def paragraphs(characters: int, seed: int = 0) -> list[str]:
    choose = random.Random(seed)
    lines: list[str] = []
    while characters > 0:
        lines.append("　　" + SENTENCE * choose.randrange(1, 8))
        characters -= len(lines[-1])
    return lines


def novel(chapters: int, length: int) -> str:
    """Return a novel with a table of contents and two volumes."""
    lines = ["《遥远的渡口》", "作者：许明远", "内容简介：一个渔村的故事。", ""]
    headings = [f"第{n}章 " + "".join(NUMERALS[int(d)] for d in str(n)) for n in range(1, chapters + 1)]
    lines += headings
    for number, heading in enumerate(headings):
        if number in (0, chapters // 2):
            lines.append(f"第{NUMERALS[number > 0]}卷 海")
        lines += [heading, *paragraphs(length, number), f"这是{heading}的结尾。", ""]
    return "\n".join(lines)


def articles(items: list[ReadItem]) -> list[Article]:
    assert all(isinstance(item, Article) for item in items), items
    return [item for item in items if isinstance(item, Article)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_novel_of_five_million_characters(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "渡口.txt"
    path.write_bytes(novel(500, 10_000).encode(encoding))
    preface, *chapters = articles(list(read_file(path)))
    assert (preface.title, preface.id) == ("遥远的渡口", str(path))
    assert "一个渔村的故事" in preface.body
    assert len(chapters) == 500
    assert (chapters[6].title, chapters[6].source, chapters[6].author) == ("第7章 八", "遥远的渡口", "许明远")
    assert (chapters[0].section, chapters[499].section) == ("第一卷 海", "第二卷 海")
    assert all(chapter.body.endswith("的结尾。") for chapter in chapters)
    line = path.read_bytes().decode(encoding).split("\n")[int(chapters[6].id.rpartition(":")[2]) - 1]
    assert line == chapters[6].title


@pytest.mark.parametrize(
    "headings",
    [
        ["第一回 甄士隐梦幻识通灵", "第二回 贾夫人仙逝扬州城", "第三回 托内兄如海荐西宾"],
        ["楔子", "第1章重逢", "第２章 离别"],
        ["Chapter 1", "CHAPTER 2. The Ferry", "Chapter III"],
        ["正文 第一百零二章 夜", "正文 第一百零三章 雾", "番外 灯塔"],
    ],
)
def test_headings_of_chapters(headings: list[str]) -> None:
    text = "\n".join(line for n, heading in enumerate(headings) for line in (heading, *paragraphs(80_000, n)))
    found = articles(list(read("/a/无名.txt", text.encode())))
    assert [chapter.title for chapter in found] == headings
    assert {chapter.source for chapter in found} == {"无名"}


def test_law_and_sentences_about_chapters_stay_whole() -> None:
    law = "\n".join(["某法", "第一章 总则", *paragraphs(3000), "第二章 附则", *paragraphs(3000), "第三章 罚则", "条"])
    (item,) = read("/a.txt", law.encode())
    assert isinstance(item, Article)
    story = [line for n in range(5) for line in (f"第{n}节课上，他说：", "第二章写得好。", *paragraphs(60_000, n))]
    (item,) = read("/a.txt", "\n".join(story).encode())
    assert isinstance(item, Article)


def test_long_text_without_chapters_is_divided_at_the_limit() -> None:
    text = "\n".join(["渡口", *paragraphs(10_000)])
    parts = articles(list(read("/a.txt", text.encode(), limits=Limits(article_characters=4000))))
    assert [part.id for part in parts] == ["/a.txt", "/a.txt#2", "/a.txt#3"]
    assert [part.title for part in parts] == ["渡口", "渡口（2）", "渡口（3）"]
    assert "\n".join(part.body for part in parts) == "\n".join(line.strip() for line in text.split("\n")[1:])


def test_novel_in_an_index(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(novel(20, 15_000), "gb18030")
    assert build_index([tmp_path / "a.txt"], tmp_path / "index").added == 21
