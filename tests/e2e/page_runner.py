"""Runner for the code blocks in the README and the pages of docs/, as a reader would run them."""

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt

RUN_LANGUAGES = ("console", "python")
DISPLAY_LANGUAGES = ("json", "text", "toml")  # data and drawings, which nobody runs
# Times, and the figures measured in them, differ at each run.
_TIMES = re.compile(r"\d+(?:\.\d+)?(?= m?s\b)|(?<=\"took_ms\": )\d+(?:\.\d+)?")
_NOT_RUN = re.compile(r"<!-- not run: (.+) -->\s*")
_STATUS = re.compile(r"\n\x01(\d+)\x01\n")
_OUTPUT_PREFIX = "# >"  # begins a line of a program's output, at the end of its block
_TIMEOUT = 300  # seconds
PAGE_FOLDER = "/home/you"  # the pages' name of the folder that their commands run in


class Block(NamedTuple):
    """A fenced block.

    `line` is the line of its fence, from 1. `not_run` is the reason in a comment `<!-- not run: … -->` above it, or
    empty.
    """

    line: int
    language: str
    text: str
    not_run: str


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and its output according to the page."""

    command: str
    output: str


def read_blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in order."""
    reason = ""
    for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
        if token.type == "fence":
            assert token.map is not None
            yield Block(token.map[0] + 1, token.info.strip(), token.content, reason)
        mark = _NOT_RUN.fullmatch(token.content) if token.type == "html_block" else None
        reason = mark[1] if mark else ""


def parse_session(text: str) -> list[Step]:
    """Return the commands of a shell session: `$ ` begins one, `> ` continues it, all other lines are output."""
    steps: list[tuple[list[str], list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append(([line[2:]], []))
        elif line.startswith("> ") and not steps[-1][1]:
            steps[-1][0].append(line[2:])
        else:
            steps[-1][1].append(line)
    return [Step("\n".join(command), "".join(f"{line}\n" for line in output)) for command, output in steps]


def matches(expected: str, printed: str) -> bool:
    """Return whether the output is as expected; times may differ, and `...` stands for anything, as in doctest."""
    expected, printed = _TIMES.sub("0", expected), _TIMES.sub("0", printed)
    return doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)


class PageRunner:
    """Runs the blocks of one page from top to bottom, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: dict[str, Any] = {"__name__": "page"}

    def run(self, block: Block) -> tuple[str, list[str]]:
        """Run a block, and return it with its true output, and the differences from the page."""
        return self._run_session(block.text) if block.language == "console" else self._run_program(block.text)

    def _run_session(self, text: str) -> tuple[str, list[str]]:
        session = parse_session(text)
        results = self._run_shell([step.command for step in session])
        lines, errors = [], []
        for index, (step, (printed, status)) in enumerate(zip(session, results, strict=True)):
            status_is_printed = index + 1 < len(session) and session[index + 1].command == "echo $?"
            if status and not status_is_printed:
                errors.append(f"$ {step.command}\nended with {status}:\n{printed}")
            # A page may show a command without its output.
            same = not step.output or matches(step.output, printed)
            if not same:
                errors.append(f"$ {step.command}\nprinted:\n{printed}instead of:\n{step.output}")
            lines.append(f"$ {step.command}\n".replace("\n", "\n> ")[:-2] + (step.output if same else printed))
        return "".join(lines), errors

    def _run_shell(self, commands: list[str]) -> list[tuple[str, int]]:
        """Run commands in one shell, and return the output and exit status of each."""
        print_status = "__status=$?; printf '\\n\\001%s\\001\\n' $__status; (exit $__status)"
        script = "".join(f"{command}\n{print_status}\n" for command in commands)
        binaries = Path(sys.executable).parent
        environment = {
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONWARNINGS": "error",
        }
        done = subprocess.run(
            ["bash", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=environment,
            encoding="utf-8",
            timeout=_TIMEOUT,
        )
        parts = _STATUS.split(done.stdout.replace(str(self.folder), PAGE_FOLDER))
        return [(parts[index], int(parts[index + 1])) for index in range(0, len(parts) - 1, 2)]

    def _run_program(self, text: str) -> tuple[str, list[str]]:
        code = [line for line in text.splitlines() if not line.startswith(_OUTPUT_PREFIX)]
        expected = "".join(f"{line[4:]}\n" for line in text.splitlines() if line.startswith(_OUTPUT_PREFIX))
        printed = io.StringIO()
        previous_folder = Path.cwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile("\n".join(code), "page", "exec"), self._names)
        finally:
            os.chdir(previous_folder)
        if matches(expected, printed.getvalue()):
            return text, []
        lines = [*code, *(f"{_OUTPUT_PREFIX} {line}".rstrip() for line in printed.getvalue().splitlines())]
        return "".join(f"{line}\n" for line in lines), [f"printed:\n{printed.getvalue()}instead of:\n{expected}"]
