"""JSON on a terminal and in a pipe."""

import io
import json
import sys
import unicodedata
from pathlib import Path

import pexpect

from souwen.cli.output import format_json
from souwen.indexer import build_index

from ..e2e.test_cli import PLAIN, SOUWEN, run

INVISIBLE = "\x7f\x80\x9b\x9f\xad\u061c\u200b\u200e\u202e\u2066\u2028\u2029\ufeff\U000e0041\ud800"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_on_a_terminal_escapes_all_invisible_characters() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            value = {f"键{chr(code)}": [f"值{chr(code)}😀"]}
            shown = format_json(value, _Terminal(), indent=2)
            assert json.loads(shown) == value
            assert chr(code) not in shown.replace("\n", "")
            assert "😀" in shown
            assert format_json(value, io.StringIO(), indent=2) == json.dumps(value, ensure_ascii=False, indent=2)


def test_file_names_cannot_control_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    name = "a\x9b31m\u202eb\u200b.txt"
    (folder / name).write_text("外交部发言人", "utf-8")
    build_index([folder], tmp_path / "index")
    piped = run("search", "外交", "--json", "--index", tmp_path / "index").stdout
    assert "\u202e" in piped
    exported = run("export", "--index", tmp_path / "index").stdout
    for arguments, expected in ((["search", "外交", "--json"], piped), (["export"], exported)):
        terminal = pexpect.spawn(
            str(SOUWEN),
            [*arguments, "--index", str(tmp_path / "index")],
            encoding="utf-8",
            env=PLAIN,
            dimensions=(50, 500),
            timeout=120,
        )
        shown = terminal.read()
        assert not set(shown) & set(INVISIBLE)
        shown_value, value = json.loads(shown), json.loads(expected)
        for each in (shown_value, value):
            each.pop("took_ms", None)
        assert shown_value == value
