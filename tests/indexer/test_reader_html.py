"""HTML pages: the article is extracted and its metadata are read."""

import json

import pytest

from souwen.analysis import Article
from souwen.indexer.readers import read

PARAGRAPHS = (
    "据美国国务院，两名美国和中国高级外交官周四在华盛顿举行会晤，以保持对话。",
    "会晤期间，双方就地区问题交换了意见，同意继续保持沟通，来改善两国动荡的关系。",
    "分析人士指出，这是今年以来两国官员举行的第三次会晤，说明双方都不愿意看到局势升级。",
)
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title} - 国际 - 某某新闻网</title>{head}</head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/china">中国</a></li><li><a href="/world">国际</a></li></ul></nav>
<main><article><h1>{title}</h1><div class="meta">{meta}</div><div class="content">{body}</div></article>
<aside><h3>相关阅读</h3><ul><li><a href="/1.html">别的新闻标题</a></li></ul></aside></main>
<footer><p>关于我们 | 联系我们 | 版权所有 某某新闻网</p></footer>
<script>var a = "<p>代码</p>";</script></body></html>"""


def page(head: str = "", meta: str = "", title: str = "中美高级外交官继续会晤", body: str | None = None) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS) if body is None else body
    return PAGE.format(title=title, head=head, meta=meta, body=body)


def article(html: str | bytes, name: str = "/a/page.html") -> Article:
    (result,) = read(name, html.encode("utf-8") if isinstance(html, str) else html)
    assert isinstance(result, Article), result
    return result


def test_article_is_extracted_from_the_page() -> None:
    result = article(page())
    assert result.title == "中美高级外交官继续会晤"
    assert result.body == "\n".join(PARAGRAPHS)
    assert (result.id, result.path) == ("/a/page.html", "/a/page.html")


@pytest.mark.parametrize("encoding", ["gb2312", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert article(page().replace("utf-8", encoding).encode(encoding)).body == "\n".join(PARAGRAPHS)


def test_a_traditional_page_in_big5() -> None:
    body = (
        "<p>（中央社台北23日電）中國國務院關稅稅則委員會近日印發通知，明年將調整部分進口商品的最惠國稅率和協定稅率。</p>"
        * 3
    )
    html = page(title="中國調降商品進口關稅", body=body).encode("big5", "xmlcharrefreplace")
    result = article(html)
    assert result.title == "中國調降商品進口關稅"
    assert result.body.startswith("（中央社台北23日電）")


def test_open_graph_and_meta_elements() -> None:
    head = """<meta property="og:title" content="社交标题"><meta property="og:site_name" content="某某网">
    <meta property="article:published_time" content="2023-09-28T10:00:00+08:00"><meta name="author" content="记者甲">
    <meta property="article:section" content="国际"><link rel="canonical" href="https://www.example.cn/a/1.html">"""
    result = article(page(head))
    assert (result.title, result.source, result.author, result.section) == ("社交标题", "某某网", "记者甲", "国际")
    assert result.id == result.url == "https://www.example.cn/a/1.html"
    assert result.published is not None
    assert result.published.isoformat() == "2023-09-28T10:00:00+08:00"


@pytest.mark.parametrize("wrap", [False, True])
def test_linked_data(wrap: bool) -> None:
    data: object = {
        "@type": "NewsArticle",
        "headline": "结构化标题",
        "datePublished": "2023-09-28T10:00:00Z",
        "author": [{"@type": "Person", "name": "甲"}, {"name": "乙"}],
        "publisher": {"name": "报社"},
        "articleSection": ["国际", "外交"],
        "mainEntityOfPage": {"@id": "https://www.example.cn/a/2.html"},
    }
    data = {"@graph": [{"@type": "WebSite"}, data]} if wrap else data
    result = article(page(f'<script type="application/ld+json">{json.dumps(data)}</script>'))
    assert (result.title, result.author, result.source) == ("结构化标题", "甲、乙", "报社")
    assert (result.section, result.url) == ("国际、外交", "https://www.example.cn/a/2.html")
    assert result.published is not None


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"headline": 5, "author": {"name": []}, "datePublished": [[]]}</script>',
        '<script type="application/ld+json">[1, null, {"@type": null}]</script>',
        '<script type="application/ld+json">{"@graph": "x"}</script>',
        '<script type="application/ld+json">{not json</script>',
        '<script type="application/ld+json"/><meta><meta name="date">',
        '<meta property="og:url" content="https://[bad"><link rel="canonical" href="/relative">',
        '<link rel="canonical" href="https://www.example.cn/"><meta property="og:url" content="https://www.example.cn">',
    ],
)
def test_useless_metadata_is_ignored(head: str) -> None:
    result = article(page(head))
    assert (result.title, result.id, result.published) == ("中美高级外交官继续会晤", "/a/page.html", None)


@pytest.mark.parametrize(
    ("meta", "read_as"),
    [
        ("发布时间：2023年9月28日 10:30", "2023-09-28T10:30:00+00:00"),
        ("2023-09-28 10:30 来源：某某网", "2023-09-28T10:30:00+00:00"),
        ('<time datetime="2023-09-28T10:30:00+08:00">今天</time>', "2023-09-28T10:30:00+08:00"),
    ],
)
def test_date_in_the_visible_text(meta: str, read_as: str) -> None:
    published = article(page(meta=meta)).published
    assert published is not None
    assert published.isoformat() == read_as


def test_date_in_a_sentence_is_ignored() -> None:
    sentence = (
        "该公司成立于2001年3月5日，此后三十年间一直是当地最大的雇主，"
        + "员工最多时超过三万人，其中半数来自邻近省份，" * 3
    )
    assert article(page(body=f"<p>{sentence}</p>" * 3)).published is None


def test_all_text_is_read_if_no_article_is_extracted() -> None:
    assert article("<html><title>标题</title><body><font>台湾<b>海峡</b></font></body></html>").body == "台湾海峡"


def test_address_in_pages_saved_by_browsers() -> None:
    html = "<!-- saved from url=(0030)https://www.example.cn/n/3.html -->\n" + page()
    assert article(html).url == "https://www.example.cn/n/3.html"


def test_page_is_recognized_without_its_name() -> None:
    assert article(page(), "/a/download").body == "\n".join(PARAGRAPHS)


def test_deep_nesting_is_read() -> None:
    assert article("<html><body>" + "<div>" * 5000 + "深处" + "</div>" * 5000).body == "深处"
