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
        {"title": {"list": 1}},
        {"id": "empty"},
        "",
        '{"a":' * 100_000,
        {"title": "三"},
    )
    assert [article.title for article in items if isinstance(article, Article)] == ["一", "三"]
    reasons = [str(error) for error in items if isinstance(error, ReadError)]
    assert [reason.split()[:2] for reason in reasons] == [["line", f"{number}:"] for number in (2, 3, 4, 5, 7)]


@pytest.mark.parametrize(
    "written", ["12", "2023-02-30", "2023-01-01T00:00:00+99:00", "9" * 15, "05/09/2023", {"a": 1}, 5, 1e300]
)
def test_invalid_date_is_left_out_and_reported(tmp_path: Path, written: object) -> None:
    article, error = read(tmp_path / "a.jsonl", {"title": "t", "date": written})
    assert isinstance(article, Article)
    assert article.published is None
    assert str(error) == "line 1: the value of 'date' is not a date: it is left out"


@pytest.mark.parametrize("written", ["", " ", "Monday", "0000-00-00 00:00:00", "N/A", None, False, 0, [], {}])
def test_missing_date_is_not_reported(tmp_path: Path, written: object) -> None:
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


def texts(items: list[Article | ReadError]) -> list[tuple[str, str] | str]:
    return [(item.title, item.body) if isinstance(item, Article) else str(item) for item in items]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1984, "1984"),
        (0.5, "0.5"),
        (["一段", "二段"], "一段\n二段"),
        (["一段", None, False, "二段"], "一段\n二段"),
        ([["一段"], ["二段"]], "一段\n二段"),
        ({"rendered": "正文", "protected": False}, "正文"),
        ({"#text": "正文", "@lang": "zh"}, "正文"),
        ({"en": "text", "zh": "正文"}, "正文"),
        ({"zh_TW": "正文"}, "正文"),
        (
            [{"type": "paragraph", "text": "一段"}, {"type": "image", "url": "x"}, {"type": "p", "text": "二段"}],
            "一段\n二段",
        ),
        (["详情见 ", {"type": "link", "text": "https://x.y"}, " 渡轮"], "详情见 https://x.y 渡轮"),
        ([{"type": "plain", "text": "渡"}, {"type": "bold", "text": "轮"}], "渡轮"),
        (
            {"ops": [{"insert": "渡"}, {"insert": "轮\n", "attributes": {"bold": True}}, {"insert": "复航"}]},
            "渡轮\n复航",
        ),
        ({"blocks": [{"text": "一段"}, {"text": "二段"}], "entityMap": {}}, "一段\n二段"),
        (
            {
                "type": "doc",
                "content": [{"type": "paragraph", "content": [{"type": "text", "text": c} for c in "渡轮"]}],
            },
            "渡轮",
        ),
    ],
)
@pytest.mark.parametrize("field", ["title", "content"])
def test_values_that_are_not_plain_texts(tmp_path: Path, value: object, text: str, field: str) -> None:
    (item,) = read(tmp_path / "a.jsonl", {field: value, "lead": "x"})
    assert isinstance(item, Article)
    assert (item.title or item.body) == (" ".join(text.split()) if field == "title" else text)


@pytest.mark.parametrize("value", [{"x": {"y": 1}}, [{"x": 1}], {"x": [[]]}, [[[[[[[[[[[[[["深"]]]]]]]]]]]]]]])
@pytest.mark.parametrize("field", ["url", "source", "author", "section", "id", "body"])
def test_odd_field_is_left_out_and_reported(tmp_path: Path, field: str, value: object) -> None:
    article, error = read(tmp_path / "a.jsonl", {"title": "标题", field: value})
    assert isinstance(article, Article)
    assert article.title == "标题"
    assert str(error) == f"line 1: the value of {field!r} is not text"


@pytest.mark.parametrize("value", [False, True, None, "", [], {}])
def test_empty_values_are_not_reported(tmp_path: Path, value: object) -> None:
    record = dict.fromkeys(("id", "url", "source", "author", "section", "body", "date", "lead"), value)
    (article,) = read(tmp_path / "a.jsonl", record | {"title": "标题"})
    assert isinstance(article, Article)
    assert (article.source, article.author, article.body) == ("", "", "")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<p>一段</p><p>二段</p>", "一段\n二段"),
        ("<p>一段<p>二段 <a href='x'>链接</a>", "一段\n二段 链接"),
        ("一行<br/>二行<br>三行", "一行\n二行\n三行"),
        ("一行\n<b>二</b>行\n三行", "一行\n二行\n三行"),
        ("云溪<em>港口</em>重开", "云溪港口重开"),
        ("&lt;p&gt;一段&lt;/p&gt;", "一段"),
        ("他说&ldquo;好&rdquo;，AT&amp;T", "他说“好”，AT&T"),
        ("<p>标签 &lt;br&gt; 换行</p>", "标签 <br> 换行"),
        ("<p>一段</p><script>x()</script><style>p{}</style>", "一段"),
        *(
            (text, text)
            for text in ("a < b 且 c > d", "List<String>", "标签 <p> 的用法", "AT&T &c; 1<2", "写 `<b>粗</b>` 即可")
        ),
    ],
)
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_html_in_a_record_is_converted_and_nothing_else(tmp_path: Path, written: str, text: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    quoted = '"' + written.replace('"', '""') + '"'
    record = json.dumps({"title": "标题", "content": written}, ensure_ascii=False)
    path.write_text(record if suffix == "jsonl" else f"title,content\n标题,{quoted}\n", "utf-8")
    assert texts(list(read_file(path))) == [("标题", text)]


RECORDS = [{"id": 1, "title": "一", "content": "甲"}, {"id": 2, "title": "二", "content": "乙"}]
READ = [("一", "甲"), ("二", "乙")]


@pytest.mark.parametrize(
    "document",
    [
        {"code": 0, "data": {"total": 2, "list": RECORDS}},
        {"code": 0, "data": {"page": {"result": {"items": RECORDS}}}, "message": "ok"},
        {"data": {"list": RECORDS, "categories": [{"id": n, "title": f"栏目{n}"} for n in range(9)]}},
        {"content": RECORDS, "totalPages": 1},
        {"title": "列表", "list": RECORDS},
        {"国内": RECORDS[:1], "国际": RECORDS[1:]},
        [{"page": 1, "list": RECORDS[:1]}, {"page": 2, "list": RECORDS[1:]}],
        {"hits": {"total": 2, "hits": [{"_index": "a", "_source": record} for record in RECORDS]}},
        {"data": [{"type": "news", "attributes": record} for record in RECORDS]},
        {"data": {"posts": {"edges": [{"node": record} for record in RECORDS]}}},
        [{"model": "news.article", "pk": 7, "fields": record} for record in RECORDS],
        {"chats": {"list": [{"name": "频道", "messages": RECORDS}]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_lists_of_articles_at_any_depth(tmp_path: Path, document: object, indent: int | None, suffix: str) -> None:
    items = read(tmp_path / f"a.{suffix}", json.dumps(document, ensure_ascii=False, indent=indent))
    assert texts(items) == READ
    assert len({item.id for item in items if isinstance(item, Article)}) == 2


def test_answer_with_one_article(tmp_path: Path) -> None:
    assert texts(read(tmp_path / "a.json", {"code": 0, "result": {"detail": RECORDS[0]}})) == READ[:1]


@pytest.mark.parametrize("between", ["", " ", "\n", "\n\n", ",\n", "\x1e", "\n\ufeff"])
@pytest.mark.parametrize("indent", [None, 2])
def test_objects_after_each_other(tmp_path: Path, between: str, indent: int | None) -> None:
    objects = [
        json.dumps(record | {"id": None}, ensure_ascii=False, indent=indent) for record in [*RECORDS, RECORDS[0]]
    ]
    items = read(tmp_path / "a.json", "\ufeff" + between.join(objects))
    assert texts(items) == [*READ, READ[0]]
    assert len({item.id for item in items if isinstance(item, Article)}) == 3


def test_damaged_object_costs_itself(tmp_path: Path) -> None:
    objects = [json.dumps(record, ensure_ascii=False, indent=1) for record in RECORDS]
    items = read(tmp_path / "a.json", "\n".join([objects[0], '{\n "title": bad,\n "a": {\n "b": 1}\n}', objects[1]]))
    assert texts(items) == [READ[0], "record 2: invalid JSON: Expecting value: line 7 column 11 (char 57)", READ[1]]


def test_rest_after_very_many_damaged_objects_is_reported(tmp_path: Path) -> None:
    items = read(tmp_path / "a.json", '{\n"title": "一"}\n' + '{\n"title": bad}\n' * 200)
    assert len(items) == 102
    assert str(items[-1]) == "record 102: 100 parts are not valid JSON: the rest is left out"


@pytest.mark.parametrize("end", ["", ",", ",]", ',\n{"title": "三', "\n"])
def test_damaged_list_costs_its_last_item(tmp_path: Path, end: str) -> None:
    text = "[" + ",\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS) + end
    assert texts(read(tmp_path / "a.json", text))[:2] == READ


def test_numbers_of_any_length_and_control_characters(tmp_path: Path) -> None:
    items = read(
        tmp_path / "a.jsonl",
        '{"title": "一", "n": ' + "9" * 100_000 + "}",
        '{"title": "二\t三", "date": 1e999}',
        '{"title": NaN}',
    )
    assert texts(items)[:2] == [("一", ""), ("二 三", "")]


def test_mapping_names_paths(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record = {
        "Data": {"Title": "标题", "meta": {"when": "2023-09-28"}},
        "paras": [{"t": "一段"}, {"t": "二段"}, {"u": 1}],
        "by": [{"who": "甲"}, {"who": "乙"}],
        "a.b": "报",
    }
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    mapping = {
        "title": "data.title",
        "body": "paras.t",
        "date": "data.meta.when",
        "author": "by.1.who",
        "source": "a.b",
    }
    (article,) = read_file(path, mapping)
    assert isinstance(article, Article)
    assert (article.title, article.body, article.author, article.source) == ("标题", "一段\n二段", "乙", "报")
    assert article.published is not None


def test_path_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"data": {"title": "标题"}}', "utf-8")
    (error,) = read_file(tmp_path / "a.json", {"title": "data.title.0.x", "body": "data..x"})
    assert isinstance(error, ReadError)
