"""Rebuilding an index on servers, and moving one to and from them, keeps every article and setting."""

import json
import os
import shutil
from pathlib import Path

import pytest

from ..e2e import test_rebuild as rebuild
from ..e2e.test_cli import PLAIN
from ..e2e.test_rebuild import archive, articles, has_settings, index, is_sound, succeed

__all__ = ["archive", "index"]  # fixtures


@pytest.fixture
def engine(opensearch: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(PLAIN, "SOUWEN_OPENSEARCH_URL", os.environ["SOUWEN_OPENSEARCH_URL"])
    return opensearch


def test_a_rebuild_without_paths_reads_the_files_that_still_exist(archive: Path, index: Path, engine: str) -> None:
    before = articles(index)
    shutil.rmtree(archive / "丙")
    rebuild.write(archive / "甲" / "a.csv", "01,新的标题,新的正文,2023-09-01")
    assert "3 added, 0 updated, 0 unchanged, 3 kept" in succeed("index", "--index", index, "--rebuild")
    after = articles(index)
    assert after["01"]["title"] == "新的标题"
    assert {**after, "01": before["01"]} == before
    assert has_settings(index, engine)
    assert is_sound(index)
    assert "3 added, 0 updated, 3 deleted" in succeed(
        "index", archive, "--index", index, "--rebuild", "--delete-missing"
    )
    assert articles(index).keys() == {"01", "11", "12"}


def test_articles_move_to_another_engine_and_back(archive: Path, index: Path, engine: str) -> None:
    before = articles(index)
    shutil.rmtree(archive / "丙")
    for other in ("whoosh", engine):
        succeed("index", "--index", index, "--rebuild", "--engine", other)
        assert json.loads((index / "meta.json").read_text("utf-8"))["engine"] == other
        assert articles(index) == before
        assert has_settings(index, other)
        assert is_sound(index)
        assert "0 added, 0 updated, 4 unchanged" in succeed("index", archive, "--index", index)


def test_a_copy_has_the_settings_and_the_aliases(index: Path, engine: str, tmp_path: Path) -> None:
    assert "6 copied" in succeed("index", "--from-index", index, "--index", tmp_path / "copy")
    assert articles(tmp_path / "copy") == articles(index)
    assert has_settings(tmp_path / "copy", engine)
