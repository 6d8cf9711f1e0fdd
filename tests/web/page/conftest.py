"""A server with an archive, and a browser that looks at it: Chromium, driven by Playwright. Without one tests skip."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from souwen.indexer import build_index

from ...conftest import ROOT
from ..conftest import Served
from .articles import Record, hostile, ordinary

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install -e '.[dev]'")

SCREENSHOTS = ROOT / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Quiet, so that every request is the page's own; without a sandbox, which root cannot have.
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
MORE_QUIET = ("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as tool:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        own = tool.chromium.executable_path
        if not found and not Path(own).exists():
            pytest.skip(f"NO BROWSER FOR THE TESTS OF THE PAGE: none of {', '.join(NAMES)}, nor Playwright's own")
        opened = tool.chromium.launch(executable_path=found or own, args=[*QUIET, *MORE_QUIET])
        yield opened
        opened.close()


def index_of(records: Iterator[Record], folder: Path) -> Path:
    folder.mkdir()
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    report = build_index([folder], folder / "index")
    assert not report.failed
    return folder / "index"


def serving(index: Path) -> Iterator[str]:
    """The address of a server of an index, while it runs."""
    served = Served(index)
    yield served.address
    served.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    """An archive of articles that were made up."""
    yield from serving(index_of(ordinary(), tmp_path_factory.mktemp("page") / "ordinary"))


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    yield from serving(index_of(hostile(), tmp_path_factory.mktemp("page") / "hostile"))


@pytest.fixture(scope="session")
def seeds_site(seeds_index: Path, browser: Any) -> Iterator[str]:
    yield from serving(seeds_index)


@pytest.fixture
def looking(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page as a reader has it: `looking(site + "/", locale="zh-CN", color_scheme="dark", viewport=PHONE)`,
    which is answered with a `status`, and may lead to others with `errors`. At the end no console has had an error
    (such as a breach of the content security policy), no script has failed, and nothing was asked from another host."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def look(address: str, *, status: int = 200, errors: Sequence[int] = (), **reader: Any) -> Any:
        context = browser.new_context(**{"locale": "zh-CN", "viewport": DESKTOP, **reader})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        host = address.split("/")[2]
        expected = [f"the server responded with a status of {number} " for number in (status, *errors)]

        def note(message: Any) -> None:
            if message.type in ("error", "warning") and not any(each in message.text for each in expected):
                wrong.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        context.on("request", lambda request: request.url.split("/")[2] == host or wrong.append(request.url))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        answer = page.goto(address)
        assert answer.status == status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        return page

    yield look
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def shoot() -> Callable[[Any, str], None]:
    """Keeps a picture of a page for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def picture(page: Any, name: str) -> None:
        page.screenshot(path=os.fspath(SCREENSHOTS / f"{name}.png"), full_page=True)

    return picture
