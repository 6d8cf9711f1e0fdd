"""`souwen show 3`, `related 3` and `open 3`: numbers of the last results as IDs."""

import json
from pathlib import Path

import pytest

from souwen.indexer import build_index

from ..e2e.test_cli import run


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


def test_a_rank_names_an_article_of_the_last_results(seeds_index: Path, state: dict[str, str]) -> None:
    titles = [
        hit["title"]
        for hit in json.loads(run("search", "外交", "--json", "--index", seeds_index, **state).stdout)["hits"]
    ]
    for rank, title in enumerate(titles, start=1):
        assert run("show", str(rank), "--index", seeds_index, **state).stdout.startswith(title)
    run("search", "外交", "-n", "1", "--offset", "1", "--index", seeds_index, **state)
    assert run("show", "2", "--index", seeds_index, **state).stdout.startswith(titles[1])
    done = run("show", "1", "--index", seeds_index, **state)
    assert (done.returncode, "no number 1" in done.stderr) == (2, True)


def test_ids_come_first_and_other_indexes_do_not_count(
    seeds_index: Path, tmp_path: Path, state: dict[str, str]
) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "2", "title": "海峡"}\n{"id": "b", "title": "海峡两岸"}', "utf-8")
    build_index([tmp_path / "a.jsonl"], tmp_path / "index")
    run("search", "外交", "--index", seeds_index, **state)
    assert run("show", "1", "--index", tmp_path / "index", **state).returncode == 2
    run("search", "海峡", "--index", tmp_path / "index", **state)
    assert run("show", "2", "--index", tmp_path / "index", **state).stdout.startswith("海峡\n")
    assert run("show", "1", "--index", seeds_index, **state).returncode == 2


@pytest.mark.parametrize("content", ["", "[]", '{"index": 3}', '{"ids": []}', "\0"])
def test_a_damaged_state_file_is_no_error(seeds_index: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "souwen").mkdir()
    (tmp_path / "souwen" / "last-results.json").write_text(content)
    done = run("show", "1", "--index", seeds_index, XDG_STATE_HOME=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_ranks_are_kept_for_the_user_alone(seeds_index: Path, tmp_path: Path, state: dict[str, str]) -> None:
    run("search", "外交", "--index", seeds_index, **state)
    (file,) = (tmp_path / "state" / "souwen").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_open_names_the_web_address_or_the_file(tmp_path: Path, state: dict[str, str]) -> None:
    lines = [
        {"id": "web", "title": "海峡", "url": "https://example.org/1"},
        {"id": "script", "title": "海峡", "url": "javascript:alert(1)"},
    ]
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    build_index([source], tmp_path / "index")
    opened = ("--print", "--index", tmp_path / "index")
    assert run("open", "web", *opened, **state).stdout == "https://example.org/1\n"
    assert run("open", "script", *opened, **state).stdout == f"{source}\n"
    source.unlink()
    done = run("open", "script", *opened, **state)
    assert (done.returncode, "`souwen show`" in done.stderr) == (2, True)
    assert run("open", "nowhere", *opened, **state).returncode == 1
