"""The page without JavaScript, on a phone, in dark mode, in English, and for screen readers."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from .conftest import PHONE

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install -e '.[dev]'")

OpenPage = Callable[..., Any]
IMPACTS = ("serious", "critical")
PATHS = {
    "start": "/",
    "results": f"/?q={quote('外交')}&source={quote('晨报')}&since=2023-01",
    "partial": f"/?q={quote('布林肯在北京举行坦诚的外交会谈')}&limit=50",
    "reprints": f"/?q={quote('候鸟')}",
    "nothing": f"/?q={quote('候鸟')}&section={quote('国际')}",
    "article": f"/article?id=a7&q={quote('台湾海峡')}",
    "error": "/article?id=none",
}
DISPLAYS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    "english": {"locale": "en-GB"},
}


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize("kind", DISPLAYS)
def test_page_is_accessible_and_fits_the_screen(
    open_page: OpenPage, site: str, kind: str, state: str, screenshot: Any
) -> None:
    page = open_page(site + PATHS[state], status=404 if state == "error" else 200, **DISPLAYS[kind])
    screenshot(page, f"{state}-{kind}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    violations = axe.Axe().run(page).response["violations"]
    serious = [
        (rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations if rule["impact"] in IMPACTS
    ]
    assert serious == []
    levels = [
        int(heading.evaluate("element => element.tagName[1]")) for heading in page.locator("h1, h2, h3, h4").all()
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(following - level <= 1 for level, following in zip(levels, levels[1:], strict=False))


def test_open_suggestions_are_accessible(open_page: OpenPage, site: str) -> None:
    page = open_page(site + "/")
    page.get_by_role("combobox").press_sequentially("wai")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    violations = axe.Axe().run(page).response["violations"]
    assert [rule["id"] for rule in violations if rule["impact"] in IMPACTS] == []


def test_without_javascript(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(site + "/", java_script_enabled=False)
    page.fill("#q", "外交")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("complementary", name="筛选").get_by_role("link", name="晨报 45").click()
    assert page.locator(".total").inner_text() == "45 篇文章"
    page.locator(".bars a").nth(3).click()
    assert "since=2023" in page.url
    screenshot(page, "without-javascript")
    page.locator(".hit h2 a").first.click()
    assert page.locator(".body mark").first.is_visible()
    page.get_by_role("link", name="返回结果").click()
    assert "since=2023" in page.url
    page.fill("#q", "台湾海峡")
    page.get_by_role("button", name="搜索").click()
    assert "since=2023" in page.url  # a new query keeps the filters
    assert page.locator("#keys").count() == 0 or not page.locator("#keys").is_visible()


def test_filters_are_folded_on_a_phone(open_page: OpenPage, site: str) -> None:
    page = open_page(site + PATHS["results"], **DISPLAYS["phone"])
    link = page.locator(".filters").get_by_role("link", name="晚报 15")
    assert not link.is_visible()
    page.locator(".filters summary").click()
    link.click()
    page.wait_for_url(lambda url: url.count("source=") == 2)


def test_dark_mode(open_page: OpenPage, site: str) -> None:
    light, dark = (
        open_page(site + "/", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert light != dark


def test_language_follows_the_browser_until_chosen(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/?q={quote('外交')}", locale="en-GB")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".total").inner_text() == "60 articles"
    assert "Jan 2023" in page.locator("time").first.inner_text() or "2023," in page.locator("time").first.inner_text()
    assert page.locator(".hit h2 a").first.get_attribute("lang") == "zh"
    page.get_by_role("link", name="中文").click()
    page.wait_for_url("**lang=zh**")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator(".total").inner_text() == "60 篇文章"
    page.locator(".hit h2 a").first.click()
    page.wait_for_url("**/article**lang=zh**")
    assert page.get_by_role("link", name="返回结果").is_visible()


def test_forced_colors_reduced_motion_and_print(open_page: OpenPage, site: str, screenshot: Any) -> None:
    page = open_page(site + PATHS["article"], forced_colors="active", reduced_motion="reduce")
    screenshot(page, "article-forced-colors")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.emulate_media(media="print", forced_colors="none")
    screenshot(page, "article-print")
    assert not page.locator(".search").is_visible()
    assert page.locator(".body").is_visible()


def test_skip_link_and_focus(open_page: OpenPage, site: str) -> None:
    page = open_page(site + PATHS["results"])
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    assert skip.evaluate("element => element === document.activeElement")
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
