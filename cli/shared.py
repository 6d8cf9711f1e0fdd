"""Options and output that several commands share."""

import json
import os
import sys
from datetime import datetime

import click

FOUND, NOTHING_FOUND = 0, 1  # exit statuses; wrong use and unusable indexes give 2

index_option = click.option(
    "--index", "index_dir", default="index_data", show_default=True, metavar="DIR", help="The folder of the index."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def print_json(value: object) -> None:
    """`value` as JSON with Chinese left readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def local_time(moment: datetime | None) -> str:
    """A time of publication as a person reads it, with its zone: 2023-09-29 10:45 +02:00."""
    if moment is None:
        return "undated"
    zone = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M} {zone[:3]}:{zone[3:5]}"


def has_colours() -> bool:
    """Whether standard output shows colours: a terminal does, unless NO_COLOR (https://no-color.org) is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def for_terminal(text: str) -> str:
    """`text` without characters that a terminal would obey: an article must not move the cursor or change colours."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t")


def byte_size(size: float) -> str:
    """A size in bytes as a person reads it: 812 bytes, 2.4 MB."""
    if size < 1000:
        return f"{size:.0f} bytes"
    for unit in ("kB", "MB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} GB"
