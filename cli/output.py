"""Printing: exit statuses, JSON, tables, and text made safe and readable for a terminal."""

import json
import logging
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NoReturn, TextIO
from urllib.parse import unquote

import click

from ..engines import FIELDS
from ..messages import gettext as _
from ..query import Note
from .terminal_chart import display_width, pad

_LABELS = {field.name: field.label for field in FIELDS if field.label}
FOUND, NOTHING_FOUND = 0, 1  # exit statuses; wrong usage and unusable indexes end with 2
FAILED_FILES = 3  # the exit status of `souwen index --strict` if a file could not be read
QUIET, VERBOSE = "souwen.quiet", "souwen.verbose"  # keys of `click.Context.meta`
INTERRUPTED = 130  # the exit status that shells give to a program stopped by Ctrl-C

# Bidirectional control characters, by their classes in Unicode.
_DIRECTION_CONTROLS = frozenset("LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
_INVISIBLE = frozenset("Cc Cf Cs Zl Zp".split())  # categories of control and format characters and line separators


def exit_without_article(context: click.Context, article_id: str, index_dir: str) -> NoReturn:
    """Report that no article has the ID `article_id`, and end the command."""
    message = _("there is no article {id!r} in {index}: `souwen search … --json` prints IDs")
    click.echo(message.format(id=article_id, index=index_dir), err=True)
    context.exit(NOTHING_FOUND)


def print_json(value: object) -> None:
    """Print `value` as indented JSON, with Chinese characters unescaped."""
    click.echo(format_json(value, sys.stdout, indent=2))


def format_json(value: object, output: TextIO, *, indent: int | None = None) -> str:
    """Return `value` as JSON with Chinese characters unescaped.

    If `output` is a terminal, characters that would control it or hide something are escaped. Both are the same JSON.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _escape_invisible(text) if output is not None and output.isatty() else text


def _escape_invisible(json_text: str) -> str:
    r"""Return JSON with control, format and other invisible characters as \uXXXX, which only strings can contain."""
    return "".join(
        character if character == "\n" or unicodedata.category(character) not in _INVISIBLE else _escape(character)
        for character in json_text
    )


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def is_quiet() -> bool:
    """Return whether the user wants results only (--quiet)."""
    return bool(click.get_current_context().meta.get(QUIET))


def is_verbose() -> bool:
    """Return whether the user wants details (--verbose)."""
    return bool(click.get_current_context().meta.get(VERBOSE))


def print_summary(text: str) -> None:
    """Print a last line about the results, unless the user wants results only."""
    if not is_quiet():
        click.echo(text)


def print_notes(notes: Iterable[Note]) -> None:
    """Print the notes of a search on standard error, unless the user wants results only."""
    for note in () if is_quiet() else notes:
        click.secho(for_terminal(_("({note})").format(note=note.message)), fg="yellow", err=True)


class _WarningPrinter(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        click.secho(for_terminal(_("({note})").format(note=record.getMessage())), fg="yellow", err=True)


@contextmanager
def printed_warnings() -> Iterator[None]:
    """Print what souwen logs as warnings and errors inside the block on standard error, a line each."""
    logger, handler = logging.getLogger("souwen"), _WarningPrinter(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def print_table(*rows: tuple[str, str]) -> None:
    """Print rows of a label and a value, with the values aligned."""
    width = max(display_width(label) for label, _value in rows)
    for label, value in rows:
        click.echo(f"{pad(label, width)}  {value}")


def join_facts(facts: Iterable[str]) -> str:
    """Join short facts with the comma of the current language."""
    return _(", ").join(facts)


def field_label(field: str) -> str:
    """Return the name of a field or an entity kind in the current language."""
    return _(_LABELS.get(field, field))


def has_colors() -> bool:
    """Return whether to color standard output, as --color, the environment or the kind of output decide."""
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    return sys.stdout is not None and sys.stdout.isatty()


def environment_color() -> bool | None:
    """Return whether the environment forces colors (FORCE_COLOR) or forbids them (NO_COLOR, a dumb terminal).

    None leaves the choice to the kind of output; see no-color.org and force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return False if os.environ.get("TERM") == "dumb" else None


def for_terminal(text: str, *, multiline: bool = False) -> str:
    """Return `text` without the characters that control a terminal.

    An article must not move the cursor, change colors, turn the direction of writing or, unless `multiline`, start a
    new line. Unusual spaces become plain ones.
    """
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if character == "\n" and multiline:
            kept.append(character)
        elif category in ("Zs", "Zl", "Zp") or character in "\n\t":
            kept.append("\u3000" if character == "\u3000" else " ")
        elif category not in ("Cc", "Cs") and unicodedata.bidirectional(character) not in _DIRECTION_CONTROLS:
            kept.append(character)
    return "".join(kept)


def readable_url(url: str) -> str:
    """Return `url` as browsers show it, with Chinese characters unescaped."""
    try:
        readable = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return for_terminal(url)
    return for_terminal(url if set(readable) & set(" \n\t") else readable)


def format_time(published: datetime | None) -> str:
    """Return a time of publication with its zone, such as 2023-09-29 10:45 +02:00."""
    if published is None:
        return _("undated")
    zone = published.strftime("%z")
    return f"{published:%Y-%m-%d %H:%M} {zone[:3]}:{zone[3:5]}"


def format_size(size: float) -> str:
    """Return a size in bytes with its unit, such as 812 bytes or 2.4 MB."""
    if size < 1000:
        return _("{size:.0f} bytes").format(size=size)
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} GB"
