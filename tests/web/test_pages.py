"""Pages over HTTP: caching until the index changes, HEAD requests, and a root path."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from souwen.indexer import build_index
from souwen.web import create_app, searcher_pool

from .conftest import RunningServer


@pytest.mark.parametrize("path", ["/", f"/?q={quote('外交')}", f"/article?id=1&q={quote('外交')}"])
def test_page_is_cached_until_the_index_changes(
    serve: Callable[..., RunningServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(searcher_pool, "CHECK_INTERVAL_SECONDS", 0.0)
    articles, index = tmp_path / "articles.jsonl", tmp_path / "index"
    article = {"id": "1", "title": "外交", "body": "外交部的消息。"}
    articles.write_text(json.dumps(article), "utf-8")
    build_index([articles], index)
    client = serve(index).client
    first = client.get(path)
    cached = {"If-None-Match": first.headers["etag"]}
    assert first.status_code == 200
    assert "Accept-Language" in first.headers["vary"]
    second = client.get(path, headers=cached)
    assert (second.status_code, second.content) == (304, b"")
    assert client.get(path, headers={**cached, "Accept-Language": "zh"}).status_code == 200
    articles.write_text(json.dumps({**article, "body": "外交部的新消息。"}), "utf-8")
    build_index([articles], index)
    later = client.get(path, headers=cached)
    assert later.status_code == 200
    assert ("新消息" in later.text) == (path != "/")
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == later.headers["etag"]


def test_links_start_with_the_root_path(seeds_index: Path) -> None:
    app = create_app(seeds_index)

    async def fetch_pages() -> list[str]:
        transport = httpx.ASGITransport(app, root_path="/archive")
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            paths = ("/archive/", f"/archive/?q={quote('外交')}", "/archive/nowhere")
            return [(await client.get(path)).text for path in paths]

    try:
        pages = asyncio.run(fetch_pages())
    finally:
        app.state.searcher_pool.close()
    for page in pages:
        addresses = re.findall(r'(?:href|src|action|data-suggest)="([^"#][^"]*)"', page)
        own_addresses = [address for address in addresses if not address.startswith("http")]
        assert len(own_addresses) > 5
        assert [address for address in own_addresses if not address.startswith("/archive/")] == []
