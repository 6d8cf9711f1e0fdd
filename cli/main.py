"""The command `souwen` and what its subcommands share."""

import os
import sys
from typing import IO

import click

from ..analysis import SouwenError
from .analyze import analyze
from .check import check
from .entities import entities
from .eval import eval_command
from .export import export
from .index import index
from .related import related
from .search import search
from .serve import serve
from .shared import FOUND, INTERRUPTED, for_terminal, wants_colours
from .show import show
from .stats import stats
from .suggest import suggest
from .timeline import timeline


class _Failure(click.ClickException):
    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(f"Error: {for_terminal(self.message)}", file=file, err=True)


class _Program(click.Group):
    """Prints an error of ours as the one line it is; ends quietly when it is interrupted or its reader goes away."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except SouwenError as error:
            raise _Failure(str(error)) from error
        except KeyboardInterrupt:
            click.echo("\nstopped; an index stays as it was before", err=True)
            raise SystemExit(INTERRUPTED) from None
        except BrokenPipeError:
            _give_up_output()
            raise SystemExit(FOUND) from None
        except OSError as error:
            _give_up_output()
            raise _Failure(f"cannot write the output ({error.strerror or error})") from error
        return result


def _give_up_output() -> None:
    """Points standard output at nothing, so that Python does not try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="souwen", prog_name="souwen")
@click.pass_context
def main(context: click.Context) -> None:
    """搜文: search a folder of Chinese articles.

    \b
    souwen index seeds/            make an index of a folder
    souwen search 台湾海峡          search it
    """
    if not wants_colours():
        context.color = False


_READING = (search, related, entities, timeline, show, suggest, stats)
for command in (index, *_READING, serve, check, export, analyze, eval_command):
    main.add_command(command)
