"""Nothing that an article or an address carries runs, or sends a browser anywhere."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from .articles import HOSTILE, HOSTILE_ADDRESSES, HOSTILE_WORD

Look = Callable[..., Any]
PLACES = ("source", "section", "person", "org", "place", "entity", "lang", "sort", "offset", "limit", "recency")


def harmless(page: Any) -> None:
    """Nothing ran; no element is there but those of the page; links lead here, or to http."""
    page.mouse.move(400, 300)
    page.wait_for_timeout(50)  # ms, for what a picture that fails to load would run
    assert page.evaluate("window.ran") is None
    assert page.locator("script").count() == 1
    assert page.locator("main :is(img, iframe, style, link, textarea, object, embed, b)").count() == 0
    assert (
        page.evaluate("[...document.all].filter(e => e.getAttributeNames().some(n => n.startsWith('on'))).length") == 0
    )
    schemes = page.evaluate("[...document.links].map(link => link.protocol)")
    assert set(schemes) <= {"http:", "https:"}
    assert page.get_by_text("49").count() == 0  # what a template would make of 7 * 7


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_list(looking: Look, hostile_site: str, lang: str, shoot: Any) -> None:
    page = looking(f"{hostile_site}/?q={HOSTILE_WORD}&limit=50&lang={lang}")
    shoot(page, f"hostile-{lang}")
    assert page.locator(".hit").count() >= len(HOSTILE)
    for markup in HOSTILE[:2]:
        assert page.get_by_text(markup).first.is_visible()  # as it was written
    harmless(page)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_article(looking: Look, hostile_site: str, number: int) -> None:
    page = looking(f"{hostile_site}/?q={HOSTILE_WORD}&limit=50")
    page.locator(".hit h2 a").filter(has_text=f"{HOSTILE_WORD}{number} ").first.click()
    page.wait_for_url("**/article**")
    assert page.locator(".body p").count() == 2
    harmless(page)


def test_addresses_that_are_not_the_webs_are_told_not_linked(looking: Look, hostile_site: str) -> None:
    page = looking(hostile_site + "/")
    for number in range(len(HOSTILE_ADDRESSES)):
        page.goto(f"{hostile_site}/article?id=address{number}")
        assert page.locator(".address a").count() == 0, HOSTILE_ADDRESSES[number]
        assert page.locator("a[href*=outside]").count() == 0


@pytest.mark.parametrize("markup", HOSTILE)
def test_addresses_of_the_page(looking: Look, hostile_site: str, markup: str) -> None:
    page = looking(f"{hostile_site}/", errors=(404, 422))
    everywhere = "&".join(f"{place}={quote(markup)}" for place in PLACES)
    for path in ("/?q={0}", "/?q={0}&{1}", "/?since={0}", "/?about={0}", "/article?id={0}&{1}", "/{0}"):
        page.goto(hostile_site + path.format(quote(markup, safe=""), everywhere))
        harmless(page)
