"""JSON: keys of records, lists of records, and invalid lines, which cost only themselves."""

import json
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer import ReadError, UnknownField
from souwen.indexer.readers import read_file


def read(path: Path, *lines: object) -> list[Article | ReadError]:
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("\n".join(texts), "utf-8")
    return list(read_file(path))


def test_every_key(tmp_path: Path) -> None:
    record = {
        "id": 17,
        "title": "标题",
        "text": "第一行\n第二行",
        "url": "https://www.zaobao.com/a",
        "date": "2023-09-28T10:00:00+08:00",
        "section": "国际",
        "author": "记者",
    }
    (article,) = read(tmp_path / "a.jsonl", record)
    assert isinstance(article, Article)
    assert (article.id, article.title, article.body) == ("17", "标题", "第一行\n第二行")
    assert (article.source, article.section, article.author) == ("联合早报", "国际", "记者")
    assert article.published is not None
    assert article.published.isoformat() == "2023-09-28T10:00:00+08:00"


@pytest.mark.parametrize(
    ("record", "article_id"),
    [
        ({"id": "a", "url": "https://x.y/1", "title": "t"}, "a"),
        ({"url": "https://x.y/1", "title": "t"}, "https://x.y/1"),
        ({"title": "t"}, "a.jsonl:1"),
    ],
)
def test_id_is_the_records_own_else_its_url_else_its_location(
    tmp_path: Path, record: dict[str, str], article_id: str
) -> None:
    (article,) = read(tmp_path / "a.jsonl", record)
    assert isinstance(article, Article)
    assert article.id.endswith(article_id)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2023-09-28", "2023-09-28T00:00:00+08:00"),
        ("2023-09-28 10:30", "2023-09-28T10:30:00+08:00"),
        ("Thu, 28 Sep 2023 10:30:00 GMT", "2023-09-28T10:30:00+00:00"),
        (1695978901000, "2023-09-29T17:15:01+08:00"),
        (1695978901, "2023-09-29T17:15:01+08:00"),
        (1695978901.5, "2023-09-29T17:15:01.500000+08:00"),
        ("2023年9月28日", "2023-09-28T00:00:00+08:00"),
        ("2023-09-28 10:00 CST", "2023-09-28T10:00:00+08:00"),
    ],
)
def test_dates(tmp_path: Path, written: object, read_as: str) -> None:
    (article,) = read(tmp_path / "a.jsonl", {"title": "t", "url": "https://www.cna.com.tw/1", "date": written})
    assert isinstance(article, Article)
    assert article.published is not None
    assert article.published.isoformat() == read_as


def test_invalid_lines_are_reported_and_the_others_read(tmp_path: Path) -> None:
    items = read(
        tmp_path / "a.jsonl",
        {"title": "一"},
        "{not json",
        "[1]",
        {"title": ["list"]},
        {"id": "empty"},
        "",
        '{"a":' * 100_000,
        {"title": "三"},
    )
    assert [article.title for article in items if isinstance(article, Article)] == ["一", "三"]
    reasons = [str(error) for error in items if isinstance(error, ReadError)]
    assert [reason.split()[:2] for reason in reasons] == [["line", f"{number}:"] for number in (2, 3, 4, 5, 7)]


@pytest.mark.parametrize("written", ["Monday", "12", "2023-02-30", "2023-01-01T00:00:00+99:00", "9" * 15, "", None])
def test_invalid_date_leaves_the_article_undated(tmp_path: Path, written: object) -> None:
    (article,) = read(tmp_path / "a.jsonl", {"title": "t", "date": written})
    assert isinstance(article, Article)
    assert article.published is None


def titles(items: list[Article | ReadError]) -> list[str]:
    return [item.title if isinstance(item, Article) else str(item) for item in items]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", [False, True])
def test_lists_of_records(tmp_path: Path, indent: int | None, wrap: bool) -> None:
    records = [
        {"标题": "一", "正文": "台湾海峡", "发布时间": "2023-09-28"},
        5,
        {"headline": "三", "link": "https://x.y/3"},
    ]
    document = {"count": 3, "tags": ["a", "b", "c", "d"], "articles": records} if wrap else records
    items = read(tmp_path / "a.json", json.dumps(document, ensure_ascii=False, indent=indent))
    assert titles(items) == ["一", "record 2: the record is not an object with keys and values", "三"]
    assert isinstance(items[0], Article)
    assert (items[0].body, items[0].id) == ("台湾海峡", f"{tmp_path / 'a.json'}:1")
    assert items[0].published is not None
    assert isinstance(items[2], Article)
    assert items[2].id == "https://x.y/3"


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_of_one_record(tmp_path: Path, indent: int | None) -> None:
    document = {"count": 1, "articles": [{"title": "一"}]}
    assert titles(read(tmp_path / "a.json", json.dumps(document, indent=indent))) == ["一"]


@pytest.mark.parametrize("text", ['{"title": "一"}', '{\n  "title": "一"\n}\n', '\n\n{"title": "一"}\n'])
def test_one_object_is_one_record(tmp_path: Path, text: str) -> None:
    assert titles(read(tmp_path / "a.json", text)) == ["一"]


def test_mapping_replaces_the_default_keys(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"title": "编号", "Kop": "标题", "tekst": "正文", "text": "别的", "wanneer": "2023-09-28"}', "utf-8"
    )
    (article,) = read_file(path, {"title": "kop", "body": "tekst", "date": "wanneer"})
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("标题", "正文")
    assert article.published is not None


def test_mapping_of_an_unknown_field_raises(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "标题"}', "utf-8")
    with pytest.raises(UnknownField, match="no field headline: map one of id, title"):
        list(read_file(tmp_path / "a.jsonl", {"headline": "title"}))


def test_several_authors(tmp_path: Path) -> None:
    (article,) = read(tmp_path / "a.jsonl", {"title": "t", "author": ["甲", {"name": "乙"}], "source": {"name": "报"}})
    assert isinstance(article, Article)
    assert (article.author, article.source) == ("甲、乙", "报")
