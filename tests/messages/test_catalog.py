"""The catalogs are complete, their translations keep all placeholders, and the compiled files are up to date."""

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
from souwen.engines import FIELDS
from souwen.messages import CATALOGS, DOMAIN, LANGUAGES
from tools.make_catalog import PACKAGES

from ..conftest import ROOT

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
MESSAGE_ARGUMENTS = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2}  # how many of the first arguments are messages
PERCENT = re.compile(r"%(?:\(\w+\))?[sd]")
HINT = "run `make messages`, translate the new messages, and run it again"


def catalog_file(language: str, suffix: str = "po") -> Path:
    return CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def read_catalog(language: str) -> Catalog:
    with catalog_file(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in read_catalog(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def function_name(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def messages_in(path: Path) -> Iterator[str]:
    """Yield the messages of a Python file, found by its syntax tree rather than by Babel."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and function_name(node) in MESSAGE_ARGUMENTS:
            for argument in node.args[: MESSAGE_ARGUMENTS[function_name(node)]]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def placeholders(text: str) -> set[tuple[str, str]]:
    """Return the placeholders of a message, each with its conversion and format."""
    return {
        (name, f"{format_spec or ''}!{conversion or ''}")
        for _text, name, format_spec, conversion in string.Formatter().parse(text)
        if name is not None
    }


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_in_the_catalog(language: str) -> None:
    listed = [form for message in messages(language) for form in forms(message.id)]
    assert len(listed) == len(set(listed))
    assert len(listed) > 300
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert {form for path in files for form in messages_in(path)} - set(listed) == set(), HINT
    assert set(help_texts(main)) - set(listed) == set(), HINT
    labels = {text for field in FIELDS for text in (field.label, field.heading, field.filter_help) if text}
    assert labels - set(listed) == set(), HINT


@pytest.mark.parametrize(
    ("language", "message"),
    [(language, message) for language in TRANSLATED for message in messages(language)],
    ids=lambda value: value if isinstance(value, str) else forms(value.id)[0][:40],
)
def test_translation_keeps_the_placeholders(language: str, message: Message) -> None:
    plurals = read_catalog(language).num_plurals if message.pluralizable else 1
    translated = forms(message.string)
    assert len(translated) == plurals
    assert all(translated), HINT
    assert not message.fuzzy
    *_singular, original = forms(message.id)
    for text in translated:
        if message.python_format:
            assert sorted(PERCENT.findall(text)) == sorted(PERCENT.findall(original))
        else:
            assert placeholders(text) == placeholders(original)


def translations(catalog: Catalog) -> dict[object, list[str]]:
    """Map each message and its context to its translations. The header is left out: it names Babel's release."""
    return {(*forms(message.id), message.context): forms(message.string) for message in catalog if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalog_is_up_to_date(language: str) -> None:
    with catalog_file(language, "mo").open("rb") as file:
        assert translations(read_mo(file)) == translations(read_catalog(language)), HINT
    with catalog_file(language, "mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.info()["content-type"] == "text/plain; charset=utf-8"
    for message in messages(language):
        singular, *plural = forms(message.id)
        if plural:
            assert compiled.ngettext(singular, plural[0], 2) in forms(message.string), HINT
        else:
            assert compiled.gettext(singular) == message.string, HINT
