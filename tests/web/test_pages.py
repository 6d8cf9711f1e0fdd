"""How pages are sent: kept by browsers until the archive changes, told of by HEAD, below any address."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from souwen.indexer import build_index
from souwen.web import archive as archive_module
from souwen.web import create_app

from .conftest import Served


@pytest.mark.parametrize("path", ["/", f"/?q={quote('外交')}", f"/article?id=1&q={quote('外交')}"])
def test_page_is_kept_until_the_archive_changes(
    serve: Callable[..., Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(archive_module, "CHECKED_EVERY", 0.0)
    articles, index = tmp_path / "articles.jsonl", tmp_path / "index"
    article = {"id": "1", "title": "外交", "body": "外交部的消息。"}
    articles.write_text(json.dumps(article), "utf-8")
    build_index([articles], index)
    client = serve(index).client
    first = client.get(path)
    known = {"If-None-Match": first.headers["etag"]}
    assert first.status_code == 200
    assert "Accept-Language" in first.headers["vary"]
    again = client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={**known, "Accept-Language": "zh"}).status_code == 200
    articles.write_text(json.dumps({**article, "body": "外交部的新消息。"}), "utf-8")
    build_index([articles], index)
    later = client.get(path, headers=known)
    assert later.status_code == 200
    assert ("新消息" in later.text) == (path != "/")
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == later.headers["etag"]


def test_page_below_another_address(seeds_index: Path) -> None:
    app = create_app(seeds_index)

    async def pages() -> list[str]:
        transport = httpx.ASGITransport(app, root_path="/archive")
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            paths = ("/archive/", f"/archive/?q={quote('外交')}", "/archive/nowhere")
            return [(await client.get(path)).text for path in paths]

    try:
        told = asyncio.run(pages())
    finally:
        app.state.archive.close()
    for page in told:
        addresses = re.findall(r'(?:href|src|action|data-suggest)="([^"#][^"]*)"', page)
        here = [address for address in addresses if not address.startswith("http")]
        assert len(here) > 5
        assert [address for address in here if not address.startswith("/archive/")] == []
