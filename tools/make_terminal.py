"""Draw docs/images/terminal.svg: the output of a search for 台湾海峡 in the seeds, in a terminal.

    make images

rich draws the escape sequences that the program really writes.
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
# rich's own frame loads its font from another host; a monospaced font of the reader's machine serves as well.
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


def terminal_output() -> str:
    """Return the text and the escape sequences that the command sends to a terminal."""
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


def fix_width(text: re.Match[str]) -> str:
    """Return an SVG text with its width in terminal cells: rich counts characters, but Han fill two cells."""
    start, length, rest_of_tag, content = text.groups()
    content = content.rstrip("\n")
    characters, cells = len(html.unescape(content)), cell_len(html.unescape(content))
    return f"{start}{float(length) * cells / max(characters, 1):g}{rest_of_tag}{content}</text>" if content else ""


def main() -> None:
    """Draw the picture."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ souwen {' '.join(COMMAND)}", style="bold"))
    console.print(Text.from_ansi(terminal_output().rstrip()))
    picture = console.export_svg(title="", theme=MONOKAI, code_format=FRAME, unique_id="souwen")
    picture = re.sub(r'(<text [^>]*textLength=")([\d.]+)("[^>]*>)([^<]*)</text>', fix_width, picture)
    (ROOT / "docs/images/terminal.svg").write_text(re.sub(r"[ \t]+\n", "\n", picture), "utf-8")


if __name__ == "__main__":
    main()
