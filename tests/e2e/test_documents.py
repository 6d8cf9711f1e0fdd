"""What the README and the pages of docs/ say is true: every block of commands and code is run, and what it prints is
compared with what is printed there. `SOUWEN_UPDATE=1` writes into the pages what was printed instead."""

import html
import os
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from souwen.query import Searcher

from ..conftest import ROOT, SEEDS
from .documents import RUN, SHOWN, Block, Reader, agrees, blocks, steps

PAGES = [*sorted(ROOT.glob("README*.md")), *sorted(ROOT.glob("docs/*.md"))]
# What is not run, by the reason that the page gives; what is run elsewhere is named there.
NOT_RUN = {
    "run by .ci/stranger": 3,
    "installs packages": 3,
    "needs servers": 1,
    "goes on until it is stopped": 1,
    "the tests themselves": 2,
    "tests/web asks such a server": 6,
    "run by tests/web/test_retriever.py": 2,
}
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
MEASURED = re.compile(r"\d ms\b|articles/s|\d articles a second|MRR|\bF1\b|毫秒")
HIDDEN = re.compile(r"<!--.*?-->|```.*?```|`[^`]*`", re.DOTALL)  # where no link is one


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_does_what_the_page_says(page: Path, tmp_path: Path) -> None:
    for name in ("seeds", "articles"):  # articles/ stands for what a reader has
        shutil.copytree(SEEDS, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    reader = Reader(tmp_path)
    lines = page.read_text("utf-8").splitlines(keepends=True)
    updated, wrong = list(lines), []
    for block in blocks(page):
        if block.language in RUN and not block.not_run:
            written, found = reader.run(block)
            wrong += [f"{page.name}, line {block.line}: {what}" for what in found]
            first, last = block.line, block.line + len(block.text.splitlines())
            updated[first:last] = [written] + [""] * (last - first - 1)
    if wrong and os.environ.get("SOUWEN_UPDATE"):
        page.write_text("".join(updated), "utf-8")
    assert not wrong, "\n".join(wrong)


def test_every_block_is_run_or_says_why_not() -> None:
    found: list[Block] = [block for page in PAGES for block in blocks(page)]
    # The examples of the commands' own help are read by the commands in tests/cli/test_reference.py.
    assert {block.language for block in found} <= {*RUN, *SHOWN, "sh"}
    assert [page.name for page in PAGES if any(block.language == "sh" for block in blocks(page))] == ["command-line.md"]
    assert Counter(block.not_run for block in found if block.not_run) == NOT_RUN
    assert sum(block.language == "console" and not block.not_run for block in found) >= 20
    assert sum(block.language == "python" and not block.not_run for block in found) >= 5


def test_links_lead_somewhere() -> None:
    shown = [(page, HIDDEN.sub("", page.read_text("utf-8"))) for page in PAGES]
    linked = [(page, link) for page, text in shown for link in LINK.findall(text)]
    assert len(linked) > 50
    assert [f"{page.name}: {link}" for page, link in linked if not (page.parent / link).exists()] == []


def test_commands_that_reproduce_figures_exist() -> None:
    """Whoever tells a figure names its command, or the page that does."""
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for page in PAGES:
        text = page.read_text("utf-8")
        assert {
            name for name in re.findall(r"bench\.(\w+)", text) if not (ROOT / "bench" / f"{name}.py").exists()
        } == set()
        assert {name for name in re.findall(r"`make ([\w-]+)", text) if name not in targets} == set()
        if MEASURED.search(HIDDEN.sub("", text)):
            assert re.search(r"python\s+-m\s+bench\.|benchmarks\.md", text), page.name


def test_the_chinese_readme_has_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        uncommented = [re.sub(r"\s+#.*", "", block.text) for block in blocks(ROOT / name)]
        return [line for text in uncommented for line in text.splitlines() if not line.startswith((" ", "1 article"))]

    assert len(commands("README.md")) > 20
    assert commands("README.zh.md") == commands("README.md")


def test_the_picture_of_the_terminal_is_of_today(seeds: Searcher) -> None:
    picture = html.unescape((ROOT / "docs/images/terminal.svg").read_text("utf-8")).replace("\xa0", " ")
    (hit,) = seeds.search("台湾海峡")
    assert hit.title in picture
    assert f"score {hit.score:.2f}" in picture, "run `make images`"
    assert "http" not in re.sub(r'xmlns="[^"]*"|>[^<]*<', "", picture)


def test_what_differs_is_noticed(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    right = Block(
        1, "console", "$ printf 'a\\n\\nb\\n'\na\n\nb\n$ (exit 3)\n$ echo $?\n3\n$ cat <<E\n> x\n> E\nx\n", ""
    )
    assert reader.run(right) == (right.text, [])
    written, wrong = reader.run(Block(1, "console", "$ echo 1 added\n2 added\n$ false\n", ""))
    assert written == "$ echo 1 added\n1 added\n$ false\n"
    assert len(wrong) == 2
    written, wrong = reader.run(Block(1, "python", "print(1)\n# > 2\n", ""))
    assert (written, len(wrong)) == ("print(1)\n# > 1\n", 1)
    assert agrees("in 0.4 s", "in 12 s")
    assert not agrees("score 0.4", "score 0.5")
    assert len(steps("$ a\n$ b\nc\n")) == 2
