"""The blocks of commands and code in the README and the pages of docs/, run as a reader would run them."""

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

RUN = ("console", "python")
SHOWN = ("json", "text")  # data and drawings, which nobody runs
# How long something takes is another each time, and so is what is measured in it.
_TIMES = re.compile(r"\d+(?:\.\d+)?(?= m?s\b)|(?<=\"took_ms\": )\d+(?:\.\d+)?")
_NOT_RUN = re.compile(r"<!-- not run: (.+) -->\s*")
_STATUS = re.compile(r"\n\x01(\d+)\x01\n")
_PRINTED = "# >"  # begins a line of what a program prints, at the end of its block
_SECONDS = 300
ANYWHERE = "/home/you"  # the pages' name of the folder that they are tried in


class Block(NamedTuple):
    """A fenced block. `line` is that of its fence, from 1; `not_run` is why it is not run, as a comment
    `<!-- not run: … -->` above it says, else empty."""

    line: int
    language: str
    text: str
    not_run: str


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and what the page says that it prints."""

    command: str
    printed: str


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    reason = ""
    for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
        if token.type == "fence":
            assert token.map is not None
            yield Block(token.map[0] + 1, token.info.strip(), token.content, reason)
        mark = _NOT_RUN.fullmatch(token.content) if token.type == "html_block" else None
        reason = mark[1] if mark else ""


def steps(text: str) -> list[Step]:
    """The commands of a session: `$ ` begins one, `> ` goes on with it, all else is printed."""
    found: list[tuple[list[str], list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [Step("\n".join(command), "".join(f"{line}\n" for line in printed)) for command, printed in found]


def agrees(expected: str, printed: str) -> bool:
    """Whether something was printed as expected; times may differ, and `...` stands for anything, as in doctest."""
    wanted, got = _TIMES.sub("0", expected), _TIMES.sub("0", printed)
    return doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS)


class Reader:
    """Somebody who reads one page and tries all of it, from top to bottom, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: dict[str, Any] = {"__name__": "page"}

    def run(self, block: Block) -> tuple[str, list[str]]:
        """The block as it would have to be written, and what is wrong with it as it is."""
        return self._session(block.text) if block.language == "console" else self._program(block.text)

    def _session(self, text: str) -> tuple[str, list[str]]:
        session = steps(text)
        told = self._shell([step.command for step in session])
        written, wrong = [], []
        for place, (step, (printed, status)) in enumerate(zip(session, told, strict=True)):
            asked = place + 1 < len(session) and session[place + 1].command == "echo $?"
            if status and not asked:
                wrong.append(f"$ {step.command}\nended with {status}:\n{printed}")
            # A command without output below it is shown for itself; what it prints is left to the reader.
            same = not step.printed or agrees(step.printed, printed)
            if not same:
                wrong.append(f"$ {step.command}\nprinted:\n{printed}instead of:\n{step.printed}")
            written.append(f"$ {step.command}\n".replace("\n", "\n> ")[:-2] + (step.printed if same else printed))
        return "".join(written), wrong

    def _shell(self, commands: list[str]) -> list[tuple[str, int]]:
        tell = "__status=$?; printf '\\n\\001%s\\001\\n' $__status; (exit $__status)"
        script = "".join(f"{command}\n{tell}\n" for command in commands)
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
            timeout=_SECONDS,
        )
        pieces = _STATUS.split(done.stdout.replace(str(self.folder), ANYWHERE))
        return [(pieces[at], int(pieces[at + 1])) for at in range(0, len(pieces) - 1, 2)]

    def _program(self, text: str) -> tuple[str, list[str]]:
        code = [line for line in text.splitlines() if not line.startswith(_PRINTED)]
        expected = "".join(f"{line[4:]}\n" for line in text.splitlines() if line.startswith(_PRINTED))
        printed = io.StringIO()
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile("\n".join(code), "page", "exec"), self._names)
        finally:
            os.chdir(here)
        if agrees(expected, printed.getvalue()):
            return text, []
        lines = [*code, *(f"{_PRINTED} {line}".rstrip() for line in printed.getvalue().splitlines())]
        return "".join(f"{line}\n" for line in lines), [f"printed:\n{printed.getvalue()}instead of:\n{expected}"]
