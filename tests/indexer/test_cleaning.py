"""Cleaning removes boilerplate and the lines that a source repeats, and nothing else."""

import json
import lzma
import pickle
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from souwen.analysis import Article
from souwen.indexer.cleaning import Cleaner
from souwen.indexer.cleaning.boilerplate import is_boilerplate
from souwen.indexer.cleaning.repeated_lines import find_repeated_lines, line_form
from souwen.indexer.readers import read, read_file

RULES = Cleaner({})


def article(*lines: str, title: str = "标题", lead: str = "", source: str = "某报", number: int = 0) -> Article:
    return Article(id=str(number), title=title, body="\n".join(lines), lead=lead, source=source)


def make_articles(lines_of: Callable[[int], tuple[list[str], list[str], list[str]]], size: int = 100) -> list[Article]:
    """Return articles of three sentences each. `lines_of` gives the lines before, inside and after these by number."""
    articles = []
    for number in range(size):
        before, inside, after = lines_of(number)
        first, second, third = (f"第{number}篇文章的第{part}句话与别的都不同。" for part in "一二三")
        articles.append(article(*before, first, second, *inside, third, *after, number=number))
    return articles


def remaining_lines(articles: list[Article]) -> list[str]:
    """Learn from the articles and return all lines that cleaning leaves, except the sentences."""
    cleaner = Cleaner(find_repeated_lines(articles))
    lines = (line for item in articles for line in cleaner.clean(item)[0].body.split("\n"))
    return [line for line in lines if not line.endswith("都不同。")]


@pytest.mark.parametrize(
    "line",
    [
        "分享 :",
        "获取更多RSS：",
        "https://feedx.net",
        "© 2020 AFP",
        "© RFI/ 某人",
        "©Getty Images",
        "相关报道 别的文章",
        "广告",
        "责任编辑：萧律生#",
        "文字整理：李洁思；责任编辑：高静",
        "責任編輯：某人",
        "12 分钟前",
        "最近更新： 3 小時前",
    ],
)
def test_rules_match_whole_lines_only(line: str) -> None:
    sentence = f"他说，{line}是一行字。"
    cleaned, removed = RULES.clean(article("开头。", line, sentence, "结尾。"))
    assert cleaned.body == f"开头。\n{sentence}\n结尾。"
    assert removed == [line]


def test_lead_is_cleaned_like_the_body() -> None:
    cleaned, _ = RULES.clean(article("广告", "导语。", "正文。", lead="广告\n导语。"))
    assert (cleaned.lead, cleaned.body) == ("导语。", "导语。\n正文。")


def test_itemof_only_boilerplate_stays() -> None:
    without_title = article("分享", "广告", title="")
    assert RULES.clean(without_title) == (without_title, [])
    assert RULES.clean(article("分享", "广告")) == (article(""), ["分享", "广告"])


def test_boilerplate_is_never_the_title_of_plain_text() -> None:
    (item,) = read("/a/b.txt", "分享 :\n中美会晤\n正文。".encode())
    assert isinstance(item, Article)
    cleaned, removed = RULES.clean(item)
    assert (cleaned.title, cleaned.body, removed) == ("中美会晤", "正文。", ["分享 :"])


@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [
        ([], [], ["本报客户端现已上线，欢迎下载安装使用"]),
        ([], [], ["延伸閱讀", "另一篇文章的标题{n}"]),
        ([], [], ["© 2020年 某报版权声明：未经授权，不得转载。"]),
        ([], [], ["下载应用：https://app.example.cn/download"]),
        (["某报客户端"], [], []),
        ([], ["訂閱《早安世界》電子報", "訂閱", "感謝您的訂閱！"], []),
    ],
    ids=["foot", "heading of links", "copyright", "address", "head", "box"],
)
def test_lines_of_all_articles_are_learned(before: list[str], inside: list[str], after: list[str]) -> None:
    articles = make_articles(lambda n: ([*before], [*inside], [line.format(n=n) for line in after]))
    assert all(line.startswith("另一篇") for line in remaining_lines(articles))


@pytest.mark.parametrize(
    "line", ["© 2020年 某报版权所有。", "https://example.cn", "欢迎订阅本报电子报，每天三分钟。", "不代表本报立场。"]
)
def test_few_lines_suffice_with_a_publisher_mark(line: str) -> None:
    assert remaining_lines(make_articles(lambda n: ([], [], [line] if n < 5 else []))) == []


def test_constant_neighbor_of_a_learned_line_is_learned() -> None:
    def lines_of(number: int) -> tuple[list[str], list[str], list[str]]:
        author = [f"张{'三四五六'[number % 4]}"]
        return [], [], author + (["更多新闻：", "https://example.cn/feed"] if number < 20 else [])

    assert set(remaining_lines(make_articles(lines_of))) == {"张三", "张四", "张五", "张六"}


@pytest.mark.parametrize(
    ("frequency", "before", "inside", "after"),
    [
        (90, [], ["背景"], []),
        (90, [], ["主持人："], []),
        (40, ["张三"], [], []),
        (40, [], [], ["张三 李四（综合报道）"]),
        (40, ["资料照片：某国总统在白宫发表讲话"], [], []),
        (40, [], [], ["大爆炸之后，数月来众多国民走上街头，抗议生活困难。"]),
        (90, ["2020年{n}月{n}日"], [], []),
        (90, [], [], ["全球至少{n}万人死于疫情，{n}万例确诊"]),
        (90, [], [], ["3.5%", "***"]),
        (4, [], [], ["本报客户端现已上线，欢迎下载安装使用"]),
    ],
    ids=[
        "heading",
        "speaker",
        "byline",
        "byline after the article",
        "caption of an archive picture",
        "paragraph of the week",
        "date",
        "figures that vary",
        "figures and marks alone",
        "fewer than five",
    ],
)
def test_lines_that_people_write_are_not_learned(
    frequency: int, before: list[str], inside: list[str], after: list[str]
) -> None:
    """`frequency` of 100 articles have the lines."""

    def lines_of(number: int) -> tuple[list[str], list[str], list[str]]:
        if number >= frequency:
            return [], [], []
        return [line.format(n=number) for line in before], inside, [line.format(n=number) for line in after]

    articles = make_articles(lines_of)
    assert find_repeated_lines(articles) == {}
    assert len(remaining_lines(articles)) == frequency * len(before + inside + after)


CLOSING_CLAUSE = "如不服本判决，可在判决书送达之日起十五日内，上诉于云溪市中级人民法院。"


def judgments(source: str) -> list[Article]:
    return [
        article(
            "云溪市人民法院民事判决书",
            f"（2023）云01民初{number}号",
            f"原告许某{number}，女，住云溪市。",
            f"本院查明，双方签订合同第{number}号，被告未付款。",
            "综上，本院判决如下！",
            CLOSING_CLAUSE,
            source=source,
            number=number,
        )
        for number in range(60)
    ]


def test_nothing_is_learned_without_a_source() -> None:
    """The files of a folder may be judgments or forms, which share headings, clauses and signatures."""
    forms = make_articles(lambda n: (["登记表", f"姓名：许{n}"], ["一、基本情况"], ["审判长　周云", "© 2023年 法院"]))
    for items in (judgments(""), [replace(item, source="") for item in forms]):
        assert find_repeated_lines(items) == {}
        cleaner = Cleaner(find_repeated_lines(items))
        assert all(cleaner.clean(item) == (item, []) for item in items)


@pytest.mark.parametrize(
    "sentence",
    [
        CLOSING_CLAUSE,
        "本院判决如下！",
        "Any appeal must be filed within fifteen days.",
        "你怎么看？",
        "他说：“到此为止。”",
    ],
)
def test_a_sentence_is_learned_only_with_the_mark_of_a_publisher(sentence: str) -> None:
    assert find_repeated_lines(make_articles(lambda n: ([], [], [sentence]))) == {}
    marked = f"版权声明：{sentence}"
    assert find_repeated_lines(make_articles(lambda n: ([], [], [marked]))) == {"某报": [line_form(marked)]}


def test_the_clauses_of_a_court_that_is_the_source_stay() -> None:
    items = judgments("云溪市人民法院")
    cleaner = Cleaner(find_repeated_lines(items))
    for item in items:
        assert not [line for line in cleaner.clean(item)[1] if line.endswith(("。", "！"))]


def test_rules_match_no_sentence() -> None:
    for line in ("相关报道 称，他已离开。", "责任编辑：他当天不在场。", "广告。", "分享：他说。"):
        assert RULES.clean(article("正文。", line))[1] == []


def test_without_cleaning_every_line_stays() -> None:
    item = article("正文。", "广告", "责任编辑：某人")
    assert Cleaner(None).clean(item) == (item, [])


def test_nothing_is_learned_from_few_articles() -> None:
    footer = "本报客户端现已上线，欢迎下载安装使用"
    assert find_repeated_lines(make_articles(lambda n: ([], [], [footer]), size=19)) == {}
    assert find_repeated_lines(make_articles(lambda n: ([], [], [footer]), size=20)) == {"某报": [line_form(footer)]}


def test_lines_are_learned_per_source() -> None:
    footer = "本报客户端现已上线，欢迎下载安装使用"
    cleaner = Cleaner(find_repeated_lines(make_articles(lambda n: ([], [], [footer]))))
    assert cleaner.clean(article("正文。", footer))[1] == [footer]
    assert cleaner.clean(article("正文。", footer, source="别的报"))[1] == []


def test_learned_lines_match_other_years_and_scripts_and_survive_pickling() -> None:
    repeated = find_repeated_lines(make_articles(lambda n: ([], [], ["© 2020年 某报版权声明：未经授权，不得转载。"])))
    cleaner = pickle.loads(pickle.dumps(Cleaner(json.loads(json.dumps(repeated)))))
    for line in ("© 2023年某报版权声明：未经授权，不得转载", "©️ 2020年　某報版權聲明：未經授權，不得轉載。"):
        assert cleaner.clean(article("正文。", line)) == (article("正文。"), [line])


@pytest.fixture(scope="module")
def news(shared: Path) -> list[Article]:
    """Return every fourth of 20,000 articles of eleven sources."""
    articles = []
    with lzma.open(shared / "corpora" / "news-20k.tar.xz") as packed, tarfile.open(fileobj=packed, mode="r|") as files:
        members = (member for member in files if member.isfile())
        for number, member in enumerate(members):
            if number % 4 == 0 and (file := files.extractfile(member)):
                articles += [item for item in read(f"/{member.name}", file.read()) if isinstance(item, Article)]
    return articles


# Lines that a person has judged not to be part of an article.
BOILERPLATE = (
    "延伸閱讀",
    "感謝您的訂閱！",
    "訂閱",
    "請輸入正確的電子信箱格式",
    "訂閱《早安世界》電子報 每天3分鐘掌握10件天下事",
    "武漢肺炎蔓延 圖解疫情一次看｜中央社 CNA",
    *(
        f"© 2020年德国之声版权声明：本文所有内容受到{first}作权法保护，如无德国之声特别授权，不得擅自使用。"
        "任何不当行为都将导致追偿，并受到刑事追究。"
        for first in "著着"
    ),
    "德国之声致力于为您提供客观中立的新闻报道，以及展现多种角度的评论分析。文中评论及分析仅代表作者或专家个人立场。",
    "德国之声致力于为您提供客观中立的新闻报导，以及展现多种角度的评论分析。文中评论及分析仅代表作者或专家个人立场。",
    "摘编自其他媒体的内容，不代表德国之声的立场或观点",
    "嘉宾和观众听众发表的都是个人观点，并不代表美国之音。",
    "《时事大家谈》YouTube播放列表：http://bit.ly/VOAIO-youtube",
    "Feed enhanced by Better Feed from Ozh",
)


def test_no_repeated_line_remains_in_news(news: list[Article]) -> None:
    cleaner = Cleaner(find_repeated_lines(news[::5]))
    articles: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for item in news:
        articles[item.source] += 1
        forms[item.source].update({line_form(line) for line in cleaner.clean(item)[0].body.split("\n")} - {"", "0"})
    large = [source for source, number in articles.items() if number >= 100]
    assert len(large) >= 8
    assert [
        (source, form)
        for source in large
        for form, number in forms[source].items()
        if number >= 0.05 * articles[source]
    ] == []


def test_rules_remove_the_footers_of_feeds(rfi: Path) -> None:
    articles = [item for file in sorted(rfi.rglob("*.txt"))[::10] for item in read_file(file)]
    assert len(articles) == 200
    for item in articles:
        assert isinstance(item, Article)
        for line in RULES.clean(item)[0].body.split("\n"):
            assert not line.startswith(("分享 :", "获取更多RSS", "https://feedx", "© 2020 AFP", "广告", "继续浏览"))


def test_cleaning_news_removes_only_known_lines(news: list[Article]) -> None:
    repeated = find_repeated_lines(news)
    assert {form for forms in repeated.values() for form in forms} <= {line_form(line) for line in BOILERPLATE}
    assert sum(map(len, repeated.values())) >= 10
    cleaner = Cleaner(repeated)
    for item in news:
        cleaned, removed = cleaner.clean(item)
        assert all(is_boilerplate(line) or line_form(line) in repeated[item.source] for line in removed)
        assert not any("。" in line for line in removed if is_boilerplate(line))
        removed_lines = set(removed)
        assert cleaned.body.split("\n") == (
            [line for line in item.body.split("\n") if line not in removed_lines] or [""]
        )


def test_topics_of_a_week_are_not_learned(news: list[Article]) -> None:
    by_source: dict[str, list[Article]] = defaultdict(list)
    for item in sorted((item for item in news if item.published), key=lambda item: str(item.published)):
        by_source[item.source].append(item)
    learned = {
        form
        for source, articles in by_source.items()
        for size in (20, 50, 200)
        for start in range(0, len(articles), size)
        for form in find_repeated_lines(articles[start : start + size]).get(source, ())
    }
    assert learned <= {line_form(line) for line in BOILERPLATE}
