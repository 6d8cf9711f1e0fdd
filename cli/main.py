"""The command `souwen` and what its subcommands share."""

from importlib.metadata import version

import click

from ..analysis import SouwenError
from .analyze import analyze
from .index import index
from .search import search
from .shared import has_colours
from .show import show
from .stats import stats


class _Failure(click.ClickException):
    exit_code = 2


class _Program(click.Group):
    """Prints an error of ours as the one line it is."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SouwenError as error:
            raise _Failure(str(error)) from error


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("souwen"), prog_name="souwen")
@click.pass_context
def main(context: click.Context) -> None:
    """搜文: search a folder of Chinese articles.

    \b
    souwen index seeds/            make an index of a folder
    souwen search 台湾海峡          search it
    """
    context.color = has_colours()


for command in (index, search, show, stats, analyze):
    main.add_command(command)
