"""A later run reads only changed files, and deletes missing articles only with delete_missing."""

import json
import os
import shutil
import tarfile
import time
from pathlib import Path

import pytest

from souwen.indexer import UnknownField, build_index
from souwen.indexer.sync import MAX_FAILURES_PER_FILE
from souwen.query import Searcher

from ..conftest import SEEDS

LONG_AGO = time.time() - 3600


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, *records: dict[str, str], modified: float = LONG_AGO) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    os.utime(file, (modified, modified))
    return file


def run(folder: Path, delete_missing: bool = False) -> dict[str, int]:
    """Index a folder and return the counts of the report that are not zero."""
    report = build_index(folder, folder.parent / "index", delete_missing=delete_missing)
    counts = {name: getattr(report, name) for name in ("added", "updated", "deleted", "skipped", "read")}
    return {name: count for name, count in (counts | {"failed": len(report.failed)}).items() if count}


def titles(folder: Path) -> dict[str, str]:
    with Searcher(folder.parent / "index") as searcher:
        return {hit.id: hit.title for hit in searcher.search("-没有这个", limit=100)}


def test_unchanged_files_are_not_read(archive: Path) -> None:
    write(archive, "a.jsonl", {"id": "1", "title": "甲"}, {"id": "2", "title": "乙"}, {"body": ""})
    write(archive, "b.jsonl", {"id": "3", "title": "丙"})
    assert run(archive) == {"added": 3, "read": 2, "failed": 1}
    first = build_index(archive, archive.parent / "index")
    assert (first.skipped, first.read) == (3, 0)
    assert first.failed == ((str(archive / "a.jsonl"), "line 3: there is neither a title nor a text"),)


def test_only_changed_files_are_read(archive: Path) -> None:
    for number in range(20):
        write(archive, f"{number}.jsonl", {"id": str(number), "title": f"第{number}篇"})
    run(archive)
    write(archive, "7.jsonl", {"id": "7", "title": "改了"}, modified=LONG_AGO + 1)
    write(archive, "20.jsonl", {"id": "20", "title": "新来的"})
    assert run(archive) == {"added": 1, "updated": 1, "skipped": 19, "read": 2}
    assert titles(archive)["7"] == "改了"
    assert len(titles(archive)) == 21


def test_new_time_with_the_same_content_is_not_a_change(archive: Path) -> None:
    file = write(archive, "a.jsonl", {"id": "1", "title": "甲"})
    run(archive)
    os.utime(file, (LONG_AGO + 9, LONG_AGO + 9))
    assert run(archive) == {"skipped": 1}


def test_change_within_a_clock_tick_is_noticed(archive: Path) -> None:
    """Size and time stay the same, but the file was too new when it was read for its time to prove anything."""
    now = time.time()
    write(archive, "a.jsonl", {"id": "1", "title": "甲"}, modified=now)
    run(archive)
    write(archive, "a.jsonl", {"id": "1", "title": "乙"}, modified=now)
    assert run(archive) == {"updated": 1, "read": 1}
    assert titles(archive) == {"1": "乙"}


def wait_for_settled_stamps() -> None:
    time.sleep(2.1)  # a file that was changed in the last two seconds is always compared


def test_other_content_with_the_same_size_and_time_is_read(archive: Path) -> None:
    """As after `cp -p` over a file, `rsync --times` and `mv`."""
    copied, renamed, rewritten = (
        write(archive, f"{number}.jsonl", {"id": f"{number}", "title": f"旧{number}"}) for number in range(3)
    )
    wait_for_settled_stamps()
    assert run(archive) == {"added": 3, "read": 3}
    assert run(archive) == {"skipped": 3}
    others = archive.parent / "others"
    shutil.copy2(write(others, "0.jsonl", {"id": "0", "title": "新0"}), copied)
    write(others, "1.jsonl", {"id": "1", "title": "新1"}).replace(renamed)
    write(archive, rewritten.name, {"id": "2", "title": "新2"})
    assert run(archive) == {"updated": 3, "read": 3}
    assert titles(archive) == {"0": "新0", "1": "新1", "2": "新2"}


def test_restored_folder_is_compared_and_not_read(archive: Path) -> None:
    """All files have other inodes and times of change, and the same content."""
    for number in range(5):
        write(archive, f"{number}.jsonl", {"id": str(number), "title": f"第{number}篇"})
    run(archive)
    shutil.copytree(archive, archive.parent / "backup")
    shutil.rmtree(archive)
    (archive.parent / "backup").rename(archive)
    assert run(archive) == {"skipped": 5}


def test_missing_articles_stay_without_delete_missing(archive: Path) -> None:
    write(archive, "a.jsonl", {"id": "1", "title": "甲"}, {"id": "2", "title": "乙"})
    write(archive, "b.jsonl", {"id": "3", "title": "丙"})
    run(archive)
    (archive / "b.jsonl").unlink()
    write(archive, "a.jsonl", {"id": "1", "title": "甲"}, modified=LONG_AGO + 1)
    assert run(archive) == {"skipped": 1, "read": 1}
    assert titles(archive) == {"1": "甲", "2": "乙", "3": "丙"}
    # Both have been missing since an earlier run, which the manifest records.
    assert run(archive, delete_missing=True) == {"deleted": 2, "skipped": 1}
    assert titles(archive) == {"1": "甲"}
    assert run(archive, delete_missing=True) == {"skipped": 1}


def test_only_articles_below_the_paths_are_deleted(archive: Path) -> None:
    write(archive, "a/1.jsonl", {"id": "1", "title": "甲"})
    write(archive, "ab/2.jsonl", {"id": "2", "title": "乙"})
    write(archive, "a/3.jsonl", {"id": "3", "title": "丙"})
    run(archive)
    (archive / "ab" / "2.jsonl").unlink()
    (archive / "a" / "3.jsonl").unlink()
    index = archive.parent / "index"
    assert build_index(archive / "a", index, delete_missing=True).deleted == 1
    assert titles(archive) == {"1": "甲", "2": "乙"}
    assert build_index(archive, index, delete_missing=True).deleted == 1
    assert titles(archive) == {"1": "甲"}


def test_empty_folder_deletes_nothing(archive: Path) -> None:
    """The folder may be a disk that is not mounted."""
    file = write(archive, "a.jsonl", {"id": "1", "title": "甲"})
    run(archive)
    file.unlink()
    assert run(archive, delete_missing=True) == {"failed": 1}
    assert titles(archive) == {"1": "甲"}


def test_file_supplies_an_article_as_long_as_it_contains_the_newest_version(archive: Path) -> None:
    write(archive, "b.jsonl", {"url": "u", "title": "原文"}, {"id": "2", "title": "别的"})
    run(archive)
    write(archive, "a.jsonl", {"url": "u", "title": "旧文"}, modified=LONG_AGO - 2)
    assert run(archive) == {"skipped": 3, "read": 1}
    write(archive, "a.jsonl", {"url": "u", "title": "旧文更正"}, modified=LONG_AGO - 1)
    assert run(archive) == {"skipped": 3, "read": 1}
    assert titles(archive) == {"u": "原文", "2": "别的"}
    (archive / "b.jsonl").unlink()
    assert run(archive, delete_missing=True) == {"updated": 1, "deleted": 1, "skipped": 1}
    assert titles(archive) == {"u": "旧文更正"}
    write(archive, "a.jsonl", {"url": "u", "title": "再更正"}, modified=LONG_AGO + 2)
    assert run(archive) == {"updated": 1, "read": 1}


def test_article_that_moves_to_another_file_is_kept(archive: Path) -> None:
    write(archive, "a.jsonl", {"id": "1", "title": "甲"}, {"id": "2", "title": "乙"})
    write(archive, "b.jsonl", {"id": "3", "title": "丙"})
    run(archive)
    write(archive, "a.jsonl", {"id": "2", "title": "乙"}, modified=LONG_AGO + 1)
    write(
        archive, "b.jsonl", {"id": "1", "title": "甲", "body": "改"}, {"id": "3", "title": "丙"}, modified=LONG_AGO + 1
    )
    assert run(archive, delete_missing=True) == {"updated": 1, "skipped": 2, "read": 2}
    assert titles(archive) == {"1": "甲", "2": "乙", "3": "丙"}


def test_truncated_archive_loses_no_articles(archive: Path) -> None:
    for number in range(30):
        write(archive.parent / "unpacked", f"{number:02}.jsonl", {"id": str(number), "title": f"第{number}篇" * 99})
    packed = archive / "all.tar"
    with tarfile.open(packed, "w") as tar:
        tar.add(archive.parent / "unpacked", "all")
    assert run(archive) == {"added": 30, "read": 1}
    assert run(archive) == {"skipped": 30}
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    assert run(archive, delete_missing=True).keys() == {"skipped", "read", "failed"}
    assert len(titles(archive)) == 30


def test_archive_without_articles_is_read_once(archive: Path) -> None:
    with tarfile.open(archive / "none.tar", "w"):
        pass
    write(archive, "a.jsonl", {"id": "1", "title": "甲"})
    assert run(archive) == {"added": 1, "read": 2}
    os.utime(archive / "none.tar", (LONG_AGO, LONG_AGO))
    assert run(archive, delete_missing=True) == {"skipped": 1}


def test_index_without_manifest_reads_all_files_and_changes_nothing(archive: Path) -> None:
    write(archive, "a.jsonl", {"id": "1", "title": "甲"}, {"id": "2", "title": "乙"})
    run(archive)
    (archive.parent / "index" / "whoosh-1.files").unlink()
    assert run(archive) == {"skipped": 2, "read": 1}
    assert run(archive) == {"skipped": 2}


def test_another_mapping_reads_all_files_again(archive: Path) -> None:
    write(archive, "a.jsonl", {"id": "1", "title": "甲", "kopf": "真正的标题"})
    run(archive)
    index = archive.parent / "index"
    assert build_index(archive, index, mapping={"title": "kopf"}, rebuild=True).added == 1
    assert titles(archive) == {"1": "真正的标题"}
    assert build_index(archive, index, mapping={"title": "kopf"}).read == 0
    with pytest.raises(UnknownField, match="no field titel: map one of id, title"):
        build_index(archive, index, mapping={"titel": "kopf"})


def test_rebuild_starts_a_new_manifest(archive: Path) -> None:
    write(archive, "a.jsonl", {"id": "1", "title": "甲"})
    run(archive)
    index = archive.parent / "index"
    assert build_index(archive, index, rebuild=True).added == 1
    assert sorted(entry.name for entry in index.glob("whoosh-*")) == ["whoosh-2", "whoosh-2.files"]
    assert run(archive) == {"skipped": 1}


def test_other_files_in_the_folder_of_the_index_stay(archive: Path) -> None:
    index = archive.parent / "index"
    build_index(SEEDS, index)
    for name in ("my-1.files", "whoosh-1.files.txt", "whoosh-x.files"):
        (index / name).touch()
    build_index(SEEDS, index, rebuild=True)
    assert {"my-1.files", "whoosh-1.files.txt", "whoosh-x.files"} <= {entry.name for entry in index.iterdir()}


def test_path_given_twice_counts_once(archive: Path) -> None:
    file = write(archive, "a.jsonl", {"id": "1", "title": "甲"})
    index = archive.parent / "index"
    report = build_index([archive, file, archive / ".." / "archive"], index)
    assert (report.added, report.skipped, report.read) == (1, 0, 1)
    report = build_index([file, archive], index)
    assert (report.skipped, report.read) == (1, 0)


def test_undecodable_file_names_are_distinct(archive: Path) -> None:
    for name in (b"a\xff.jsonl", b"a\xfe.jsonl"):
        try:
            Path(os.fsdecode(os.fsencode(archive) + b"/" + name)).write_text(f'{{"id": "{name[1]}", "title": "甲"}}')
        except OSError:
            pytest.skip("this file system accepts only names that are text")
    assert run(archive) == {"added": 2, "read": 2}
    for file in archive.iterdir():
        os.utime(file, (LONG_AGO, LONG_AGO))
    assert run(archive) == {"skipped": 2}
    shutil.rmtree(archive)
    archive.mkdir()
    write(archive, "b.jsonl", {"id": "b", "title": "乙"})
    assert run(archive, delete_missing=True) == {"added": 1, "deleted": 2, "read": 1}


def test_failures_of_a_file_are_limited(archive: Path) -> None:
    (archive / "a.jsonl").write_text('{"id": "1", "title": "甲"}\n' + "{}\n" * (MAX_FAILURES_PER_FILE + 7), "utf-8")
    os.utime(archive / "a.jsonl", (LONG_AGO, LONG_AGO))
    index = archive.parent / "index"
    for _ in range(2):
        report = build_index(archive, index)
        assert len(report.failed) == MAX_FAILURES_PER_FILE + 1
        assert report.failed[-1] == (str(archive / "a.jsonl"), "7 more parts of the file are not articles")
    assert report.read == 0
