"""Arguments and options that several commands share."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..engines import FILTER_FIELDS, PERIOD_FILTERS
from ..query import LIMIT
from .output import QUIET, VERBOSE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_Command = TypeVar("_Command", bound=Callable[..., Any])

DEFAULT_INDEX = "index_data"
INDEX_VARIABLE = "SOUWEN_INDEX"  # an environment variable
FILE = click.Path(readable=False)  # checks nothing; the type makes shells complete file names
_MINUS = "\N{MINUS SIGN}"  # stands for the hyphen of an excluded part, which click would read as an option


def complete_folder(_context: click.Context, _option: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Make shells complete an option with the names of folders."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def _set_meta(key: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def keep(context: click.Context, _option: click.Parameter, value: bool) -> None:
        context.meta[key] = value

    return keep


index_option = click.option(
    "--index",
    "index_dir",
    default=DEFAULT_INDEX,
    show_default=True,
    envvar=INDEX_VARIABLE,
    metavar="DIR",
    shell_complete=complete_folder,
    help="Folder of the index; also $SOUWEN_INDEX.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

quiet_option = click.option(
    "--quiet",
    "-q",
    is_flag=True,
    expose_value=False,
    callback=_set_meta(QUIET),
    help="Print results only: no notes, totals or progress.",
)
verbose_option = click.option(
    "--verbose",
    "-v",
    is_flag=True,
    expose_value=False,
    callback=_set_meta(VERBOSE),
    help="Print details, such as scores.",
)


def limit_option(help_text: str) -> Callable[[_Command], _Command]:
    """Return a `--limit` option, described by `help_text`."""
    return click.option(
        "--limit", "-n", default=LIMIT, show_default=True, type=click.IntRange(1, 1000), metavar="N", help=help_text
    )


def _set_color(context: click.Context, _option: click.Parameter, value: str) -> None:
    if value != "auto":
        context.color = value == "always"


def display_options(command: _Command) -> _Command:
    """Add `--quiet`, `--verbose`, `--color` and `--pager`, which the module `output` and `paged` look up."""
    for option in (
        click.option("--pager/--no-pager", "use_pager", default=True, help="Show long output in a pager (default)."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            expose_value=False,
            callback=_set_color,
            help="Color the output: on a terminal, always or never.",
        ),
        verbose_option,
        quiet_option,
    ):
        command = option(command)
    return command


def filter_options(command: _Command) -> _Command:
    """Add an option for each filter to `command`, which receives their values as `query.Filters`."""
    for field in reversed(FILTER_FIELDS):
        names = [f"--{name}" for name in (field.name, *field.aliases) if name.isascii()]
        metavar = "DATE" if field.kind == "date" else None
        command = click.option(*names, field.name, metavar=metavar, multiple=True, help=field.filter_help)(command)
    for name, text in reversed(PERIOD_FILTERS.items()):
        command = click.option(f"--{name}", metavar="DATE", help=text)(command)
    return command


class QueryCommand(click.Command):
    """A command whose query may hold excluded parts, such as -贸易 or -source:rfi, without quoting.

    An argument with one dash and more than one letter is part of the query. Options have two dashes or one letter.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse `args` after protecting their excluded parts; `query_of` undoes this."""
        protected = [_MINUS + arg[1:] if arg[:1] == "-" and arg[1:2] != "-" and len(arg) > 2 else arg for arg in args]
        return super().parse_args(ctx, protected)


def query_of(arguments: Sequence[str]) -> str:
    """Return the query that the arguments of a `QueryCommand` form."""
    return " ".join(re.sub(f"^{_MINUS}", "-", argument) for argument in arguments)
