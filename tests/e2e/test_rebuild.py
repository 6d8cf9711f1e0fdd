"""Rebuilding and upgrading as a user does it: the command that a message names loses no article and no setting."""

import json
import os
import resource
import shlex
import shutil
import signal
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from .test_cli import PLAIN, SOUWEN, run, search_json

FORMAT_3 = Path(__file__).parents[1] / "indexer" / "format_3"  # indexes that the last version with format 3 made
COLUMNS = ("--map", "id=nr", "--map", "title=kopf", "--map", "body=text", "--map", "date=tag")
ENGINES = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])


@pytest.fixture(autouse=True)
def tantivy(request: pytest.FixtureRequest) -> None:
    if "tantivy" in request.node.name:
        pytest.importorskip("tantivy")


def write(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["nr,kopf,text,tag", *rows, ""]), "utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three folders of tables with two articles each."""
    for number, folder in enumerate(("甲", "乙", "丙")):
        rows = [f"{number}{row},{folder}报谈台湾海峡,涵崧基金公司第{row}条,2023-09-0{row}" for row in (1, 2)]
        write(tmp_path / "archive" / folder / "a.csv", *rows)
    return tmp_path / "archive"


@pytest.fixture
def index(archive: Path, engine: str, tmp_path: Path) -> Path:
    """An index of the archive with settings of every kind, and a list of aliases."""
    (tmp_path / "words.txt").write_text("涵崧基金\n", "utf-8")
    settings = ("--engine", engine, *COLUMNS, "--dictionary", tmp_path / "words.txt", "--no-entities")
    succeed("index", archive, "--index", tmp_path / "index", *settings)
    (tmp_path / "index" / "aliases.txt").write_text("涵崧基金=涵崧\n", "utf-8")
    return tmp_path / "index"


def succeed(*arguments: str | Path) -> str:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def statistics(index: Path) -> dict[str, object]:
    stats: dict[str, object] = json.loads(succeed("stats", "--index", index, "--json"))
    return stats


SETTINGS = {
    "format": 4,
    "entities": False,
    "dictionary": 1,
    "aliases": 1,
    "mapping": {"id": "nr", "title": "kopf", "body": "text", "date": "tag"},
}


def has_settings(index: Path, engine: str) -> bool:
    """Return whether the index shows the settings that it was made with, and uses them."""
    shown = statistics(index).items() >= {**SETTINGS, "engine": engine}.items()
    return shown and search_json(index, "涵崧")["notes"][0]["kind"] == "alias"  # type: ignore[index]


def articles(index: Path) -> dict[str, dict[str, str]]:
    records = map(json.loads, succeed("export", "--index", index).splitlines())
    return {record["id"]: record for record in records}


def prescribed(errors: str) -> list[str]:
    """Return the arguments of the one command that a message names."""
    assert errors.count("\n") == 1
    program, *arguments = shlex.split(errors.split("`")[-2])
    assert program == "souwen"
    return arguments


def is_sound(index: Path) -> bool:
    return run("check", "--index", index).returncode == 0


@ENGINES
def test_a_rebuild_of_a_part_keeps_everything(archive: Path, index: Path, engine: str) -> None:
    before = articles(index)
    shutil.rmtree(archive / "丙")
    assert "2 added, 0 updated, 0 unchanged, 4 kept" in succeed("index", archive / "甲", "--index", index, "--rebuild")
    assert articles(index) == before
    assert has_settings(index, engine)
    assert is_sound(index)
    assert [path.name for path in index.glob("*-[0-9]")] == [f"{engine}-2"]
    assert "0 added, 0 updated, 4 unchanged" in succeed("index", archive, "--index", index)
    assert "2 deleted, 4 unchanged" in succeed("index", archive, "--index", index, "--delete-missing")
    assert articles(index).keys() == {"01", "02", "11", "12"}
    assert is_sound(index)


@ENGINES
def test_a_rebuild_without_paths_reads_the_files_that_still_exist(archive: Path, index: Path, engine: str) -> None:
    before = articles(index)
    shutil.rmtree(archive / "丙")
    write(archive / "甲" / "a.csv", "01,新的标题,新的正文,2023-09-01")
    assert "3 added, 0 updated, 0 unchanged, 3 kept" in succeed("index", "--index", index, "--rebuild")
    after = articles(index)
    assert after["01"]["title"] == "新的标题"
    assert {**after, "01": before["01"]} == before
    assert has_settings(index, engine)
    assert "0 added, 0 updated, 3 unchanged" in succeed("index", archive, "--index", index)
    assert is_sound(index)
    rebuilt = succeed("index", archive, "--index", index, "--rebuild", "--delete-missing")
    assert "3 added, 0 updated, 3 deleted, 0 unchanged" in rebuilt
    assert articles(index).keys() == {"01", "11", "12"}
    assert is_sound(index)


@ENGINES
def test_another_engine_is_refused_with_the_command_that_changes_it(archive: Path, index: Path, engine: str) -> None:
    before, other = articles(index), {"whoosh": "tantivy", "tantivy": "whoosh"}[engine]
    shutil.rmtree(archive / "丙")
    done = run("index", archive, "--index", index, "--engine", other)
    assert (done.returncode, articles(index)) == (2, before)
    assert f"was made with --engine {engine}" in done.stderr
    succeed(*prescribed(done.stderr))
    assert articles(index) == before
    assert has_settings(index, other)
    assert "0 added, 0 updated, 4 unchanged" in succeed("index", archive, "--index", index, "--engine", other)
    assert is_sound(index)


@ENGINES
def test_a_mapping_is_kept_until_a_rebuild_changes_it(archive: Path, index: Path, engine: str) -> None:
    write(archive / "甲" / "a.csv", "01,新的标题,正文,2023-09-03")
    assert "0 added, 1 updated" in succeed("index", archive, "--index", index)
    assert articles(index)["01"]["title"] == "新的标题"
    assert articles(index)["01"]["published"].startswith("2023-09-03")
    for kept in ((), COLUMNS):
        assert "0 added, 0 updated, 5 unchanged" in succeed("index", archive, "--index", index, *kept)
    done = run("index", archive, "--index", index, *COLUMNS[:4], "--map", "body=kopf")
    assert done.returncode == 2
    assert "was made with --map id=nr --map title=kopf --map body=text --map date=tag" in done.stderr
    assert "6 added" not in succeed(*prescribed(done.stderr))
    assert statistics(index)["mapping"] == {"id": "nr", "title": "kopf", "body": "kopf"}
    assert articles(index)["01"]["body"] == "新的标题"
    assert len(articles(index)) == 6
    assert "0 added, 0 updated, 5 unchanged" in succeed("index", archive, "--index", index)


@ENGINES
def test_names_are_found_after_the_command_that_the_message_names(archive: Path, index: Path, engine: str) -> None:
    done = run("index", archive, "--index", index, "--entities")
    assert done.returncode == 2
    assert "was made with --no-entities" in done.stderr
    assert "dictionary" not in done.stderr
    for arguments in (("海峡", "--entity", "台湾海峡"), ("海峡 entity:台湾海峡",), ("海峡", "--facet", "place")):
        results = search_json(index, *arguments)
        assert "no-names" in [note["kind"] for note in results["notes"]]  # type: ignore[attr-defined]
    counts = json.loads(run("entities", "--index", index, "--json").stdout)
    assert [note["kind"] for note in counts["notes"]] == ["no-names"]
    timeline = json.loads(run("timeline", "海峡", "--place", "台湾海峡", "--index", index, "--json").stdout)
    assert [note["kind"] for note in timeline["notes"]] == ["nothing", "no-names"]
    succeed(*prescribed(done.stderr))
    assert statistics(index)["entities"] is True
    results = search_json(index, "海峡", "--entity", "台湾海峡")
    assert (results["total"], results["notes"]) == (6, [])
    assert len(articles(index)) == 6


@ENGINES
def test_another_dictionary_is_refused_with_the_command_that_changes_it(
    archive: Path, index: Path, engine: str, tmp_path: Path
) -> None:
    succeed("index", archive, "--index", index, "--dictionary", tmp_path / "words.txt")
    (tmp_path / "more.txt").write_text("涵崧基金\n报谈\n", "utf-8")
    done = run("index", archive, "--index", index, "--dictionary", tmp_path / "more.txt")
    assert (done.returncode, "with another --dictionary" in done.stderr) == (2, True)
    succeed(*(argument.replace("FILE", str(tmp_path / "more.txt")) for argument in prescribed(done.stderr)))
    assert statistics(index)["dictionary"] == 2
    assert len(articles(index)) == 6


@ENGINES
def test_a_copy_has_the_settings_and_the_aliases(archive: Path, index: Path, engine: str, tmp_path: Path) -> None:
    assert "6 copied" in succeed("index", "--from-index", index, "--index", tmp_path / "copy")
    assert articles(tmp_path / "copy") == articles(index)
    assert has_settings(tmp_path / "copy", engine)
    assert "0 added, 0 updated, 6 unchanged" in succeed("index", archive, "--index", tmp_path / "copy")


@ENGINES
def test_a_copy_replaces_another_index_only_on_demand(archive: Path, index: Path, engine: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    succeed("index", archive / "甲", "--index", other, *COLUMNS)
    copying = ("index", "--from-index", index, "--index", other)
    done = run(*copying)
    assert (done.returncode, "--rebuild" in done.stderr, len(articles(other))) == (2, True, 2)
    succeed(*copying, "--rebuild")
    assert articles(other) == articles(index)


@ENGINES
@pytest.mark.parametrize("target", ["itself", "copy"])
def test_an_index_of_format_3_is_upgraded(engine: str, target: str, tmp_path: Path) -> None:
    index = unpack(engine, tmp_path)
    for command in (("search", "海峡"), ("stats",), ("check",), ("index", tmp_path)):
        done = run(*command, "--index", index)
        assert (done.returncode, "has format 3" in done.stderr) == (2, True)
    if target == "copy":
        succeed("index", "--from-index", index, "--index", tmp_path / "copy")
        assert (index / f"{engine}-1").is_dir()
        index = tmp_path / "copy"
    else:
        assert prescribed(done.stderr) == ["index", "--index", str(index), "--rebuild"]
        assert "3 kept" in succeed(*prescribed(done.stderr))
    assert {number: (article["title"], article["published"][:10]) for number, article in articles(index).items()} == {
        "1": ("涵崧基金公司的新总裁", "2023-09-01"),
        "2": ("台湾海峡的局势", "2023-09-02"),
        "3": ("五角大楼的声明", "2023-09-03"),
    }
    assert has_settings(index, engine)
    assert is_sound(index)
    assert [hit["id"] for hit in search_json(index, "五角大楼")["hits"]] == ["3"]  # type: ignore[attr-defined]
    write(tmp_path / "more" / "a.csv", "4,又一篇,正文,2023-09-04")
    assert "1 added" in succeed("index", tmp_path / "more", "--index", index)
    assert len(articles(index)) == 4
    assert is_sound(index)


def unpack(engine: str, folder: Path) -> Path:
    with tarfile.open(FORMAT_3 / f"{engine}.tar.xz") as packed:
        packed.extractall(folder / "former", filter="data")
    return folder / "former"


def contents(index: Path) -> dict[str, bytes]:
    """Return the files of an index, without those of the lock."""
    files = (path for path in index.rglob("*") if path.is_file() and not path.name.startswith("writer."))
    return {str(path.relative_to(index)): path.read_bytes() for path in files}


@ENGINES
@pytest.mark.parametrize("limit", [0, 2_000, 8_000])
def test_a_full_disk_leaves_the_old_index(archive: Path, index: Path, engine: str, limit: int, tmp_path: Path) -> None:
    """Files cannot grow beyond `limit` bytes."""
    former = unpack(engine, tmp_path)
    for folder in (index, former):
        before = contents(folder)
        done = subprocess.run(
            [SOUWEN, "index", "--index", folder, "--rebuild"],
            capture_output=True,
            text=True,
            env=PLAIN,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith(f"Error: cannot write to {folder} (")
        assert contents(folder) == before
    assert len(articles(index)) == 6
    succeed("index", "--index", former, "--rebuild")
    assert len(articles(former)) == 3


@ENGINES
def test_a_killed_rebuild_leaves_the_old_index(archive: Path, index: Path, engine: str, tmp_path: Path) -> None:
    former = unpack(engine, tmp_path)
    for folder in (index, former):
        before = contents(folder)
        running = subprocess.Popen([SOUWEN, "index", "--index", folder, "--rebuild"], env=PLAIN)
        while running.poll() is None and not list(folder.glob("*-2/*")):
            pass
        os.kill(running.pid, signal.SIGKILL)
        assert running.wait(60) == -signal.SIGKILL
        assert contents(folder).items() >= before.items()
    assert len(articles(index)) == 6
    succeed("index", "--index", former, "--rebuild")
    assert len(articles(former)) == 3
    succeed("index", archive, "--index", index)
    assert contents(index).keys() == before_names(index)


def before_names(index: Path) -> set[str]:
    """Return the names of the files that belong to the current index: no leftovers of the killed run."""
    folder = json.loads((index / "meta.json").read_text("utf-8"))["folder"]
    return {name for name in contents(index) if name.startswith(folder)} | {"meta.json", "aliases.txt"}


@ENGINES
def test_a_rebuild_of_unreadable_articles_says_how_many_are_lost(archive: Path, index: Path, engine: str) -> None:
    store = next((index / f"{engine}-1").glob("*.articles" if engine == "whoosh" else "*.store"))
    store.write_bytes(bytes(store.stat().st_size))
    done = run("search", "海峡", "--index", index)
    if engine == "whoosh":
        assert prescribed(done.stderr) == ["index", "--index", str(index), "--rebuild"]
    shutil.rmtree(archive / "丙")
    rebuild = ("index", archive, "--index", index, "--rebuild")
    done = run(*rebuild)
    assert (done.returncode, "2 of them are not in the files" in done.stderr) == (2, True)
    assert store.exists()
    write(archive / "丁" / "a.csv", "21,丙报谈台湾海峡,涵崧基金公司第1条,2023-09-01")
    assert prescribed(done.stderr) == ["index", "--index", str(index), "--rebuild", "--from-files", "PATH"]
    assert "5 added" in succeed(*(argument.replace("PATH", str(archive)) for argument in prescribed(done.stderr)))
    assert articles(index).keys() == {"01", "02", "11", "12", "21"}
    assert has_settings(index, engine)
    assert is_sound(index)


@ENGINES
def test_a_damaged_index_is_rebuilt_from_all_its_files(index: Path, engine: str) -> None:
    before = articles(index)
    for file in (index / f"{engine}-1").iterdir():
        file.write_bytes(b"")
    assert "6 added" in succeed(*prescribed(run("search", "海峡", "--index", index).stderr))
    assert articles(index) == before
    assert has_settings(index, engine)


@ENGINES
def test_damaged_settings_are_not_replaced_by_defaults_unasked(archive: Path, index: Path, engine: str) -> None:
    before = articles(index)
    meta = index / "meta.json"
    complete = meta.read_bytes()
    meta.write_bytes(complete[:50])
    done = run("index", archive, "--index", index, "--rebuild")
    assert (done.returncode, "settings" in done.stderr, "--from-files" in done.stderr) == (2, True, True)
    meta.write_bytes(complete)
    assert articles(index) == before


@ENGINES
def test_an_index_of_a_later_format_is_left_alone(archive: Path, index: Path, engine: str) -> None:
    meta = index / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"format": 4', '"format": 5'), "utf-8")
    before = contents(index)
    for command in (("search", "海峡"), ("index", archive), ("index", archive, "--rebuild")):
        done = run(*command, "--index", index)
        assert (done.returncode, "pip install --upgrade souwen" in done.stderr) == (2, True)
    assert contents(index) == before


@ENGINES
def test_a_copy_does_not_replace_other_aliases_unasked(index: Path, engine: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "aliases.txt").write_text("台海=台湾海峡\n", "utf-8")
    copying = ("index", "--from-index", index, "--index", other)
    done = run(*copying)
    assert (done.returncode, "aliases of its own" in done.stderr, "--rebuild" in done.stderr) == (2, True, True)
    assert (other / "aliases.txt").read_text("utf-8") == "台海=台湾海峡\n"
    assert not (other / "meta.json").exists()
    succeed(*copying, "--rebuild")
    assert has_settings(other, engine)


@ENGINES
def test_contradicting_mappings_of_format_3_must_be_settled(engine: str, tmp_path: Path) -> None:
    index = unpack(engine, tmp_path)
    (manifest,) = index.glob("*.files")
    with closing(sqlite3.connect(manifest)) as database, database:
        ((settings,),) = database.execute("SELECT DISTINCT reading FROM file")
        other = json.dumps([json.loads(settings)[0], [["title", "schlagzeile"]]])
        row = database.execute("SELECT number + 1, path || '2', size, changed_ns, digest, ?, 0 FROM file", [other])
        database.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", row.fetchone())
    before = contents(index)
    done = run("index", "--index", index, "--rebuild")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--map title=kopf" in done.stderr
    assert "--map title=schlagzeile" in done.stderr
    assert contents(index) == before
    assert "3 kept" in succeed("index", "--index", index, "--rebuild", *COLUMNS)
    assert statistics(index)["mapping"] == SETTINGS["mapping"]
