"""Filters as options: every field of the table, short names, periods."""

from pathlib import Path

import pytest

from souwen.indexer import build_index

from ..e2e.test_cli import run, search_json


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filters")
    (folder / "a.jsonl").write_text(
        '{"id": "a", "title": "海峡", "author": "王明", "date": "2023-08-02"}\n'
        '{"id": "b", "title": "海峡", "body": "外交部说，联合国也在。", "author": "李红", "date": "2023-09-28"}',
        "utf-8",
    )
    build_index([folder / "a.jsonl"], folder / "index")
    return folder / "index"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--author", "王明"], {"a"}),
        (["--author", "王明", "--author", "李红"], {"a", "b"}),
        (["--org", "联合国"], {"b"}),
        (["--organisation", "联合国"], {"b"}),
        (["--date", "2023-09"], {"b"}),
        (["--date", "2023-08-01..2023-08-15"], {"a"}),
        (["--date", "2023-08", "--date", "2023-09-28"], {"a", "b"}),
        (["--since", "2023-09"], {"b"}),
    ],
)
def test_filters(index: Path, options: list[str], found: set[str]) -> None:
    result = search_json(index, "海峡", *options)
    assert {hit["id"] for hit in result["hits"]} == found  # type: ignore[attr-defined]


def test_a_period_that_ends_before_it_begins(index: Path) -> None:
    done = run("search", "海峡", "--since", "2024", "--until", "2020", "--index", index)
    assert (done.returncode, "swap" in done.stderr) == (2, True)


def test_facets_with_commas(index: Path) -> None:
    facets = search_json(index, "海峡", "--facet", "author,month")["facets"]
    assert facets == search_json(index, "海峡", "--facet", "author", "--facet", "month")["facets"]
    assert set(facets) == {"author", "month"}  # type: ignore[call-overload]
    done = run("search", "海峡", "--facet", "author", "--format", "csv", "--index", index)
    assert (done.returncode, "--format plain" in done.stderr) == (2, True)
    done = run("search", "海峡", "--facet", "author,colour", "--index", index)
    assert (done.returncode, "colour" in done.stderr) == (2, True)


def test_strict_runs_fail_for_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "good.jsonl").write_text('{"id": "1", "title": "海峡"}', "utf-8")
    (tmp_path / "articles" / "empty.txt").touch()
    arguments = ("index", tmp_path / "articles", "--index", tmp_path / "index")
    assert run(*arguments).returncode == 0
    assert run(*arguments, "--strict").returncode == 3
    (tmp_path / "articles" / "empty.txt").unlink()
    assert run(*arguments, "--strict").returncode == 0
