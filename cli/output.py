"""Options and output that several commands share."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote

import click

from ..engines import FIELDS
from ..messages import gettext as _
from ..query import Note
from .terminal_chart import columns, padded

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_DIRECTIONS = frozenset("LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
_LABELS = {field.name: field.label for field in FIELDS if field.label}
FOUND, NOTHING_FOUND = 0, 1  # exit statuses; wrong use and unusable indexes give 2
INTERRUPTED = 130  # as shells have it

DEFAULT_INDEX = "index_data"
FILE = click.Path(readable=False)  # checks nothing: so that shells complete it


def complete_folder(_context: click.Context, _option: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Lets shells complete an option to the folders that there are."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


index_option = click.option(
    "--index",
    "index_dir",
    default=DEFAULT_INDEX,
    show_default=True,
    metavar="DIR",
    shell_complete=complete_folder,
    help="The folder of the index.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def no_such_article(context: click.Context, article_id: str, index_dir: str) -> NoReturn:
    """Ends the command, which was given an ID that no article has."""
    told = _("there is no article {id!r} in {index}: `souwen search … --json` prints IDs")
    click.echo(told.format(id=article_id, index=index_dir), err=True)
    context.exit(NOTHING_FOUND)


def print_json(value: object) -> None:
    """`value` as JSON with Chinese left readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_notes(notes: Iterable[Note]) -> None:
    """What a search tells about itself, on standard error."""
    for note in notes:
        click.secho(for_terminal(_("({note})").format(note=note.message)), fg="yellow", err=True)


def print_table(*rows: tuple[str, str]) -> None:
    """Labels and what they tell."""
    width = max(columns(label) for label, told in rows)
    for label, told in rows:
        click.echo(f"{padded(label, width)}  {told}")


def listed(facts: Iterable[str]) -> str:
    """Facts one after the other, as a sentence lists them."""
    return _(", ").join(facts)


def field_name(field: str) -> str:
    """Return the label of a field or a kind of entity, in the current language."""
    return _(_LABELS.get(field, field))


def has_colours() -> bool:
    """Whether standard output shows colours: a terminal that can does, unless NO_COLOR (no-color.org) is set."""
    return sys.stdout is not None and sys.stdout.isatty() and wants_colours()


def wants_colours() -> bool:
    """Whether the environment lets a program use colours."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def for_terminal(text: str, *, lines: bool = False) -> str:
    """`text` without what a terminal would obey: an article must not move the cursor, change colours, turn the
    direction of writing or begin a line of its own (but for `lines`). Odd spaces become plain ones."""
    shown = []
    for character in text:
        category = unicodedata.category(character)
        if character == "\n" and lines:
            shown.append(character)
        elif category in ("Zs", "Zl", "Zp") or character in "\n\t":
            shown.append("\u3000" if character == "\u3000" else " ")
        elif category not in ("Cc", "Cs") and unicodedata.bidirectional(character) not in _DIRECTIONS:
            shown.append(character)
    return "".join(shown)


def shown_address(url: str) -> str:
    """An address as browsers show it, with Chinese left readable."""
    try:
        readable = unquote(url, errors="strict")
    except UnicodeDecodeError:
        return for_terminal(url)
    return for_terminal(url if set(readable) & set(" \n\t") else readable)


def local_time(moment: datetime | None) -> str:
    """A time of publication as a person reads it, with its zone: 2023-09-29 10:45 +02:00."""
    if moment is None:
        return _("undated")
    zone = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M} {zone[:3]}:{zone[3:5]}"


def byte_size(size: float) -> str:
    """A size in bytes as a person reads it: 812 bytes, 2.4 MB."""
    if size < 1000:
        return _("{size:.0f} bytes").format(size=size)
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} GB"
