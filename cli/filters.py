"""The options that filter what a command looks at."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option(
        "--since", metavar="DATE", help="Published on or after a day, month or year: 2023-09-28, 2023-09, 2023."
    ),
    click.option("--until", metavar="DATE", help="Published on or before a day, month or year."),
    click.option("--source", multiple=True, help="From this publisher; several: from any of them."),
    click.option("--section", multiple=True, help="From this section."),
    click.option("--entity", multiple=True, help="Naming this person, place or organisation."),
    click.option("--person", multiple=True, help="Naming this person."),
    click.option("--place", multiple=True, help="Naming this place."),
    click.option("--organisation", multiple=True, help="Naming this organisation."),
    click.option("--about", metavar="DATE", multiple=True, help="Mentioning a day of this day, month, year or range."),
)


def filter_options(command: _Command) -> _Command:
    """Adds the options; the command gets their values as `query.Filters`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
