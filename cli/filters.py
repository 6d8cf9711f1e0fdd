"""The options that filter the articles a command looks at."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..engines import FILTER_FIELDS, PERIOD_FILTERS

_Command = TypeVar("_Command", bound=Callable[..., Any])


def filter_options(command: _Command) -> _Command:
    """Add an option for each filter; the command receives their values as `query.Filters`."""
    for field in reversed(FILTER_FIELDS):
        metavar = "DATE" if field.kind == "date" else None
        command = click.option(f"--{field.name}", metavar=metavar, multiple=True, help=field.filter_help)(command)
    for name, text in reversed(PERIOD_FILTERS.items()):
        command = click.option(f"--{name}", metavar="DATE", help=text)(command)
    return command
