"""The README and the pages of docs/ are correct: every block of commands and code prints the output that they show.

With `SOUWEN_UPDATE=1` these tests write the true output into the pages.
"""

import html
import os
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from souwen import Searcher

from ..conftest import ROOT, SEEDS
from .page_runner import DISPLAY_LANGUAGES, RUN_LANGUAGES, Block, PageRunner, matches, parse_session, read_blocks

PAGES = [*sorted(ROOT.glob("README*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
PAGES_TO_RUN = [
    page for page in PAGES if any(block.language in RUN_LANGUAGES and not block.not_run for block in read_blocks(page))
]
# Numbers of blocks that are not run, by the reason that the page gives.
NOT_RUN = {
    "run by .ci/new-user": 3,
    "installs packages": 3,
    "needs servers": 1,
    "goes on until it is stopped": 1,
    "the tests themselves": 2,
    "tests/web asks such a server": 6,
    "run by tests/web/test_retriever.py": 2,
}
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
MEASURED = re.compile(r"\d ms\b|articles/s|\d articles a second|MRR|\bF1\b|毫秒")
CODE = re.compile(r"<!--.*?-->|```.*?```|`[^`]*`", re.DOTALL)  # and comments: no links in them


@pytest.mark.parametrize("page", PAGES_TO_RUN, ids=lambda page: page.name)
def test_blocks_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    for name in ("seeds", "articles"):  # articles/ stands for a reader's own archive
        shutil.copytree(SEEDS, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    runner = PageRunner(tmp_path)
    lines = page.read_text("utf-8").splitlines(keepends=True)
    updated, errors = list(lines), []
    for block in read_blocks(page):
        if block.language in RUN_LANGUAGES and not block.not_run:
            true_text, differences = runner.run(block)
            errors += [f"{page.name}, line {block.line}: {difference}" for difference in differences]
            first, last = block.line, block.line + len(block.text.splitlines())
            updated[first:last] = [true_text] + [""] * (last - first - 1)
    if errors and os.environ.get("SOUWEN_UPDATE"):
        page.write_text("".join(updated), "utf-8")
    assert not errors, "\n".join(errors)


def test_every_block_is_run_or_gives_a_reason() -> None:
    blocks: list[Block] = [block for page in PAGES for block in read_blocks(page)]
    # tests/cli/test_reference.py checks the examples in the commands' help, which are the blocks in `sh`.
    assert {block.language for block in blocks} <= {*RUN_LANGUAGES, *DISPLAY_LANGUAGES, "sh"}
    assert [page.name for page in PAGES if any(block.language == "sh" for block in read_blocks(page))] == [
        "command-line.md"
    ]
    assert Counter(block.not_run for block in blocks if block.not_run) == NOT_RUN
    assert sum(block.language == "console" and not block.not_run for block in blocks) >= 20
    assert sum(block.language == "python" and not block.not_run for block in blocks) >= 5


def test_links_have_targets() -> None:
    texts = [(page, CODE.sub("", page.read_text("utf-8"))) for page in PAGES]
    links = [(page, link) for page, text in texts for link in LINK.findall(text)]
    assert len(links) > 50
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_measured_figures_name_an_existing_command() -> None:
    """A page with measured figures names the command that measures them, or the page that does."""
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for page in PAGES:
        text = page.read_text("utf-8")
        assert {
            name for name in re.findall(r"bench\.(\w+)", text) if not (ROOT / "bench" / f"{name}.py").exists()
        } == set()
        assert {name for name in re.findall(r"`make ([\w-]+)", text) if name not in targets} == set()
        # The index of the decisions names the commands for all of them; the help of `eval` names measures, not figures.
        is_exempt = (page.parent.name == "decisions" and page.name != "index.md") or page.name == "command-line.md"
        if MEASURED.search(CODE.sub("", text)) and not is_exempt:
            assert re.search(r"python\s+-m\s+bench\.|benchmarks\.md", text), page.name


def test_the_chinese_readme_has_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        uncommented = [re.sub(r"\s+#.*", "", block.text) for block in read_blocks(ROOT / name)]
        return [line for text in uncommented for line in text.splitlines() if not line.startswith((" ", "1 article"))]

    assert len(commands("README.md")) > 20
    assert commands("README.zh.md") == commands("README.md")


def test_the_picture_of_the_terminal_is_current(seeds: Searcher) -> None:
    picture = html.unescape((ROOT / "docs/images/terminal.svg").read_text("utf-8")).replace("\xa0", " ")
    (hit,) = seeds.search("台湾海峡")
    assert hit.title in picture
    assert f"score {hit.score:.2f}" in picture, "run `make images`"
    assert "http" not in re.sub(r'xmlns="[^"]*"|>[^<]*<', "", picture)


def test_the_runner_notices_differences(tmp_path: Path) -> None:
    runner = PageRunner(tmp_path)
    right = Block(
        1, "console", "$ printf 'a\\n\\nb\\n'\na\n\nb\n$ (exit 3)\n$ echo $?\n3\n$ cat <<E\n> x\n> E\nx\n", ""
    )
    assert runner.run(right) == (right.text, [])
    text, errors = runner.run(Block(1, "console", "$ echo 1 added\n2 added\n$ false\n", ""))
    assert text == "$ echo 1 added\n1 added\n$ false\n"
    assert len(errors) == 2
    text, errors = runner.run(Block(1, "python", "print(1)\n# > 2\n", ""))
    assert (text, len(errors)) == ("print(1)\n# > 1\n", 1)
    assert matches("in 0.4 s", "in 12 s")
    assert not matches("score 0.4", "score 0.5")
    assert len(parse_session("$ a\n$ b\nc\n")) == 2
