"""`delete_missing` deletes articles of files that are gone, and nothing by mistake."""

import json
import os
import time
from pathlib import Path

import pytest

from souwen.indexer import IndexReport, TooManyDeletions, build_index
from souwen.query import Searcher

LONG_AGO = time.time() - 3600


def write(file: Path, *numbers: int) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(json.dumps({"id": f"{number}", "title": f"第{number}篇"}) + "\n" for number in numbers))
    os.utime(file, (LONG_AGO, LONG_AGO))
    return file


def delete(tmp_path: Path, *roots: str, **options: int) -> IndexReport:
    paths = [tmp_path / root for root in roots]
    return build_index(paths, tmp_path / "index", delete_missing=True, **options)  # type: ignore[arg-type]


def ids(tmp_path: Path) -> set[int]:
    with Searcher(tmp_path / "index") as searcher:
        return {int(hit.id) for hit in searcher.search("-没有这个", limit=1000)}


@pytest.mark.parametrize("empty_first", [False, True])
def test_each_empty_root_is_spared(tmp_path: Path, empty_first: bool) -> None:
    """One of several disks may not be mounted."""
    file = write(tmp_path / "mount" / "a.jsonl", 1)
    write(tmp_path / "disk" / "b.jsonl", 2)
    roots = ["mount", "disk"] if empty_first else ["disk", "mount"]
    delete(tmp_path, *roots)
    file.unlink()
    report = delete(tmp_path, *roots)
    assert (report.deleted, ids(tmp_path)) == (0, {1, 2})
    assert [failure.path for failure in report.failed] == [str(tmp_path / "mount")]
    assert "--max-delete 100" in report.failed[0].reason
    assert delete(tmp_path, ".", "mount").deleted == 0  # also below another root
    assert delete(tmp_path, *roots, max_delete=100).deleted == 1
    assert ids(tmp_path) == {2}


def test_file_cut_to_nothing_keeps_its_articles(tmp_path: Path) -> None:
    file = write(tmp_path / "a" / "a.jsonl", 1)
    write(tmp_path / "a" / "b.jsonl", 2)
    delete(tmp_path, "a")
    file.write_bytes(b"")
    for _ in range(2):
        report = delete(tmp_path, "a", max_delete=100)
        assert (report.deleted, ids(tmp_path)) == (0, {1, 2})
        assert report.failed[0].path == str(file)
        assert "the file is empty" in report.failed[0].reason
    file.unlink()
    assert delete(tmp_path, "a").deleted == 1


@pytest.mark.parametrize("damage", [b"{\n", b'{"id": "1", "title"\n{}\n', bytes(100)])
def test_file_that_fails_where_it_did_not_keeps_its_articles(tmp_path: Path, damage: bytes) -> None:
    file = write(tmp_path / "a" / "a.jsonl", 1, 2)
    write(tmp_path / "a" / "b.jsonl", 3)
    delete(tmp_path, "a")
    file.write_bytes(damage)
    report = delete(tmp_path, "a", max_delete=100)
    assert (report.deleted, ids(tmp_path)) == (0, {1, 2, 3})
    assert report.failed
    write(file, 2)
    assert delete(tmp_path, "a").deleted == 1
    assert ids(tmp_path) == {2, 3}


@pytest.mark.parametrize(("missing", "articles"), [(21, 100), (11, 30), (100, 101)])
def test_too_many_deletions_stop_the_run(tmp_path: Path, missing: int, articles: int) -> None:
    file = write(tmp_path / "a" / "a.jsonl", *range(articles))
    delete(tmp_path, "a")
    write(file, *range(articles - missing))
    write(tmp_path / "a" / "new.jsonl", articles)
    message = (
        f"{missing} of {articles + 1} articles are no longer in their files, which is more than 20 %.*--max-delete"
    )
    with pytest.raises(TooManyDeletions, match=message):
        delete(tmp_path, "a")
    assert ids(tmp_path) == set(range(articles))
    assert delete(tmp_path, "a", max_delete=100).deleted == missing
    assert ids(tmp_path) == {*range(articles - missing), articles}


@pytest.mark.parametrize(("missing", "articles"), [(20, 100), (10, 11)])
def test_few_deletions_need_no_permission(tmp_path: Path, missing: int, articles: int) -> None:
    file = write(tmp_path / "a" / "a.jsonl", *range(articles))
    delete(tmp_path, "a")
    write(file, *range(articles - missing))
    assert delete(tmp_path, "a").deleted == missing
