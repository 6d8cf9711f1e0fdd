"""The Chinese catalogue: that it is whole, and that its translations say the same with the same facts."""

import ast
import re
import string
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from souwen.cli.localized_help import help_texts
from souwen.cli.main import main
from souwen.messages import CATALOGS, DOMAIN

from ..conftest import ROOT

PO = ROOT / "messages" / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
ROOMS = ("analysis", "engines", "indexer", "query", "cli", "web")
TELLING = {"_": 1, "gettext": 1, "ngettext": 2}  # how many of the first arguments are messages
PERCENT = re.compile(r"%(?:\(\w+\))?[sd]")
HINT = "run `make messages` and translate what is new"


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh")


MESSAGES = [message for message in catalogue() if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def told(path: Path) -> Iterator[list[str]]:
    """The messages in a file of the code, found without Babel, which overlooks some."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and called(node) in TELLING and "import" not in called(node):
            arguments = node.args[: TELLING[called(node)]]
            if all(isinstance(argument, ast.Constant) for argument in arguments):
                yield [str(argument.value) for argument in arguments if isinstance(argument, ast.Constant)]


def places(text: str) -> set[tuple[str, str]]:
    """What varies in a message, and how it is written."""
    return {
        (name, f"{written or ''}!{conversion or ''}")
        for _text, name, written, conversion in string.Formatter().parse(text)
        if name is not None
    }


def test_everything_that_is_told_is_in_the_catalogue() -> None:
    listed = {form for message in MESSAGES for form in forms(message.id)}
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    missing = {form for path in files for message in told(path) for form in message} - listed
    assert missing == set(), HINT
    assert set(help_texts(main)) - listed == set(), HINT
    assert len(listed) > 300


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: forms(message.id)[0][:40])
def test_translation(message: Message) -> None:
    (translated,) = forms(message.string)
    assert translated, HINT
    assert not message.fuzzy
    *_one, more = forms(message.id)
    if message.python_format:
        assert sorted(PERCENT.findall(translated)) == sorted(PERCENT.findall(more))
    else:
        assert places(translated) == places(more)


def translations(of: Catalog) -> dict[object, list[str]]:
    """Map each message and its context to its translations. The header is left out: it names Babel's release."""
    return {(*forms(message.id), message.context): forms(message.string) for message in of if message.id}


def test_what_is_read_is_what_was_translated() -> None:
    compiled = CATALOGS / "zh" / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with compiled.open("rb") as file:
        assert translations(read_mo(file)) == translations(catalogue()), HINT
    with compiled.open("rb") as file:
        read = GNUTranslations(file)
    assert read.info()["content-type"] == "text/plain; charset=utf-8"
    for message in MESSAGES:
        one, *more = forms(message.id)
        assert (read.ngettext(one, more[0], 2) if more else read.gettext(one)) == forms(message.string)[0], HINT
