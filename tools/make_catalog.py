"""Update the catalogs of messages from the code: add new messages untranslated, drop the unused ones.

    make messages

Messages come from the code, from the help of the commands, from click, and from the operating system's common errors.
A new language begins as a folder, `messages/LANGUAGE/LC_MESSAGES`. The tests fail for a message without a translation,
and for a .mo file that differs from its .po file.
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
PACKAGES = ("analysis", "engines", "indexer", "query", "web", "cli", "messages", "souwen")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]  # babel's extraction method for each kind of file
COMMENT_TAGS = ("Translators:",)  # comments of the code that begin so are shown to translators
SYSTEM_ERRORS = (
    *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR),
    *(errno.ENOTDIR, errno.ENOSPC, errno.EROFS, errno.EIO),
)


def code_messages(root: Path) -> Catalog:
    """Return the messages of the packages under `root`, and those of the commands' help."""
    catalog = Catalog(project="souwen")
    for package in PACKAGES:
        if not (root / package).is_dir():
            continue
        extracted = extract_from_dir(root / package, METHODS, comment_tags=COMMENT_TAGS, strip_comment_tags=True)
        for name, line, message, comments, context in extracted:
            catalog.add(message, None, [(f"{package}/{name}", line)], auto_comments=comments, context=context)
    for text in help_texts(souwen):
        catalog.add(text, None, [("cli", 0)])
    return catalog


def foreign_messages() -> Catalog:
    """Return the messages of click, and those of the operating system about files."""
    catalog = Catalog(project="souwen")
    for name, _line, message, _comments, context in extract_from_dir(Path(click.__file__).parent, METHODS[:1]):
        catalog.add(message, None, [(f"click/{name}", 0)], context=context)
    catalog.add("required", None, [("click/core.py", 0)])  # click looks it up by a variable, which Babel overlooks
    for code in SYSTEM_ERRORS:
        catalog.add(os.strerror(code), None, [("errno", 0)])
    return catalog


def all_messages() -> Catalog:
    """Return all messages that a catalog translates."""
    catalog = code_messages(ROOT)
    for message in foreign_messages():
        if message.id and message.id not in catalog:
            catalog[message.id] = message
    return catalog


def update(folder: Path, messages: Catalog) -> None:
    """Bring the catalog in a folder `LANGUAGE/LC_MESSAGES` up to date, and compile it."""
    path = folder / f"{DOMAIN}.po"
    translated = Catalog(project="souwen", locale=folder.parent.name)
    if path.exists():
        with path.open("rb") as file:
            translated = read_po(file, locale=folder.parent.name)
    messages.creation_date = translated.creation_date  # another date would change the file at every run
    translated.update(messages, no_fuzzy_matching=True)
    translated.obsolete.clear()
    with path.open("wb") as file:
        # Line numbers would change with every edit of the code.
        write_po(file, translated, sort_output=True, ignore_obsolete=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, translated)


def main() -> None:
    """Update the catalog of each language."""
    messages = all_messages()
    for folder in sorted((ROOT / "messages").glob("*/LC_MESSAGES")):
        update(folder, messages)


if __name__ == "__main__":
    main()
