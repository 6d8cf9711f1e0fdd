"""Brings the Chinese catalogue up to date with the code: new messages come in untranslated, gone ones go.

    make messages

Besides the messages of the code there are those of click, the help of the commands, and what systems commonly say.
Needs Babel. A message without a translation, and a .mo file that isn't that of its .po file, fail the tests.
"""

import errno
import os
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from souwen.cli.localized_help import help_texts
from souwen.cli.main import main as souwen
from souwen.messages import DOMAIN

ROOT = Path(__file__).resolve().parents[1]
CHINESE = ROOT / "messages" / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
ROOMS = ("analysis", "engines", "indexer", "query", "cli", "web")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]  # what reads the messages of which files
SYSTEM = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC, errno.EROFS, errno.EIO)


def messages_of(root: Path) -> Catalog:
    """All messages that the rooms under `root` tell."""
    found = Catalog(project="souwen")
    for room in ROOMS:
        if (root / room).is_dir():
            for name, line, message, comments, context in extract_from_dir(root / room, METHODS):
                found.add(message, None, [(f"{room}/{name}", line)], auto_comments=comments, context=context)
    for text in help_texts(souwen):
        found.add(text, None, [("cli", 0)])
    return found


def messages_of_others() -> Catalog:
    """What click says, and what the system says about files."""
    found = Catalog(project="souwen")
    for name, _line, message, _comments, context in extract_from_dir(Path(click.__file__).parent, METHODS[:1]):
        found.add(message, None, [(f"click/{name}", 0)], context=context)
    for code in SYSTEM:
        found.add(os.strerror(code), None, [("errno", 0)])
    return found


def main() -> None:
    with CHINESE.open("rb") as file:
        chinese = read_po(file, locale="zh")
    found = messages_of(ROOT)
    for message in messages_of_others():
        if message.id and message.id not in found:
            found[message.id] = message
    found.creation_date = chinese.creation_date  # or the file would change with every run
    chinese.update(found, no_fuzzy_matching=True)
    chinese.obsolete.clear()
    with CHINESE.open("wb") as file:
        # Line numbers would change with every edit of the code.
        write_po(file, chinese, sort_output=True, ignore_obsolete=True, include_lineno=False)
    with CHINESE.with_suffix(".mo").open("wb") as file:
        write_mo(file, chinese)


if __name__ == "__main__":
    main()
