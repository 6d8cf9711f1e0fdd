"""`check` never calls a damaged manifest right, and the command that it names repairs the index."""

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from souwen.engines import IndexDamaged
from souwen.indexer import build_index, check_index, copy_index
from souwen.indexer.manifest import Manifest
from souwen.messages import SouwenError
from souwen.query import Searcher

from ..conftest import tries

MANIFEST = "whoosh-1.files"
JOURNAL = "whoosh-1.files-journal"
ARTICLES = 40


def write(file: Path, *numbers: int, edition: str = "") -> Path:
    records = ({"id": f"https://a.b/{n}", "title": f"第{n}篇{edition}", "body": "中国与美国"} for n in numbers)
    file.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    return file


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with articles in several files, two of them with the same article, failures, and an index of all."""
    folder = tmp_path_factory.mktemp("sound")
    archive = folder / "archive"
    archive.mkdir()
    for first in range(0, ARTICLES, 4):
        write(archive / f"{first}.jsonl", *range(first, first + 4))
    write(archive / "again.jsonl", 3, 5)
    (archive / "damaged.jsonl").write_text("{\n" * 5, "utf-8")
    build_index(archive, folder / "index")
    assert check_index(folder / "index").problems == ()
    return folder


@pytest.fixture
def index(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound / "index", tmp_path / "index")


def rows(manifest: Path) -> dict[str, list[object]]:
    with closing(sqlite3.connect(manifest)) as database:
        tables = ("file", "failure", "article", "duplicate", "repeated_line")
        return {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}


def titles(index: Path) -> dict[str, str]:
    with Searcher(index) as searcher:
        return {article.id: article.title for article in searcher.articles()}


def is_called_right(index: Path) -> bool:
    """Check an index. Asserts that a message names the next step."""
    try:
        problems = check_index(index).problems
    except IndexDamaged as error:
        problems = (str(error),)
    assert all("souwen index" in problem for problem in problems)
    return not problems


def flips(content: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    """Yield contents with a flipped bit: in the header, at the start of each page, and anywhere."""
    choose = random.Random(os.environ.get("SOUWEN_SOAK", ""))
    edges = [at for page in range(0, len(content), 4096) for at in range(page, min(page + 24, len(content)))]
    anywhere = [choose.randrange(len(content)) for _ in range(count)]
    used = [at for at in range(len(content)) if content[at]]
    for at in (*range(100), *choose.choices(edges, k=count // 2), *anywhere, *choose.choices(used, k=count)):
        yield at, content[:at] + bytes([content[at] ^ 1 << choose.randrange(8)]) + content[at + 1 :]


@pytest.mark.soak
def test_flipped_bits_are_reported_or_harmless(index: Path) -> None:
    manifest = index / MANIFEST
    content, expected = manifest.read_bytes(), rows(manifest)
    reported = 0
    for at, flipped in flips(content, tries(120, 10_000)):
        manifest.write_bytes(flipped)
        if is_called_right(index):
            assert rows(manifest) == expected, at
        else:
            reported += 1
        for file in index.glob(f"{MANIFEST}-*"):
            file.unlink()
    assert reported > tries(100, 9_000)


def test_flipped_bits_of_the_settings_are_reported_and_remove_nothing(index: Path) -> None:
    meta = index / "meta.json"
    content, files = meta.read_bytes(), {*index.rglob("*")}
    assert json.loads(content)["folder"] == "whoosh-1"
    for at in range(len(content)):
        for bit in {at % 8, 1} if at != content.index(b"whoosh-1") + 7 else range(8):
            flipped = content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
            meta.write_bytes(flipped)
            try:
                problems = check_index(index).problems
            except SouwenError as error:
                problems = (str(error),)
            is_right = not problems
            assert is_right or "`" in problems[0]  # the next step
            assert not is_right or json.loads(flipped) == json.loads(content), at
            assert {*index.rglob("*")} == files, at
    meta.write_bytes(content)
    assert check_index(index).problems == ()


def test_truncations_are_reported(index: Path) -> None:
    manifest = index / MANIFEST
    content = manifest.read_bytes()
    for size in (0, 1, 50, 100, 511, 4095, 4096, 8192, len(content) // 2, len(content) - 4096, len(content) - 1):
        manifest.write_bytes(content[:size])
        assert not is_called_right(index), size


@pytest.mark.parametrize("change", ["another index", "an older one", "another database", "text", "nothing"])
def test_exchanged_manifests_are_reported_and_repaired(sound: Path, tmp_path: Path, change: str) -> None:
    archive, index = shutil.copytree(sound / "archive", tmp_path / "archive"), tmp_path / "index"
    build_index(archive, index)
    older = (index / MANIFEST).read_bytes()
    write(archive / "0.jsonl", 0, 1, 2, 100, edition="，新")
    build_index(archive, index, delete_missing=True)
    expected = titles(index)
    assert expected["https://a.b/100"] == "第100篇，新"
    manifest = index / MANIFEST
    if change == "another index":
        build_index(write(tmp_path / "other.jsonl", 7, 200), tmp_path / "other")
        shutil.copy(tmp_path / "other" / MANIFEST, manifest)
    elif change == "an older one":
        manifest.write_bytes(older)
    elif change == "another database":
        manifest.unlink()
        with closing(sqlite3.connect(manifest)) as database:
            database.execute("CREATE TABLE file (name TEXT)")
    else:
        manifest.write_text("text" if change == "text" else "", "utf-8")
    assert not is_called_right(index)
    rebuild = change in ("another database", "text")
    build_index([] if rebuild else archive, index, rebuild=rebuild)
    assert check_index(index).problems == ()
    assert titles(index) == expected


def test_a_flipped_bit_is_still_reported_after_further_runs(sound: Path, index: Path, tmp_path: Path) -> None:
    manifest = index / MANIFEST
    content = manifest.read_bytes()
    at = content.index(b"https://a.b/17")
    manifest.write_bytes(content[:at] + b"i" + content[at + 1 :])
    build_index(write(tmp_path / "more.jsonl", 300), index)
    assert not is_called_right(index)
    build_index([], index, rebuild=True)
    assert check_index(index).problems == ()
    assert len(titles(index)) == ARTICLES + 1


def test_a_manifest_without_checksums_is_adopted(index: Path) -> None:
    """Indexes of the version before have none."""
    with closing(sqlite3.connect(index / MANIFEST)) as database:
        database.executescript("DROP TABLE checksum; DROP TABLE index_commit;")
    assert check_index(index).problems == ()
    with closing(sqlite3.connect(index / MANIFEST)) as database:
        assert database.execute("SELECT count(*) FROM checksum").fetchall() == [(1,)]


def interrupt_commit(index: Path) -> None:
    """Leave the manifest as a run does that is killed while it commits: half written, with a journal that undoes it."""
    work = index.parent / "work"
    shutil.copytree(index, work)
    with closing(sqlite3.connect(work / MANIFEST, isolation_level=None)) as database:
        database.execute("PRAGMA cache_size = 1")  # pages are written before the commit
        database.execute("BEGIN")
        database.execute("UPDATE article SET lost = 1")
        database.execute("UPDATE file SET path = x'61'")
        database.execute("DELETE FROM failure")
        assert (work / JOURNAL).stat().st_size > 512
        for name in (MANIFEST, JOURNAL):
            shutil.copy(work / name, index / name)
    shutil.rmtree(work)


@pytest.mark.soak
def test_damaged_journals_are_reported_or_harmless(index: Path) -> None:
    expected = rows(index / MANIFEST)
    interrupt_commit(index)
    manifest, journal = (index / MANIFEST).read_bytes(), (index / JOURNAL).read_bytes()
    contents = [*flips(journal, tries(120, 10_000)), *((size, journal[:size]) for size in range(0, len(journal), 1024))]
    contents += [(-1, bytes(len(journal))), (-2, manifest), (-3, journal)]
    right = 0
    for at, content in contents:
        (index / MANIFEST).write_bytes(manifest)
        (index / JOURNAL).write_bytes(content)
        if is_called_right(index):
            assert rows(index / MANIFEST) == expected, at
            right += 1
    assert 1 <= right < len(contents)


def test_index_is_copied_with_the_journal_of_its_manifest(sound: Path, index: Path, tmp_path: Path) -> None:
    expected = rows(index / MANIFEST)
    interrupt_commit(index)
    before = {name: (index / name).read_bytes() for name in (MANIFEST, JOURNAL)}
    assert copy_index(index, tmp_path / "copy") == ARTICLES
    assert {name: (index / name).read_bytes() for name in before} == before
    with Manifest(tmp_path / "copy" / MANIFEST) as manifest:
        manifest.verify()
        assert manifest.counts() == (len(expected["file"]), ARTICLES)
    assert build_index(sound / "archive", tmp_path / "copy").read <= 1  # the damaged file was just written
    assert check_index(tmp_path / "copy").problems == ()


def test_a_damaged_manifest_is_not_copied(index: Path, tmp_path: Path) -> None:
    content = (index / MANIFEST).read_bytes()
    at = content.index(b"https://a.b/17")
    (index / MANIFEST).write_bytes(content[:at] + b"i" + content[at + 1 :])
    assert copy_index(index, tmp_path / "copy") == ARTICLES
    assert "https://a.b/17" in titles(tmp_path / "copy")
    with Manifest(tmp_path / "copy" / MANIFEST) as manifest:
        assert manifest.counts() == (0, 0)
    assert check_index(tmp_path / "copy").problems == ()
