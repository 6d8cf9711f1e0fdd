"""Globs and `.souwenignore` files choose the files of a run, by Git's own rules."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.indexer import InvalidGlob, build_index
from souwen.indexer.files import Selection, find_files
from souwen.query import Searcher

from ..e2e.test_cli import run

FILES = ("a.md", "b.txt", "drafts/c.md", "drafts/d.txt", "2023/e.md", "2023/drafts/f.md", "2023/g.txt")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    for name in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"海峡{name}\n\n两岸关系与海峡局势。", "utf-8")
    return root


def names(root: Path, selection: Selection) -> set[str]:
    return {path.relative_to(root).as_posix() for path in find_files(root, selection) if isinstance(path, Path)}


@pytest.mark.parametrize(
    ("include", "exclude", "chosen"),
    [
        ([], [], set(FILES)),
        (["*.md"], [], {"a.md", "drafts/c.md", "2023/e.md", "2023/drafts/f.md"}),
        ([], ["*.md"], {"b.txt", "drafts/d.txt", "2023/g.txt"}),
        ([], ["drafts/"], {"a.md", "b.txt", "2023/e.md", "2023/g.txt"}),
        ([], ["/drafts/"], {"a.md", "b.txt", "2023/e.md", "2023/drafts/f.md", "2023/g.txt"}),
        (["2023/"], ["*.txt"], {"2023/e.md", "2023/drafts/f.md"}),
        (["a.*", "b.*"], [], {"a.md", "b.txt"}),
    ],
)
def test_globs(articles: Path, include: list[str], exclude: list[str], chosen: set[str]) -> None:
    assert names(articles, Selection(include, exclude)) == chosen


def test_an_ignore_file_holds_for_its_folder_and_the_nearest_wins(articles: Path) -> None:
    (articles / ".souwenignore").write_text("# 草稿\n*.txt\ndrafts/\n")
    assert names(articles, Selection()) == {"a.md", "2023/e.md"}
    (articles / "2023" / ".souwenignore").write_text("!g.txt\ne.md\n")
    assert names(articles, Selection()) == {"a.md", "2023/g.txt"}


# `2023/**` is not among them: here it excludes the folder itself, so that nothing below can be included again.
PATTERNS = st.lists(
    st.sampled_from(["*.md", "*.txt", "drafts", "drafts/", "/a.md", "2023/*", "!e.md", "**/f.md", "!b.txt"]),
    max_size=4,
)


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@given(root_rules=PATTERNS, inner_rules=PATTERNS)
def test_git_chooses_the_same_files(
    root_rules: list[str], inner_rules: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("git")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for folder, rules in ((root, root_rules), (root / "2023", inner_rules)):
        for file in (".souwenignore", ".gitignore"):
            (folder / file).write_text("\n".join(rules))
    subprocess.run(["git", "init", "-q", root], check=True, timeout=60)
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    shown = {name for name in listed.stdout.split() if ".gitignore" not in name and ".souwenignore" not in name}
    assert names(root, Selection()) == shown


@pytest.mark.parametrize("glob", ["!", "\\", "[z-a]", "a" * 200_000])
def test_an_invalid_glob_is_an_error_and_an_invalid_file_a_failure(articles: Path, tmp_path: Path, glob: str) -> None:
    with pytest.raises(InvalidGlob):
        Selection(exclude=[glob])
    (articles / ".souwenignore").write_text(glob)
    report = build_index([articles], tmp_path / "index")
    assert (report.added, [failure.path for failure in report.failed]) == (
        len(FILES),
        [str(articles / ".souwenignore")],
    )


def test_a_glob_takes_linear_time(articles: Path) -> None:
    (articles / ("a" * 250)).touch()
    names(articles, Selection(exclude=["*a" * 100 + "b"]))  # would never end with backtracking


def test_excluded_files_are_counted_and_go_with_delete_missing(articles: Path, tmp_path: Path) -> None:
    arguments = ("index", articles, "--index", tmp_path / "index")
    assert "7 added" in run(*arguments).stdout
    done = run(*arguments, "--exclude", "drafts/", "--exclude", "b.txt")
    assert "0 added, 0 updated, 3 unchanged, 3 excluded" in done.stdout
    run(*arguments, "--exclude", "drafts/", "--delete-missing")
    with Searcher(tmp_path / "index") as searcher:
        assert {Path(article.path).name for article in searcher.articles()} == {"a.md", "b.txt", "e.md", "g.txt"}
