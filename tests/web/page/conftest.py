"""A server and a browser: Chromium, driven by Playwright. Without a browser, the tests are skipped."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from souwen.indexer import build_index

from ...conftest import ROOT
from ..conftest import RunningServer
from .articles import Record, hostile_articles, ordinary_articles

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install -e '.[dev]'")

SCREENSHOTS = ROOT / "build" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No background traffic, so that every request is from the page. No sandbox, because it does not work for root.
BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="package")  # its event loop has to end before other tests start theirs
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        installed = next(filter(None, map(shutil.which, BROWSERS)), None)
        bundled = driver.chromium.executable_path
        if not installed and not Path(bundled).exists():
            pytest.skip(f"NO BROWSER FOR THE TESTS OF THE PAGE: none of {', '.join(BROWSERS)}, nor Playwright's own")
        browser = driver.chromium.launch(executable_path=installed or bundled, args=[*BROWSER_OPTIONS])
        yield browser
        browser.close()


def build_articles(records: Iterator[Record], folder: Path) -> Path:
    folder.mkdir()
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    report = build_index([folder], folder / "index")
    assert not report.failed
    return folder / "index"


def serving(index: Path) -> Iterator[str]:
    """Yield the URL of a server of an index, and stop it afterwards."""
    server = RunningServer(index)
    yield server.address
    server.stop()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    """Yield the URL of a server of ordinary articles."""
    yield from serving(build_articles(ordinary_articles(), tmp_path_factory.mktemp("page") / "ordinary"))


@pytest.fixture(scope="package")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    yield from serving(build_articles(hostile_articles(), tmp_path_factory.mktemp("page") / "hostile"))


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page: `open_page(site + "/", locale="zh-CN", color_scheme="dark")`.

    It asserts the `status` of the page; `errors` are the status codes of further requests. At the end the fixture
    asserts that no console showed an error (such as a violation of the content security policy), that no script
    failed, and that no page sent a request to another host.
    """
    contexts: list[Any] = []
    problems: list[str] = []

    def open_page(address: str, *, status: int = 200, errors: Sequence[int] = (), **options: Any) -> Any:
        context = browser.new_context(**{"locale": "zh-CN", "viewport": DESKTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        host = address.split("/")[2]
        allowed = [f"the server responded with a status of {number} " for number in (status, *errors)]

        def record(message: Any) -> None:
            if message.type in ("error", "warning") and not any(text in message.text for text in allowed):
                problems.append(message.text)

        page.on("console", record)
        page.on("pageerror", lambda error: problems.append(str(error)))
        context.on("request", lambda request: request.url.split("/")[2] == host or problems.append(request.url))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        response = page.goto(address)
        assert response.status == status
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def screenshot() -> Callable[[Any, str], None]:
    """Return a function that saves a screenshot of a page."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def save(page: Any, name: str) -> None:
        page.screenshot(path=os.fspath(SCREENSHOTS / f"{name}.png"), full_page=True)

    return save
