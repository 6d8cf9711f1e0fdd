"""The newest version of an article is in the index, whatever its file is called; two articles with one id both are."""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest

from souwen.engines import IndexDirectory
from souwen.indexer import IndexReport, build_index, check_index

URL = "https://www.rfi.fr/cn/1"
DAY = 86_400
LONG_AGO = time.time() - 30 * DAY
CRAWL = 1_690_000_000_000  # ms


@pytest.fixture(params=["whoosh", "tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., IndexReport]:
    """Index the folder `archive`, with either engine."""
    if request.param == "tantivy":
        pytest.importorskip("tantivy")
    (tmp_path / "archive").mkdir()

    def run(**options: object) -> IndexReport:
        return build_index(tmp_path / "archive", tmp_path / "index", engine=request.param, jobs=1, **options)  # type: ignore[arg-type]

    return run


def write(file: Path, *records: dict[str, str], days: float = 0) -> Path:
    file.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    os.utime(file, (LONG_AGO + days * DAY,) * 2)
    return file


def dump(file: Path, *articles: tuple[int, str, str], days: float = 0) -> None:
    """Write articles, each a day of its crawl, a title and a body, in the format of the seeds."""
    file.write_text(
        "".join(
            f"<!--{CRAWL + day * DAY * 1000}-->\n[{title}]({URL})\n------\n<p>{body}</p>\n"
            for day, title, body in articles
        ),
        "utf-8",
    )
    os.utime(file, (LONG_AGO + days * DAY,) * 2)


def bodies(tmp_path: Path) -> dict[str, str]:
    """Return id → body of all articles, ids without the folder."""
    directory = IndexDirectory(tmp_path / "index")
    with closing(directory.open(directory.meta().fingerprint).reader()) as reader:
        articles = [stored.article for stored in reader.articles()]
        assert len(articles) == reader.statistics().articles
        assert all(reader.find(article.id) for article in articles)
    assert not check_index(tmp_path / "index").problems
    by_id = {article.id.replace(f"{tmp_path}/archive/", ""): article.body for article in articles}
    assert len(by_id) == len(articles)
    return by_id


def test_correction_in_a_renamed_file_is_read(index: Callable[..., IndexReport], tmp_path: Path) -> None:
    old = write(tmp_path / "archive" / "old.jsonl", {"id": "1", "title": "甲", "body": "原文", "date": "2023-09-02"})
    index()
    old.unlink()
    write(tmp_path / "archive" / "new.jsonl", {"id": "1", "title": "甲", "body": "更正", "date": "2023-09-02"}, days=1)
    assert index().updated == 1
    assert bodies(tmp_path) == {"1": "更正"}


def test_correction_of_a_date_in_a_renamed_file_is_read(index: Callable[..., IndexReport], tmp_path: Path) -> None:
    """The vanished file must not win because its date, which was wrong, is later."""
    record = {"url": URL, "title": "甲", "body": "正文"}
    old = write(tmp_path / "archive" / "old.jsonl", record | {"date": "2032-09-02"})
    index()
    old.rename(tmp_path / "archive" / "new.jsonl")
    assert index().skipped == 1
    write(tmp_path / "archive" / "new.jsonl", record | {"date": "2023-09-02"}, days=1)
    assert index().updated == 1
    assert index(delete_missing=True).deleted == 0
    assert bodies(tmp_path) == {URL: "正文"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_newest_crawl_wins_in_any_order(
    index: Callable[..., IndexReport], tmp_path: Path, order: tuple[int, ...]
) -> None:
    """File times say the opposite, and so do the names in half of the orders."""
    for name, day in enumerate(order):
        dump(tmp_path / "archive" / f"{name}.txt", (day, f"标题{day}", f"第{day}天的正文。"), days=-day)
    report = index()
    assert (report.added, report.updated, report.skipped) == (1, 0, 2)
    assert bodies(tmp_path) == {URL: "第2天的正文。"}
    assert index(rebuild=True).added == 1
    assert bodies(tmp_path) == {URL: "第2天的正文。"}


def test_newest_version_wins_when_dumps_come_one_by_one(index: Callable[..., IndexReport], tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    dump(archive / "b.txt", (1, "标题", "第一天。"))
    index()
    dump(archive / "c.txt", (2, "标题", "第二天。"))
    assert index().updated == 1
    dump(archive / "a.txt", (0, "标题", "第零天。"), days=9)
    assert (index().updated, bodies(tmp_path)) == (0, {URL: "第二天。"})
    (archive / "c.txt").unlink()
    assert (index().updated, bodies(tmp_path)) == (0, {URL: "第二天。"})
    assert index(delete_missing=True).updated == 1  # by the newest of those that are left
    assert bodies(tmp_path) == {URL: "第一天。"}


def test_newest_of_two_versions_in_one_file_wins_whenever_it_is_read(
    index: Callable[..., IndexReport], tmp_path: Path
) -> None:
    versions = [(0, "标题", "第零天。"), (2, "标题", "第二天。"), (1, "标题", "第一天。")]
    for days in range(3):  # each run reads the file
        dump(tmp_path / "archive" / "a.txt", *versions[: days + 1], *versions, days=days)
        report = index()
        assert (report.read, report.added) == (1, int(not days))
        assert bodies(tmp_path) == {URL: "第二天。"}


def test_publication_then_file_time_decide_without_a_crawl(index: Callable[..., IndexReport], tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    dated = {"url": f"{URL}0", "title": "甲"}
    undated = {"url": f"{URL}1", "title": "乙"}
    write(archive / "a.jsonl", dated | {"body": "新", "date": "2023-09-03"}, undated | {"body": "旧"})
    write(archive / "b.jsonl", dated | {"body": "旧", "date": "2023-09-02"}, undated | {"body": "新"}, days=1)
    index()
    assert bodies(tmp_path) == {f"{URL}0": "新", f"{URL}1": "新"}


def test_records_with_one_id_and_different_texts_are_all_indexed(
    index: Callable[..., IndexReport], tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    for name in ("a", "b", "c"):
        rows = "".join(f"{number},标题{name}{number},正文{name}{number}\n" for number in range(1, 4))
        (archive / f"{name}.csv").write_text(f"id,title,body\n{rows}", "utf-8")
    report = index()
    assert (report.added, report.skipped, len(report.failed)) == (9, 0, 0)
    assert [(shared.id, shared.article_id) for shared in report.shared_ids][:2] == [
        ("1", f"{archive}/b.csv#1"),
        ("2", f"{archive}/b.csv#2"),
    ]
    everything = bodies(tmp_path)
    assert everything == {
        f"{prefix}{number}": f"正文{name}{number}"
        for name, prefix in (("a", ""), ("b", "b.csv#"), ("c", "c.csv#"))
        for number in range(1, 4)
    }
    assert index().skipped == 9
    (archive / "b.csv").write_text("id,title,body\n1,标题b1,改了\n2,标题b2,正文b2\n", "utf-8")
    report = index(delete_missing=True)
    assert (report.added, report.updated, report.deleted, report.skipped) == (0, 1, 1, 7)
    assert bodies(tmp_path) == {
        key: "改了" if key == "b.csv#1" else body for key, body in everything.items() if key != "b.csv#3"
    }


def test_rows_of_one_file_with_one_id_are_all_indexed(index: Callable[..., IndexReport], tmp_path: Path) -> None:
    rows = "".join(f"7,标题{number},正文{number}\n" for number in (*range(20), 3, 4))
    (tmp_path / "archive" / "a.csv").write_text(f"id,title,body\n{rows}", "utf-8")
    report = index()
    assert (report.added, report.skipped) == (20, 2)
    assert sorted(bodies(tmp_path).values()) == sorted(f"正文{number}" for number in range(20))
    (tmp_path / "archive" / "a.csv").write_text(f"id,title,body\n{rows}7,标题20,正文20\n", "utf-8")
    report = index()  # reads the file again
    assert (report.added, report.updated, report.skipped) == (1, 0, 22)


def test_file_with_other_articles_under_the_ids_of_a_vanished_one_replaces_none(
    index: Callable[..., IndexReport], tmp_path: Path
) -> None:
    january = write(tmp_path / "archive" / "january.jsonl", {"id": "1", "title": "一月", "body": "雪"})
    index()
    january.unlink()
    write(tmp_path / "archive" / "february.jsonl", {"id": "1", "title": "二月", "body": "雨"}, days=31)
    assert index().added == 1
    assert bodies(tmp_path) == {"1": "雪", "february.jsonl#1": "雨"}


def test_manifest_of_an_older_version_leads_to_reading_all_files(
    index: Callable[..., IndexReport], tmp_path: Path
) -> None:
    dump(tmp_path / "archive" / "a.txt", (1, "标题", "第一天。"))
    index()
    directory = IndexDirectory(tmp_path / "index")
    database = sqlite3.connect(directory.manifest(directory.meta()))
    for table, columns in {
        "file": ["changed_ns", "inode"],
        "article": ["dated_ns", "modified_ns", "url", "title", "body"],
        "duplicate": ["dated_ns", "modified_ns"],
    }.items():
        for column in columns:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.executescript("DROP TABLE checksum; DROP TABLE index_commit; PRAGMA user_version = 0")
    database.commit()
    database.close()
    dump(tmp_path / "archive" / "b.txt", (0, "标题", "第零天。"))
    assert index().read == 2
    assert bodies(tmp_path) == {URL: "第一天。"}
    assert index().read == 0


def test_dates_of_former_centuries(index: Callable[..., IndexReport], tmp_path: Path) -> None:
    write(tmp_path / "archive" / "a.jsonl", {"id": "1", "title": "万历", "body": "雪", "date": "1573-02-02"})
    assert index().added == 1
    assert bodies(tmp_path) == {"1": "雪"}
