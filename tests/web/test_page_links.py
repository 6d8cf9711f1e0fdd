"""Parameters and links of pages, and URLs of articles."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.datastructures import QueryParams

from souwen.query import Searcher
from souwen.web.page_links import Links, PageParams, host, readable_url, safe_url

ALL_PARAMETERS = (
    "q=台湾&since=2023-08&until=2023&source=RFI&source=晨报&section=a%26b&person=王毅&organisation=外交部&place=北京"
    "&entity=x&about=2023-09&sort=date&recency=30&collapse=false&limit=20&offset=40&lang=en"
)


def parse(query: str) -> PageParams:
    return PageParams.from_query_params(QueryParams(query))


def test_link_contains_all_parameters() -> None:
    params = parse(ALL_PARAMETERS)
    address = Links("").page(params)
    assert sorted(parse_qsl(address.partition("?")[2])) == sorted(parse_qsl(ALL_PARAMETERS))
    assert parse(address.partition("?")[2]) == params
    assert Links("/archive/").article("a/b?c&d", params).startswith("/archive/article?id=a%2Fb%3Fc%26d&q=")


def test_link_omits_defaults() -> None:
    assert Links("").page(parse("q=&source=&sort=relevance&limit=10&offset=0&since=&lang=")) == "/"
    assert parse("org=外交部") == parse("organisation=外交部")


@pytest.mark.parametrize(
    "odd",
    ["offset=-1", "limit=x", "sort=up", "recency=nan", "recency=-3", "lang=xx", "offset=²", "collapse=", "q=%00%ff"],
)
def test_invalid_parameters_are_ignored(odd: str) -> None:
    assert parse(odd) in (PageParams(), parse("q=%00%ff"))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("person=康达", 1),
        ("person=康达&person=拉特纳", 2),
        ("since=2023-09", 1),
        ("until=2023-08", 1),
        ("since=2023-08&until=2023-09", 2),
        ("source=RFI&section=中国", 1),
        ('source="a" OR (b', 0),
    ],
)
def test_filters_alone_are_a_query(seeds: Searcher, query: str, total: int) -> None:
    params = parse(query)
    assert seeds.search(params.effective_query(), **params.filters()).total == total


@pytest.mark.parametrize("value", ["安东尼·布林肯", "国防部 (美国)", 'the "Post"', "a\\b", "C++", "x:y", "-x", "OR"])
def test_second_value_is_quoted_in_the_query(index_of: Any, value: str) -> None:
    searcher = index_of("正文", author=value)
    params = parse("person=a").with_value("person", value)
    assert params.values_of("person") == ("a",)
    assert searcher.search(params.query.replace("person:", "author:")).total == 1


@pytest.mark.parametrize("url", ["http://rfi.fr/", "https://www.rfi.fr/cn/中国/a?b=c#d", "HTTPS://RFI.FR:443/"])
def test_http_urls_are_safe_links(url: str) -> None:
    assert safe_url(url) == url
    assert host(url) == "rfi.fr"


@pytest.mark.parametrize(
    "url",
    [
        *("", "rfi.fr", "//rfi.fr/", "/a", "javascript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)"),
        *(
            "data:text/html,x",
            "http:rfi.fr",
            "http://",
            "https://a b/",
            "https://a\u202eb/",
            "http://[a",
            "http://a:b/",
        ),
        *("https://name@rfi.fr/", 'https://a/"', "https://a/\\b", "ftp://a/", "\x01https://a/"),
    ],
)
def test_other_urls_are_no_links(url: str) -> None:
    assert safe_url(url) is None


def test_readable_urls() -> None:
    assert readable_url("https://rfi.fr/%E4%B8%AD%E5%9B%BD") == "https://rfi.fr/中国"
    assert readable_url("https://rfi.fr/%ff") == "https://rfi.fr/%ff"
    assert readable_url("https://rfi.fr/a%0Ab%20c") == "https://rfi.fr/a%0Ab%20c"
