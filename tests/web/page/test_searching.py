"""Searching, filtering, reading and going back on the page."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from .conftest import PHONE

OpenPage = Callable[..., Any]


def url_params(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def titles(page: Any) -> list[str]:
    return page.locator(".hit h2").all_inner_texts()


def search(page: Any, query: str) -> None:
    page.fill("#q", query)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")


def test_search_shows_titles_snippets_and_facts(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(site + "/")
    search(page, "台湾海峡")
    screenshot(page, "results")
    assert url_params(page) == {"q": ["台湾海峡"]}
    assert page.locator(".total").inner_text() == "60 篇文章"
    assert len(titles(page)) == 10
    first = page.locator(".hit").first
    assert set(first.locator("mark").all_inner_texts()) == {"台湾海峡"}
    facts = first.locator(".facts").inner_text()
    assert re.search(r"(晨报|晚报).*(国际|中国).*2023年\d+月\d+日 08:00.*news\.example", facts, re.DOTALL)
    assert first.locator("time").get_attribute("datetime").endswith("T08:00:00+08:00")
    link = first.get_by_role("link", name="news.example")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert page.title() == "台湾海峡 · 搜文"


def test_suggestion_from_pinyin(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(site + "/")
    box = page.get_by_role("combobox")
    box.press_sequentially("台湾 waij")
    option = page.get_by_role("option", name="外交")
    option.wait_for()
    screenshot(page, "suggestions")
    assert box.get_attribute("aria-expanded") == "true"
    assert "条建议" in page.get_by_role("status").inner_text()
    box.press("ArrowDown")
    assert box.input_value() == "台湾 外交"
    assert box.get_attribute("aria-activedescendant") == page.locator("[aria-selected=true]").get_attribute("id")
    box.press("Escape")
    assert box.input_value() == "台湾 waij"
    assert not page.get_by_role("listbox").is_visible()
    box.press("ArrowDown")
    option.click()
    page.wait_for_url("**q=**")
    assert url_params(page)["q"] == ["台湾 外交"]


@pytest.mark.parametrize("typed", ["外", "wj"], ids=["han", "initials"])
def test_suggestion(open_page: OpenPage, site: str, typed: str) -> None:
    page = open_page(site + "/")
    page.get_by_role("combobox").press_sequentially(typed)
    page.get_by_role("option", name="外交").wait_for()


def test_filters_are_added_counted_and_removed(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(f"{site}/?q={quote('外交')}")
    filters = page.get_by_role("complementary", name="筛选")
    assert filters.get_by_role("link", name="晚报 15").is_visible()
    filters.get_by_role("link", name="晚报 15").click()
    page.wait_for_url("**source=**")
    assert url_params(page) == {"q": ["外交"], "source": ["晚报"]}
    assert page.locator(".total").inner_text() == "15 篇文章"
    assert filters.get_by_role("link", name="晨报 45").is_visible()  # the other values remain available
    screenshot(page, "filtered")
    filters.get_by_role("link", name="王毅 5").click()
    page.wait_for_url("**person=**")
    assert page.locator(".total").inner_text() == "5 篇文章"
    assert page.locator(".chips li").count() == 3
    assert page.get_by_role("link", name=re.compile("人物 王毅 ?: 移除")).is_visible()
    page.get_by_role("link", name=re.compile("来源 晚报 ?: 移除")).click()
    page.wait_for_url(lambda url: "source" not in url)
    assert page.locator(".total").inner_text() == "20 篇文章"


def test_second_value_of_an_entity_filter_narrows(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}&person={quote('王毅')}")
    page.get_by_role("complementary", name="筛选").get_by_role("link", name="布林肯").click()
    page.wait_for_url("**%3A**")
    assert url_params(page) == {"q": ["外交 person:布林肯"], "person": ["王毅"]}
    assert page.locator(".total").inner_text() == "20 篇文章"


def test_entity_of_a_hit_filters(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}")
    page.locator(".hit .names a").first.click()
    page.wait_for_url("**=**&**")
    assert len(url_params(page)) == 2


def test_period_by_dragging(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(f"{site}/?q={quote('外交')}&offset=10")
    bars = page.locator(".bars li")
    start, end = (bars.nth(index).bounding_box() for index in (4, 9))
    first, last = bars.nth(4).get_attribute("data-first"), bars.nth(9).get_attribute("data-last")
    expected = sum(int(bars.nth(index).get_attribute("data-articles")) for index in range(4, 10))
    page.mouse.move(start["x"] + 3, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 10)
    page.mouse.move(end["x"] + 3, end["y"] + 30)
    assert f"{expected} 篇" in page.locator(".status").inner_text()
    screenshot(page, "dragging")
    page.mouse.up()
    page.wait_for_url("**since=**")
    assert url_params(page) == {"q": ["外交"], "since": [first], "until": [last]}
    assert page.locator(".total").inner_text() == f"{expected} 篇文章"


def test_period_by_a_click_and_by_keys(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}")
    bar = page.locator(".bars li").nth(2)
    first, last = bar.get_attribute("data-first"), bar.get_attribute("data-last")
    bar.click()
    page.wait_for_url("**since=**")
    assert (url_params(page)["since"], url_params(page)["until"]) == ([first], [last])
    page.go_back()
    links = page.locator(".bars a")
    links.first.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**since=**")
    assert url_params(page)["since"] == [first_day(page, site, 0)]
    assert url_params(page)["until"] > [last]


def first_day(page: Any, site: str, index: int) -> str:
    page.goto(f"{site}/?q={quote('外交')}")
    day: str = page.locator(".bars li").nth(index).get_attribute("data-first")
    page.go_back()
    return day


def test_period_by_touch(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}", viewport=PHONE, has_touch=True, is_mobile=True)
    bars = page.locator(".bars")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    touch = page.context.new_cdp_session(page)
    points = [{"x": box["x"] + share * box["width"], "y": box["y"] + 20} for share in (0.2, 0.3, 0.5, 0.7)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url("**since=**")
    assert "2023-01-15" < url_params(page)["since"][0] < "2023-03" < url_params(page)["until"][0] < "2023-06"


def test_article_highlights_matches_and_back_restores_the_scroll_position(
    open_page: OpenPage, site: str, screenshot: Any
) -> None:
    page = open_page(f"{site}/?q={quote('台湾海峡 坦诚')}&source={quote('晨报')}")
    link = page.locator(".hit h2 a").nth(6)
    title = link.inner_text()
    link.scroll_into_view_if_needed()
    scroll_y = page.evaluate("scrollY")
    assert scroll_y > 0
    link.click()
    page.wait_for_url("**/article**")
    screenshot(page, "article")
    assert page.get_by_role("heading", level=1).inner_text() == title
    assert page.locator(".body p").count() == 3
    assert page.locator(".body mark").all_inner_texts() == ["台湾海峡", "坦诚"]
    about = page.get_by_role("complementary", name="关于本文")
    assert about.get_by_role("link", name="布林肯").is_visible()
    assert about.get_by_role("link", name="北京").is_visible()
    assert page.get_by_role("heading", name="相关文章").is_visible()
    assert page.locator(".address a").get_attribute("href").startswith("https://news.example/")
    page.go_back()
    page.wait_for_url("**q=**")
    assert page.evaluate("scrollY") == scroll_y
    assert page.evaluate("document.activeElement.textContent") == title
    page.keyboard.press("Enter")
    page.wait_for_url("**/article**")
    page.keyboard.press("u")  # the same as the link above the article
    page.wait_for_url(lambda url: "/article" not in url)
    page.wait_for_function(f"scrollY === {scroll_y}")


def test_reprints_are_folded(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('候鸟')}")
    assert page.locator(".total").inner_text() == "3 篇文章"
    assert len(titles(page)) == 1
    reprints = page.locator(".reprints")
    assert reprints.locator("summary").inner_text() == "另有 2 篇转载"
    assert not reprints.locator("li").first.is_visible()
    reprints.locator("summary").click()
    reprints.locator("li a").first.click()
    page.wait_for_url("**/article**")
    assert page.locator(".reprints summary").inner_text() == "另有 2 篇转载"


def test_partial_matches_have_a_heading(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('布林肯在北京举行坦诚的外交会谈')}&limit=50")
    assert "完整匹配" in page.locator(".total").inner_text()
    assert page.get_by_role("heading", name="以下为部分匹配").count() == 1
    after = page.locator(".divider ~ .hit").count()
    assert 0 < after < len(titles(page))


def test_did_you_mean(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(f"{site}/?q={quote('台弯海侠')}")
    screenshot(page, "did-you-mean")
    page.locator(".suggested a").first.click()
    page.wait_for_url("**q=**")
    assert page.locator(".total").count() == 1


def test_order_and_paging(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}")
    page.get_by_role("link", name="最新").click()
    page.wait_for_url("**sort=date**")
    days = [time.get_attribute("datetime") for time in page.locator(".hit time").all()]
    assert days == sorted(days, reverse=True)
    assert page.locator("head link[rel=prev]").count() == 0
    shown = titles(page)
    for _ in range(5):
        previous = page.url
        page.locator(".pages [rel=next]").click()
        page.wait_for_url(lambda url, previous=previous: url != previous)
        shown += titles(page)
    assert len(shown) == len(set(shown)) == 60
    assert page.locator("head link[rel=prev]").count() == 1


def test_keyboard_shortcuts(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}")
    focused = "document.activeElement.textContent"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate(focused) == titles(page)[0]
    page.keyboard.press("n")
    page.wait_for_url("**offset=10**")
    page.keyboard.press("p")
    page.wait_for_url(lambda url: "offset" not in url)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("End")
    page.keyboard.type("/jnp")
    assert page.input_value("#q").endswith("/jnp")
    page.locator("#keys").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "keys"


def test_no_results_page_offers_help(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(f"{site}/?q={quote('候鸟')}&section={quote('国际')}")
    screenshot(page, "nothing")
    assert page.get_by_role("heading", name="没有找到文章").is_visible()
    assert "去掉筛选条件后有 3 篇文章" in page.locator(".no-results").inner_text()
    page.get_by_role("link", name="不加筛选条件搜索").click()
    page.wait_for_url(lambda url: "section" not in url)
    assert page.locator(".total").inner_text() == "3 篇文章"


def test_start_page_shows_an_overview(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(site + "/")
    screenshot(page, "start")
    assert page.get_by_role("heading", level=1).inner_text().split() == ["64", "篇文章可供搜索", "2023年1月–6月"]
    assert page.evaluate("document.activeElement.id") == "q"
    page.get_by_role("link", name="晚报").click()  # a filter without a query
    page.wait_for_url("**source=**")
    assert page.locator(".total").inner_text() == "16 篇文章"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/article?id=none", 404), ("/article", 404), ("/?q=%E4%B8%AD&since=soon", 422), ("/nowhere/at/all", 404)],
)
def test_errors_are_pages(open_page: OpenPage, site: str, path: str, status: int, screenshot: Any) -> None:
    page = open_page(site + path, status=status)
    screenshot(page, f"error-{status}")
    assert page.get_by_role("combobox").is_visible()
    page.get_by_role("link", name="回到首页", exact=True).click()
    page.wait_for_url(site + "/")


@pytest.mark.parametrize("offset", ["-5", "x", "1e3", "99999999999999999999", "700"])
def test_invalid_parameters_are_ignored(open_page: OpenPage, site: str, offset: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}&offset={offset}&limit=0&sort=up&recency=nan&collapse=&lang=xx&source=")
    assert page.locator(".total").is_visible()
