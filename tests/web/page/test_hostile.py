"""Markup and scripts in articles and URLs never run and never load anything."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from .articles import HOSTILE, HOSTILE_ADDRESSES, HOSTILE_WORD

OpenPage = Callable[..., Any]
PARAMETERS = ("source", "section", "person", "org", "place", "entity", "lang", "sort", "offset", "limit", "recency")


def assert_harmless(page: Any) -> None:
    """Assert that no script ran, that the page has only its own elements, and that all links are HTTP."""
    page.mouse.move(400, 300)
    page.wait_for_timeout(50)  # ms, for the error handler of an image
    assert page.evaluate("window.ran") is None
    assert page.locator("script").count() == 1
    assert page.locator("main :is(img, iframe, style, link, textarea, object, embed, b)").count() == 0
    assert (
        page.evaluate("[...document.all].filter(e => e.getAttributeNames().some(n => n.startsWith('on'))).length") == 0
    )
    schemes = page.evaluate("[...document.links].map(link => link.protocol)")
    assert set(schemes) <= {"http:", "https:"}
    assert page.get_by_text("49").count() == 0  # the value if a template evaluated 7 * 7


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_results(open_page: OpenPage, hostile_site: str, lang: str, screenshot: Any) -> None:
    page = open_page(f"{hostile_site}/?q={HOSTILE_WORD}&limit=50&lang={lang}")
    screenshot(page, f"hostile-{lang}")
    assert page.locator(".hit").count() >= len(HOSTILE)
    for markup in HOSTILE[:2]:
        assert page.get_by_text(markup).first.is_visible()  # shown as text
    assert_harmless(page)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_article(open_page: OpenPage, hostile_site: str, number: int) -> None:
    page = open_page(f"{hostile_site}/?q={HOSTILE_WORD}&limit=50")
    page.locator(".hit h2 a").filter(has_text=f"{HOSTILE_WORD}{number} ").first.click()
    page.wait_for_url("**/article**")
    assert page.locator(".body p").count() == 2
    assert_harmless(page)


def test_unsafe_urls_are_no_links(open_page: OpenPage, hostile_site: str) -> None:
    page = open_page(hostile_site + "/")
    for number in range(len(HOSTILE_ADDRESSES)):
        page.goto(f"{hostile_site}/article?id=address{number}")
        assert page.locator(".address a").count() == 0, HOSTILE_ADDRESSES[number]
        assert page.locator("a[href*=outside]").count() == 0


@pytest.mark.parametrize("markup", HOSTILE)
def test_parameters_of_the_page(open_page: OpenPage, hostile_site: str, markup: str) -> None:
    page = open_page(f"{hostile_site}/", errors=(404, 422))
    parameters = "&".join(f"{name}={quote(markup)}" for name in PARAMETERS)
    for path in ("/?q={0}", "/?q={0}&{1}", "/?since={0}", "/?about={0}", "/article?id={0}&{1}", "/{0}"):
        page.goto(hostile_site + path.format(quote(markup, safe=""), parameters))
        assert_harmless(page)
