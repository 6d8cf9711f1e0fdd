"""build_index: what a run reports, what it leaves behind, and that it is all or nothing."""

import json
import multiprocessing
import os
import zipfile
from pathlib import Path

import pytest

from souwen.engines import IndexDamaged, IndexLocked, IndexMismatch, IndexNotFound, IndexUnwritable, UnknownEngine
from souwen.engines.index_directory import FORMAT
from souwen.indexer import PathNotFound, build_index
from souwen.query import Searcher

from ..conftest import SEEDS, ids


def write(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


def counts(report: object) -> tuple[int, ...]:
    return tuple(getattr(report, name) for name in ("added", "updated", "deleted", "skipped"))


def found(index: Path, query: str) -> set[str]:
    with Searcher(index) as searcher:
        return set(ids(searcher, query))


def test_twice_never_makes_two(tmp_path: Path) -> None:
    assert counts(build_index([SEEDS], tmp_path / "index")) == (2, 0, 0, 0)
    assert counts(build_index([SEEDS], tmp_path / "index")) == (0, 0, 0, 2)
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.statistics().articles == 2


def test_changed_articles_replace_the_old(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "旧闻"}, {"id": "2", "title": "别的"})
    build_index([source], tmp_path / "index")
    write(source, {"id": "1", "title": "新闻"}, {"id": "2", "title": "别的"}, {"id": "3", "title": "再来"})
    assert counts(build_index([source], tmp_path / "index")) == (1, 1, 0, 1)
    assert found(tmp_path / "index", '"旧闻"') == set()
    assert found(tmp_path / "index", '"新闻"') == {"1"}
    assert found(tmp_path / "index", "-没有") == {"1", "2", "3"}


def test_the_first_of_two_with_one_id_stays_run_after_run(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "第一"}, {"id": "1", "title": "第二"})
    assert counts(build_index([source], tmp_path / "index")) == (1, 0, 0, 1)
    assert counts(build_index([source], tmp_path / "index")) == (0, 0, 0, 2)
    assert found(tmp_path / "index", "第一") == {"1"}


def test_bad_files_are_listed_and_the_rest_indexed(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "style.css").write_text("p { color: red }", "utf-8")
    (folder / ".hidden").write_text("not read", "utf-8")
    (folder / "good.jsonl").write_text('{"id": "1", "title": "台湾海峡"}', "utf-8")
    report = build_index([folder], tmp_path / "index")
    assert counts(report) == (1, 0, 0, 0)
    assert {Path(failure.path).name: failure.reason for failure in report.failed} == {
        "empty.txt": "it is empty",
        "style.css": "it is in no format that souwen reads",
    }
    assert found(tmp_path / "index", "台湾海峡") == {"1"}


def test_an_archive_is_read_as_the_folder_that_it_packs(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "seeds.zip", "w") as archive:
        for file in sorted(SEEDS.iterdir()):
            archive.write(file, f"rfi/{file.name}")
        archive.writestr("rfi/style.css", "p { color: red }")
    report = build_index([tmp_path / "seeds.zip"], tmp_path / "index")
    assert counts(report) == (2, 0, 0, 0)
    assert report.failed == ((f"{tmp_path}/seeds.zip!/rfi/style.css", "it is in no format that souwen reads"),)
    build_index([SEEDS], tmp_path / "folder")
    assert found(tmp_path / "index", "中国") == found(tmp_path / "folder", "中国")
    assert counts(build_index([tmp_path / "seeds.zip"], tmp_path / "index")) == (0, 0, 0, 2)


def test_missing_path_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PathNotFound, match="nowhere"):
        build_index([SEEDS, tmp_path / "nowhere"], tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_an_exception_leaves_the_last_commit(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "台湾海峡"})

    def stop(done: int, files: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index([source], tmp_path / "index", progress=stop)
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.statistics().articles == 2
    assert counts(build_index([source], tmp_path / "index")) == (1, 0, 0, 0)


def test_an_exception_in_the_first_run_leaves_no_index(tmp_path: Path) -> None:
    def stop(done: int, files: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index([SEEDS], tmp_path / "index", progress=stop)
    with pytest.raises(IndexNotFound, match="souwen index"):
        Searcher(tmp_path / "index")
    assert counts(build_index([SEEDS], tmp_path / "index")) == (2, 0, 0, 0)


def test_rebuild_replaces_and_keeps_nothing_else(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "台湾海峡"})
    build_index([SEEDS], tmp_path / "index")
    with Searcher(tmp_path / "index") as before:
        assert counts(build_index([source], tmp_path / "index", rebuild=True)) == (1, 0, 0, 0)
        assert before.search("杨涛").total == 1  # an open searcher goes on seeing what it opened
    assert found(tmp_path / "index", "-没有") == {"1"}
    assert len([entry for entry in (tmp_path / "index").iterdir() if entry.is_dir()]) == 1


def test_an_index_of_another_analyzer_is_refused_and_can_be_rebuilt(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "0'), "utf-8")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Searcher(tmp_path / "index")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        build_index([SEEDS], tmp_path / "index")
    build_index([SEEDS], tmp_path / "index", rebuild=True)
    assert len(found(tmp_path / "index", "中国")) == 2


@pytest.mark.parametrize("other", [1, FORMAT + 1])  # 1 had nothing to count
def test_an_index_of_another_format_is_refused(tmp_path: Path, other: int) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace(f'"format": {FORMAT}', f'"format": {other}'), "utf-8")
    with pytest.raises(IndexMismatch, match=f"has format {other}.*--rebuild"):
        Searcher(tmp_path / "index")


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", f'{{"format": {FORMAT}}}', "\x00", f'{{"format": {FORMAT}, "folder": 5}}']
)
def test_damaged_meta_is_told_and_can_be_rebuilt(tmp_path: Path, content: str) -> None:
    build_index([SEEDS], tmp_path / "index")
    (tmp_path / "index" / "meta.json").write_text(content, "utf-8")
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Searcher(tmp_path / "index")
    assert counts(build_index([SEEDS], tmp_path / "index", rebuild=True)) == (2, 0, 0, 0)
    assert len(found(tmp_path / "index", "中国")) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("dictionary", 5), ("dictionary", [5]), ("entities", 1), ("folder", ".."), ("created", None)]
)
def test_meta_of_wrong_kinds_is_told(tmp_path: Path, name: str, value: object) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text("utf-8")) | {name: value}), "utf-8")
    with pytest.raises(IndexDamaged, match="lacks"):
        Searcher(tmp_path / "index")


def test_meta_cannot_point_out_of_the_index(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    meta = tmp_path / "index" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"whoosh-1"', '"../../etc"'), "utf-8")
    with pytest.raises(IndexDamaged, match="lacks"):
        Searcher(tmp_path / "index")


def test_damaged_table_of_contents_is_told(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    (contents,) = (tmp_path / "index" / "whoosh-1").glob("*.toc")
    contents.write_bytes(contents.read_bytes()[:20])
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Searcher(tmp_path / "index")


def test_unknown_engine(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="whoosh"):
        build_index([SEEDS], tmp_path / "index", engine="sphinx")


def test_index_below_a_file_is_told(tmp_path: Path) -> None:
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


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
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


def test_a_killed_writer_leaves_the_last_commit_and_no_lock(tmp_path: Path) -> None:
    build_index([write(tmp_path / "a.jsonl", {"id": "1", "title": "台湾海峡"})], tmp_path / "index")
    context = multiprocessing.get_context("spawn")
    started, go_on = context.Event(), context.Event()
    writer = context.Process(target=_index_slowly, args=(tmp_path / "index", started, go_on))
    writer.start()
    assert started.wait(60)
    os.kill(writer.pid or 0, 9)
    writer.join(60)
    assert found(tmp_path / "index", "-没有") == {"1"}
    assert counts(build_index([SEEDS], tmp_path / "index", lock_timeout=5)) == (2, 0, 0, 0)
    assert len(found(tmp_path / "index", "-没有")) == 3


FILES = pytest.mark.parametrize("suffix", ["articles", "terms", "toc"])
QUERIES = ("中国", '"台湾海峡"', "杨涛 OR 孙卫东", "中国 -section:国际", "title:美国", "source:rfi", "五角大楼")


def told(index: Path) -> list[object]:
    """What an index answers, by several ways to ask."""
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
def test_damaged_files_are_told_with_the_way_out(tmp_path: Path, suffix: str, damage: str) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index)
    (file,) = (index / "whoosh-1").glob(f"*.{suffix}")
    content = file.read_bytes()
    other = {"articles": "terms", "terms": "articles", "toc": "terms"}[suffix]
    changed = {
        "shorter by a byte": content[:-1],
        "longer by a byte": content + b"\n",
        "half": content[: len(content) // 2],
        "empty": b"",
        "noise": bytes(range(256)) * 8,
        "zeros": bytes(len(content)),
        "one of another": next((index / "whoosh-1").glob(f"*.{other}")).read_bytes(),
    }
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(changed[damage])
    with pytest.raises(IndexDamaged, match=f"--index {index} --rebuild") as raised:
        found(index, '中国 "台湾海峡" -section:国际')
    assert len(str(raised.value).splitlines()) == 1
    with pytest.raises(IndexDamaged, match="--rebuild"):
        build_index([SEEDS], index)
    build_index([SEEDS], index, rebuild=True)
    assert len(found(index, "中国")) == 2


@FILES
def test_a_flipped_byte_never_changes_an_answer(tmp_path: Path, suffix: str) -> None:
    index = tmp_path / "index"
    build_index([SEEDS], index)
    before = told(index)
    (file,) = (index / "whoosh-1").glob(f"*.{suffix}")
    content = file.read_bytes()
    noticed = tried = 0
    for at in {*range(0, len(content), max(len(content) // 20, 1)), *range(len(content) - 12, len(content), 3)}:
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        tried += 1
        try:
            assert told(index) == before
        except IndexDamaged:
            noticed += 1
    assert noticed > tried // 2  # in parts that no query reads, nobody is told
    file.write_bytes(content)
    assert told(index) == before


def test_rebuild_from_a_wrong_folder_keeps_the_index(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index")
    (tmp_path / "empty").mkdir()
    assert counts(build_index([tmp_path / "empty"], tmp_path / "index", rebuild=True)) == (0, 0, 0, 0)
    assert len(found(tmp_path / "index", "中国")) == 2


def test_the_same_file_by_another_way_is_the_same_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.jsonl", {"title": "没有地址"})
    build_index([tmp_path], tmp_path / "index")
    monkeypatch.chdir(tmp_path)
    assert counts(build_index(".", tmp_path / "index")) == (0, 0, 0, 1)


def test_what_is_no_file_and_what_cannot_be_encoded_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"id": "a\\ud800", "title": "台湾\\udfff海峡"}', "utf-8")
    report = build_index(tmp_path, tmp_path / "index")
    assert [failure.reason for failure in report.failed] == ["it is no regular file"]
    assert found(tmp_path / "index", "台湾海峡") == {"a"}


def test_words_of_the_user_stay_whole_after_a_rebuild(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", {"id": "1", "title": "涵崧基金公司与 Hong Kong 电讯·盈科"})
    build_index(source, tmp_path / "index")
    own = ["涵崧基金", "Hong Kong", "电讯·盈科", "  ", "x"]
    with pytest.raises(IndexMismatch, match="--rebuild"):
        build_index(source, tmp_path / "index", dictionary=own)
    build_index(source, tmp_path / "index", dictionary=own, rebuild=True)
    with Searcher(tmp_path / "index") as searcher:
        assert {"涵崧基金"} <= {suggestion.text for suggestion in searcher.suggest("涵崧")}
        assert [hit.snippets for hit in searcher.search("hong kong")] == [()]
        assert [hit.title_highlights for hit in searcher.search("Hong Kong")] == [((8, 12), (13, 17))]
    assert counts(build_index(source, tmp_path / "index")) == (0, 0, 0, 1)


def test_an_index_without_entities_stays_one(tmp_path: Path) -> None:
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
