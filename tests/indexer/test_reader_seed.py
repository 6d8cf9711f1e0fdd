"""The dump format of the seeds, read from the seeds and from small files."""

from datetime import timedelta
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError
from souwen.indexer.cleaning import Cleaner
from souwen.indexer.readers import read_file

SEEDS = Path(__file__).parents[2] / "seeds"
HEAD = "<!--1695978901000-->\n[标题](https://www.rfi.fr/cn/中国/20230929-x)\n------\n"


def read(path: Path, text: str | bytes) -> Article | ReadError:
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    (article,) = read_file(path)
    return article


def article(path: Path, text: str | bytes) -> Article:
    result = read(path, text)
    assert isinstance(result, Article)
    return result


@pytest.mark.parametrize(
    ("name", "title", "published", "section", "begins", "ends"),
    [
        (
            "000_9def5b92595988d5.txt",
            "中美高级外交官继续会晤以保持对话",
            "2023-09-29T10:45:00+02:00",
            "中国",
            "据美国国务院，两名美国和中国高级外交官周四",
            "来改善两国动荡的关系。",
        ),
        (
            "004_fe7ddcecb5353af4.txt",
            "美国五角大楼与中国外交部罕见高官对话",
            "2023-08-03T21:11:00+02:00",
            "国际",
            "北京拒绝华盛顿提出的高层军方对话",
            None,
        ),
    ],
)
def test_seeds(name: str, title: str, published: str, section: str, begins: str, ends: str | None) -> None:
    (seed,) = read_file(SEEDS / name)
    assert isinstance(seed, Article)
    assert seed.title == title
    assert seed.published is not None
    assert seed.published.isoformat() == published
    assert (seed.source, seed.section) == ("RFI", section)
    assert seed.url == seed.id
    assert seed.url.startswith("https://www.rfi.fr/cn/")
    assert seed.body.startswith(begins)
    assert seed.lead.startswith(begins)
    body = Cleaner({}).clean(seed)[0].body
    assert ends is None or body.endswith(ends)
    for remainder in ("分享", "selfpromo", "facebook", "<", "http", "29/09/2023", "03/08/2023", "img"):
        assert remainder not in body


def test_brackets_in_the_title(tmp_path: Path) -> None:
    text = "<!--1595331877000-->\n[[國際] 巴基斯坦對TikTok [更新]](https://www.rti.org.tw/news/view/id/1)\n------\n内文"
    assert article(tmp_path / "a.txt", text).title == "[國際] 巴基斯坦對TikTok [更新]"


def test_site_name_after_the_title_is_removed(tmp_path: Path) -> None:
    text = HEAD.replace("标题", "世卫促各国停止 – 法国国际广播电台 - RFI") + "内文"
    assert article(tmp_path / "a.txt", text).title == "世卫促各国停止"


def test_text_outside_paragraphs_and_line_breaks(tmp_path: Path) -> None:
    body = article(tmp_path / "a.txt", HEAD + "开头<b>加粗</b>继续<br>第二行<p>第三行</p>尾巴<script>x()</script>").body
    assert body == "开头加粗继续\n第二行\n第三行\n尾巴"


def test_time_stamp_is_the_date_without_a_date_line(tmp_path: Path) -> None:
    published = article(tmp_path / "a.txt", HEAD + "<p>内文</p>").published
    assert published is not None
    assert published.isoformat() == "2023-09-29T11:15:01+02:00"


@pytest.mark.parametrize("line", ["2021-01-08T10:30:47.808Z", "Fri, 08 Jan 2021 10:30:47 GMT"])
def test_date_printed_by_a_feed_is_the_date_of_the_article(tmp_path: Path, line: str) -> None:
    result = article(tmp_path / "a.txt", HEAD + f"<p>某记者</p><p>{line}</p><p>内文</p>")
    assert result.published is not None
    assert (result.published.isoformat()[:19], result.published.utcoffset()) == ("2021-01-08T10:30:47", timedelta())
    assert result.body == "某记者\n内文"


def test_impossible_date_line_stays_text(tmp_path: Path) -> None:
    assert (
        article(tmp_path / "a.txt", HEAD + "<div>31/02/2023 - 10:45</div><p>内文</p>").body
        == "31/02/2023 - 10:45\n内文"
    )


def test_time_stamp_beyond_the_calendar_is_ignored(tmp_path: Path) -> None:
    assert article(tmp_path / "a.txt", HEAD.replace("1695978901000", "999999999999999") + "内文").published is None


def test_invisible_characters_are_removed(tmp_path: Path) -> None:
    assert article(tmp_path / "a.txt", HEAD + "<p>台\u200b湾\u00ad海\x00峡\ufeff</p>").body == "台湾海峡"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    assert article(tmp_path / "a.txt", (HEAD + "<p>台湾海峡</p>").encode(encoding)).body == "台湾海峡"


def test_title_or_body_may_be_empty_but_not_both(tmp_path: Path) -> None:
    assert article(tmp_path / "a.txt", HEAD).body == ""
    assert isinstance(read(tmp_path / "b.txt", HEAD.replace("标题", "")), ReadError)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("<!--1-->\nno link\n", "do not follow"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture: not an article format"),
        ("<p></p>", "neither a title nor a text"),
    ],
)
def test_reasons_of_unreadable_files(tmp_path: Path, text: str | bytes, reason: str) -> None:
    failure = read(tmp_path / "a.txt", text)
    assert isinstance(failure, ReadError)
    assert reason in str(failure)


def test_deep_nesting_is_read(tmp_path: Path) -> None:
    deep = HEAD + "<div>" * 5000 + "深处" + "</div>" * 5000
    assert article(tmp_path / "a.txt", deep).body == "深处"


@pytest.mark.parametrize(
    "before", ["---\nlayout: post\ntitle: 别的\n---\n", "<div>\n", "---\nlayout: post\n---\n\n<div class='post'>\n"]
)
def test_front_matter_and_a_division_may_precede(tmp_path: Path, before: str) -> None:
    result = article(tmp_path / "a.md", before + HEAD + "<p>台湾海峡</p>\n</div>\n")
    assert (result.title, result.body) == ("标题", "台湾海峡")
    assert result.id == "https://www.rfi.fr/cn/中国/20230929-x"


def test_several_articles_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    empty = HEAD.replace("标题", "").replace("29-x", "30-x")
    without_address = "<!--1695978901000-->\n[第三篇]()\n------\n<p>三</p>"
    path.write_text(HEAD + "<p>一<!--1--></p>\n" + empty + without_address, "utf-8")
    first, second, third = read_file(path)
    assert isinstance(first, Article)
    assert (first.title, first.body) == ("标题", "一")
    assert str(second) == "article 2: there is neither a title nor a text"
    assert isinstance(third, Article)
    assert (third.title, third.body, third.id) == ("第三篇", "三", f"{path}:3")
