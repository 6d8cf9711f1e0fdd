"""The documentation builds without a warning, covers the library, and loads nothing from other hosts."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from souwen import indexer, query

from ..conftest import ROOT

# Addresses that a browser loads without a click; links may point anywhere.
LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"']?(?:https?:)?//|<link[^>]*\shref=[\"']?(?:https?:)?//"
    r"|url\([\"']?(?:https?:)?//|@import"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [Path(sys.executable).with_name("mkdocs"), "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    assert LOADED.search('<link rel=stylesheet href="https://fonts.example/css">')
    files = [path for pattern in ("*.html", "*.css", "*.svg") for path in site.rglob(pattern)]
    assert len(files) > 15
    assert [path.name for path in files if LOADED.search(path.read_text("utf-8"))] == []


def test_its_search_knows_chinese_words(site: Path) -> None:
    entries = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    assert entries["config"]["lang"] == ["en", "zh"]
    assert any("台湾海峡\u200b" in entry["text"] or "\u200b台湾海峡" in entry["text"] for entry in entries["docs"])


@pytest.mark.parametrize("package", [indexer, query], ids=["indexer", "query"])
def test_the_library_reference_has_every_public_name(site: Path, package: object) -> None:
    page = (site / "library.html").read_text("utf-8")
    name = package.__name__  # type: ignore[attr-defined]
    assert [public for public in package.__all__ if f'id="{name}.{public}"' not in page] == []  # type: ignore[attr-defined]
