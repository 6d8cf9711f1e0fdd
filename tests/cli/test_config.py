"""Defaults of options from souwen.toml, and the index from the environment."""

import json
from pathlib import Path

import pytest

from ..e2e.test_cli import run


def hits(*arguments: str | Path, **options: object) -> list[str]:
    done = run("search", "外交", "--json", *arguments, **options)  # type: ignore[arg-type]
    return [hit["title"] for hit in json.loads(done.stdout)["hits"]]


def test_the_file_beside_the_index_wins_over_the_users(seeds_index: Path, tmp_path: Path) -> None:
    (tmp_path / "config" / "souwen").mkdir(parents=True)
    (tmp_path / "config" / "souwen" / "souwen.toml").write_text("limit = 1\n")
    user = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    assert len(hits("--index", seeds_index)) == 2
    assert len(hits("--index", seeds_index, **user)) == 1
    assert len(hits("--index", seeds_index, "-n", "2", **user)) == 2
    beside = tmp_path / "work" / "souwen.toml"
    beside.parent.mkdir()
    beside.write_text(f'index = "{seeds_index}"\n[search]\nlimit = 2\n')
    assert len(hits(cwd=beside.parent, **user)) == 2
    done = run("entities", "--kind", "person", "--json", cwd=beside.parent, **user)
    assert len(json.loads(done.stdout)["entities"]) == 1


def test_the_users_file_may_name_the_index_whose_neighbour_counts(seeds_index: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "index").symlink_to(seeds_index)
    (archive / "souwen.toml").write_text("limit = 1\n")
    (tmp_path / "souwen").mkdir()
    (tmp_path / "souwen" / "souwen.toml").write_text(f'index = "{archive / "index"}"\n')
    assert len(hits(XDG_CONFIG_HOME=str(tmp_path))) == 1


def test_values_of_all_kinds(seeds_index: Path, tmp_path: Path) -> None:
    (tmp_path / "souwen.toml").write_text(
        f'index = "{seeds_index}"\ncolor = "always"\n[search]\nfacet = ["source", "month"]\nexplain = true\n', "utf-8"
    )
    done = run("search", "外交", cwd=tmp_path)
    assert "\x1b[31m" in done.stdout
    assert "\x1b[1mmonth" in done.stdout
    assert "read as" in done.stderr


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("limt = 3", "'limt'"),
        ("[serch]\nlimit = 3", "'serch'"),
        ("[search]\nlimt = 3", "'search.limt'"),
        ("limit = 'many'", "limit"),
        ("limit = true", "limit"),
        ("[search]\nexplain = 3", "explain"),
        ("[search]\nsort = 'size'", "sort"),
        ("[index]\ndelete-missing = true", "delete-missing"),
        ("[index]\ndictionary = '/etc/passwd'", "dictionary"),
        ("[serve]\nhost = '0.0.0.0'", "serve"),
        ("limit = ", "TOML"),
        ("a" * 200_000, "too large"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_it(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "souwen.toml").write_text(content)
    done = run("search", "外交", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "souwen.toml" in done.stderr
    assert named in done.stderr


def test_the_environment_names_the_index(seeds_index: Path, tmp_path: Path) -> None:
    assert len(hits(cwd=tmp_path, SOUWEN_INDEX=str(seeds_index))) == 2
    assert run("search", "外交", "--index", tmp_path / "none", SOUWEN_INDEX=str(seeds_index)).returncode == 2
