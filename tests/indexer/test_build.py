"""build_index: reports, transactions, locks and damaged indexes."""

import json
import multiprocessing
import os
import zipfile
from pathlib import Path

import pytest

from souwen.engines import (
    ArticlesUnreadable,
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexNotFound,
    IndexUnwritable,
    UnknownEngine,
)
from souwen.engines.index_directory import FORMAT
from souwen.indexer import PathNotFound, build_index
from souwen.query import Searcher

from ..conftest import SEEDS, ids


def write(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


def counts(report: object) -> tuple[int, ...]:
    return tuple(getattr(report, name) for name in ("added", "updated", "deleted", "skipped"))


def matching_ids(index: Path, query: str) -> set[str]:
    with Searcher(index) as searcher:
        return set(ids(searcher, query))


def test_indexing_twice_adds_no_duplicates(tmp_path: Path) -> None:
    assert counts(build_index([SEEDS], tmp_path / "index")) == (2, 0, 0, 0)
    assert counts(build_index([SEEDS], tmp_path / "index")) == (0, 0, 0, 2)
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.statistics().articles == 2


def test_changed_articles_replace_old_versions(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "旧闻"}, {"id": "2", "title": "别的"})
    build_index([source], tmp_path / "index")
    write(source, {"id": "1", "title": "新闻"}, {"id": "2", "title": "别的"}, {"id": "3", "title": "再来"})
    assert counts(build_index([source], tmp_path / "index")) == (1, 1, 0, 1)
    assert matching_ids(tmp_path / "index", '"旧闻"') == set()
    assert matching_ids(tmp_path / "index", '"新闻"') == {"1"}
    assert matching_ids(tmp_path / "index", "-没有") == {"1", "2", "3"}


def test_first_of_two_equal_articles_with_one_id_wins_in_every_run(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"url": "1", "title": "第一"}, {"url": "1", "title": "第二"})
    assert counts(build_index([source], tmp_path / "index")) == (1, 0, 0, 1)
    assert counts(build_index([source], tmp_path / "index")) == (0, 0, 0, 2)
    assert matching_ids(tmp_path / "index", "第一") == {"1"}


def test_unreadable_files_are_listed_and_the_rest_is_indexed(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "style.css").write_text("p { color: red }", "utf-8")
    (folder / ".hidden").write_text("not read", "utf-8")
    (folder / "good.jsonl").write_text('{"id": "1", "title": "台湾海峡"}', "utf-8")
    report = build_index([folder], tmp_path / "index")
    assert counts(report) == (1, 0, 0, 0)
    assert {Path(failure.path).name: failure.reason for failure in report.failed} == {"empty.txt": "the file is empty"}
    assert report.others == 1
    named = build_index([folder / "style.css"], tmp_path / "index")
    assert named.failed == ((str(folder / "style.css"), ".css file: not an article format"),)
    assert matching_ids(tmp_path / "index", "台湾海峡") == {"1"}


def test_archive_gives_the_same_articles_as_its_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "seeds.zip", "w") as archive:
        for file in sorted(SEEDS.iterdir()):
            archive.write(file, f"rfi/{file.name}")
        archive.writestr("rfi/style.css", "p { color: red }")
    report = build_index([tmp_path / "seeds.zip"], tmp_path / "index")
    assert counts(report) == (2, 0, 0, 0)
    assert report.failed == ()
    assert report.others == 1
    build_index([SEEDS], tmp_path / "folder")
    assert matching_ids(tmp_path / "index", "中国") == matching_ids(tmp_path / "folder", "中国")
    assert counts(build_index([tmp_path / "seeds.zip"], tmp_path / "index")) == (0, 0, 0, 2)


def test_missing_path_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PathNotFound, match="nowhere"):
        build_index([SEEDS, tmp_path / "nowhere"], tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_exception_rolls_back_to_the_last_commit(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "台湾海峡"})

    def stop(done: int, files: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index([source], tmp_path / "index", progress=stop)
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.statistics().articles == 2
    assert counts(build_index([source], tmp_path / "index")) == (1, 0, 0, 0)


def test_exception_in_the_first_run_leaves_no_index(tmp_path: Path) -> None:
    def stop(done: int, files: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index([SEEDS], tmp_path / "index", progress=stop)
    with pytest.raises(IndexNotFound, match="souwen index"):
        Searcher(tmp_path / "index")
    assert counts(build_index([SEEDS], tmp_path / "index")) == (2, 0, 0, 0)


def test_rebuild_replaces_the_index_and_removes_the_old_one(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "台湾海峡"})
    build_index([SEEDS], tmp_path / "index")
    with Searcher(tmp_path / "index") as before:
        assert counts(build_index([source], tmp_path / "index", rebuild=True)) == (1, 0, 0, 0)
        assert before.search("杨涛").total == 1  # an open searcher keeps its commit
    assert len(matching_ids(tmp_path / "index", "-没有")) == 3
    assert len([entry for entry in (tmp_path / "index").iterdir() if entry.is_dir()]) == 1


def test_index_of_another_analyzer_is_refused_and_can_be_rebuilt(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "0'), "utf-8")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Searcher(tmp_path / "index")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        build_index([SEEDS], tmp_path / "index")
    build_index([SEEDS], tmp_path / "index", rebuild=True)
    assert len(matching_ids(tmp_path / "index", "中国")) == 2


@pytest.mark.parametrize(("other_format", "remedy"), [(1, "--rebuild"), (FORMAT + 1, "--upgrade")])
def test_index_of_another_format_is_refused(tmp_path: Path, other_format: int, remedy: str) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace(f'"format": {FORMAT}', f'"format": {other_format}'), "utf-8")
    with pytest.raises(IndexMismatch, match=f"has format {other_format}.*{remedy}"):
        Searcher(tmp_path / "index")


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", f'{{"format": {FORMAT}}}', "\x00", f'{{"format": {FORMAT}, "folder": 5}}']
)
def test_damaged_meta_raises_and_can_be_rebuilt(tmp_path: Path, content: str) -> None:
    build_index([SEEDS], tmp_path / "index")
    (tmp_path / "index" / "meta.json").write_text(content, "utf-8")
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Searcher(tmp_path / "index")
    with pytest.raises(ArticlesUnreadable, match="--from-files"):
        build_index([SEEDS], tmp_path / "index", rebuild=True)
    assert counts(build_index([SEEDS], tmp_path / "index", rebuild=True, from_files=True)) == (2, 0, 0, 0)
    assert len(matching_ids(tmp_path / "index", "中国")) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("dictionary", 5), ("dictionary", [5]), ("entities", 1), ("folder", ".."), ("created", None)),
        *(("mapping", []), ("mapping", {"title": 5})),
    ],
)
def test_meta_with_wrong_types_raises(tmp_path: Path, name: str, value: object) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text("utf-8")) | {name: value}), "utf-8")
    with pytest.raises(IndexDamaged, match="missing or wrong values"):
        Searcher(tmp_path / "index")


def test_meta_cannot_point_outside_the_index(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"whoosh-1"', '"../../etc"'), "utf-8")
    with pytest.raises(IndexDamaged, match="missing or wrong values"):
        Searcher(tmp_path / "index")


def test_damaged_table_of_contents_raises(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    (contents,) = (tmp_path / "index" / "whoosh-1").glob("*.toc")
    contents.write_bytes(contents.read_bytes()[:20])
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Searcher(tmp_path / "index")


def test_unknown_engine_raises(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="whoosh"):
        build_index([SEEDS], tmp_path / "index", engine="sphinx")


def test_index_inside_a_file_raises(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IndexUnwritable, match="--index"):
        build_index([SEEDS], tmp_path / "file" / "index")


def _index_slowly(
    index: Path, started: "multiprocessing.synchronize.Event", go_on: "multiprocessing.synchronize.Event"
) -> None:
    def wait(done: int, files: int) -> None:
        started.set()
        go_on.wait(60)

    build_index([SEEDS], index, progress=wait)


def test_second_writer_gets_the_owner_of_the_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    started, go_on = context.Event(), context.Event()
    writer = context.Process(target=_index_slowly, args=(tmp_path / "index", started, go_on))
    writer.start()
    try:
        assert started.wait(60)
        with pytest.raises(IndexLocked, match=rf"@.* \(PID {writer.pid}\)"):
            build_index([SEEDS], tmp_path / "index", lock_timeout=0.2)
    finally:
        go_on.set()
        writer.join(60)
    assert writer.exitcode == 0
    assert counts(build_index([SEEDS], tmp_path / "index")) == (0, 0, 0, 2)


def test_killed_writer_leaves_the_last_commit_and_no_lock(tmp_path: Path) -> None:
    build_index([write(tmp_path / "a.jsonl", {"id": "1", "title": "台湾海峡"})], tmp_path / "index")
    context = multiprocessing.get_context("spawn")
    started, go_on = context.Event(), context.Event()
    writer = context.Process(target=_index_slowly, args=(tmp_path / "index", started, go_on))
    writer.start()
    assert started.wait(60)
    os.kill(writer.pid or 0, 9)
    writer.join(60)
    assert matching_ids(tmp_path / "index", "-没有") == {"1"}
    assert counts(build_index([SEEDS], tmp_path / "index", lock_timeout=5)) == (2, 0, 0, 0)
    assert len(matching_ids(tmp_path / "index", "-没有")) == 3


FILES = pytest.mark.parametrize("suffix", ["articles", "terms", "toc"])
QUERIES = ("中国", '"台湾海峡"', "杨涛 OR 孙卫东", "中国 -section:国际", "title:美国", "source:rfi", "五角大楼")


def query_results(index: Path) -> list[object]:
    """Return results of an index from several kinds of queries."""
    with Searcher(index) as searcher:
        hits = [hit for query in QUERIES for hit in searcher.search(query)]
        return [
            [(hit.id, hit.score, hit.title, hit.snippets) for hit in hits],
            [suggestion.text for suggestion in searcher.suggest("美")],
            searcher.statistics().articles,
        ]


@pytest.mark.parametrize(
    "damage", ["shorter by a byte", "longer by a byte", "half", "empty", "missing", "noise", "zeros", "one of another"]
)
@FILES
def test_damaged_files_raise_with_the_command_that_rebuilds(tmp_path: Path, suffix: str, damage: str) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index)
    (file,) = (index / "whoosh-1").glob(f"*.{suffix}")
    content = file.read_bytes()
    other_suffix = {"articles": "terms", "terms": "articles", "toc": "terms"}[suffix]
    changed = {
        "shorter by a byte": content[:-1],
        "longer by a byte": content + b"\n",
        "half": content[: len(content) // 2],
        "empty": b"",
        "noise": bytes(range(256)) * 8,
        "zeros": bytes(len(content)),
        "one of another": next((index / "whoosh-1").glob(f"*.{other_suffix}")).read_bytes(),
    }
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(changed[damage])
    with pytest.raises(IndexDamaged, match=f"--index {index} --rebuild") as raised:
        matching_ids(index, '中国 "台湾海峡" -section:国际')
    assert len(str(raised.value).splitlines()) == 1
    with pytest.raises(IndexDamaged, match="--rebuild"):
        build_index([SEEDS], index)
    build_index([SEEDS], index, rebuild=True)
    assert len(matching_ids(index, "中国")) == 2


@FILES
def test_flipped_byte_raises_or_changes_no_result(tmp_path: Path, suffix: str) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index)
    before = query_results(index)
    (file,) = (index / "whoosh-1").glob(f"*.{suffix}")
    content = file.read_bytes()
    errors = changes = 0
    for offset in {*range(0, len(content), max(len(content) // 20, 1)), *range(len(content) - 12, len(content), 3)}:
        file.write_bytes(content[:offset] + bytes([content[offset] ^ 1 << offset % 8]) + content[offset + 1 :])
        changes += 1
        try:
            assert query_results(index) == before
        except IndexDamaged:
            errors += 1
    assert errors > changes // 2  # damage in parts that no query reads is not noticed
    file.write_bytes(content)
    assert query_results(index) == before


def test_rebuild_from_an_empty_folder_keeps_the_index(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    (tmp_path / "empty").mkdir()
    assert counts(build_index([tmp_path / "empty"], tmp_path / "index", rebuild=True)) == (0, 0, 0, 0)
    assert len(matching_ids(tmp_path / "index", "中国")) == 2


def test_relative_and_absolute_path_give_the_same_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.jsonl", {"title": "没有地址"})
    build_index([tmp_path], tmp_path / "index")
    monkeypatch.chdir(tmp_path)
    assert counts(build_index(".", tmp_path / "index")) == (0, 0, 0, 1)


def test_pipes_and_lone_surrogates_are_skipped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"id": "a\\ud800", "title": "台湾\\udfff海峡"}', "utf-8")
    report = build_index(tmp_path, tmp_path / "index")
    assert [failure.reason for failure in report.failed] == ["this is not a regular file"]
    assert matching_ids(tmp_path / "index", "台湾海峡") == {"a"}


def test_dictionary_words_stay_whole_after_a_rebuild(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "涵崧基金公司与 Hong Kong 电讯·盈科"})
    build_index(source, tmp_path / "index")
    dictionary = ["涵崧基金", "Hong Kong", "电讯·盈科", "  ", "x"]
    with pytest.raises(IndexMismatch, match="--rebuild"):
        build_index(source, tmp_path / "index", dictionary=dictionary)
    build_index(source, tmp_path / "index", dictionary=dictionary, rebuild=True)
    with Searcher(tmp_path / "index") as searcher:
        assert {"涵崧基金"} <= {suggestion.text for suggestion in searcher.suggest("涵崧")}
        assert [hit.snippets for hit in searcher.search("hong kong")] == [()]
        assert [hit.title_highlights for hit in searcher.search("Hong Kong")] == [((8, 12), (13, 17))]
    assert counts(build_index(source, tmp_path / "index")) == (0, 0, 0, 1)


def test_index_keeps_its_entities_setting(tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index, entities=False)
    build_index([SEEDS], index)
    with Searcher(index) as searcher:
        assert [hit.entities for hit in searcher.search("中国")] == [(), ()]
        assert searcher.search("布林肯").total == 1
        assert searcher.search("中国", entity="布林肯").total == 0
    with pytest.raises(IndexMismatch, match="--rebuild"):
        build_index([SEEDS], index, entities=True)
    build_index([SEEDS], index, entities=True, rebuild=True)
    with Searcher(index) as searcher:
        assert searcher.search("中国", entity="布林肯").total == 1
