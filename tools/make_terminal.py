"""Draws docs/images/terminal.svg: what souwen prints in a terminal when the seeds are asked for 台湾海峡.

`make images` runs it. The drawing is rich's, of the escape sequences that the program really writes.
"""

import html
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pexpect
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
SOUWEN = Path(sys.executable).with_name("souwen")
COMMAND = ("search", "台湾海峡")
COLUMNS = 104
# rich's own frame fetches its typeface from another host; whatever the reader's machine has is as good.
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC", monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
<rect fill="#1e1e1e" x="1" y="1" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""


def printed() -> str:
    """What a terminal is sent."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        subprocess.run([SOUWEN, "index", ROOT / "seeds", "--index", index], check=True, stdout=subprocess.DEVNULL)
        terminal = pexpect.spawn(
            str(SOUWEN),
            [*COMMAND, "--index", str(index)],
            env={"TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": ""},
            dimensions=(40, COLUMNS),
            encoding="utf-8",
            timeout=120,
        )
        terminal.expect(pexpect.EOF)
    return str(terminal.before).replace("\r\n", "\n")


def widened(text: re.Match[str]) -> str:
    """A piece of text with its width in cells of the terminal: rich counts characters, but Han take two cells."""
    before, length, between, content = text.groups()
    content = content.rstrip("\n")
    characters, cells = len(html.unescape(content)), cell_len(html.unescape(content))
    return f"{before}{float(length) * cells / max(characters, 1):g}{between}{content}</text>" if content else ""


def main() -> None:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ souwen {' '.join(COMMAND)}", style="bold"))
    console.print(Text.from_ansi(printed().rstrip()))
    picture = console.export_svg(title="", theme=MONOKAI, code_format=FRAME, unique_id="souwen")
    picture = re.sub(r'(<text [^>]*textLength=")([\d.]+)("[^>]*>)([^<]*)</text>', widened, picture)
    (ROOT / "docs/images/terminal.svg").write_text(re.sub(r"[ \t]+\n", "\n", picture), "utf-8")


if __name__ == "__main__":
    main()
