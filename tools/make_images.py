"""Take the screenshots of the page for the README, of the two articles in `seeds/`.

make images
"""

import shutil
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from souwen.indexer import build_index
from souwen.query import Searcher
from souwen.web import create_app

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PORT = 8765
RESULTS = "/?q=美国 外交"
ARTICLE = "/article?id={id}&q=美国国务院 康达"
SCREEN = {"width": 1120, "height": 600}
PHONE = {"width": 390, "height": 700}


def main() -> None:
    """Serve an index of the seeds, and take screenshots of its pages."""
    with TemporaryDirectory() as index:
        build_index([ROOT / "seeds"], index)
        with Searcher(index) as searcher:
            article = searcher.search("台湾海峡").hits[0].id
        server = uvicorn.Server(uvicorn.Config(create_app(index), port=PORT, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            pages: tuple[tuple[str, str, dict[str, Any]], ...] = (
                ("page", RESULTS, {"viewport": SCREEN, "locale": "en-GB"}),
                (
                    "page-dark",
                    ARTICLE.format(id=article),
                    {"viewport": PHONE, "locale": "zh-CN", "color_scheme": "dark"},
                ),
            )
            for name, path, options in pages:
                page = browser.new_context(device_scale_factor=1.25, **options).new_page()
                page.goto(f"http://127.0.0.1:{PORT}{path}")
                page.screenshot(path=IMAGES / f"{name}.png")
            browser.close()
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
