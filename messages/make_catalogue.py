"""Brings the Chinese catalogue up to date with the code: new messages come in untranslated, gone ones go.

    make messages

Needs Babel. A message without a translation, and a .mo file that isn't that of its .po file, fail the tests.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
CHINESE = FOLDER / "zh" / "LC_MESSAGES" / "souwen.po"
ROOMS = ("analysis", "engines", "indexer", "query", "cli", "web")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]  # what reads the messages of which files


def messages_of(root: Path) -> Catalog:
    """All messages that the rooms under `root` tell."""
    found = Catalog(project="souwen")
    for room in ROOMS:
        if (root / room).is_dir():
            for name, line, message, comments, context in extract_from_dir(root / room, METHODS):
                found.add(message, None, [(f"{room}/{name}", line)], auto_comments=comments, context=context)
    return found


def main() -> None:
    with CHINESE.open("rb") as file:
        chinese = read_po(file, locale="zh")
    chinese.update(messages_of(FOLDER.parent), no_fuzzy_matching=True)
    chinese.obsolete.clear()
    with CHINESE.open("wb") as file:
        # Line numbers would change with every edit of the code.
        write_po(file, chinese, sort_output=True, ignore_obsolete=True, include_lineno=False)
    with CHINESE.with_suffix(".mo").open("wb") as file:
        write_mo(file, chinese)


if __name__ == "__main__":
    main()
