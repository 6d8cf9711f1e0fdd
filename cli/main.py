"""The command `souwen` and what its subcommands share."""

import os
import sys
from typing import IO, Any

import click

from ..messages import SouwenError, current_language, environment_language, os_error_reason, use_language
from ..messages import gettext as _
from .analyze import analyze
from .check import check
from .completion import completion
from .entities import entities
from .eval import eval_command
from .export import export
from .index import index
from .mcp import mcp
from .output import FOUND, INTERRUPTED, for_terminal, wants_colours
from .related import related
from .search import search
from .serve import serve
from .show import show
from .stats import stats
from .suggest import suggest
from .timeline import timeline
from .welcome import welcome


class _Failure(click.ClickException):
    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(_("Error: {message}").format(message=for_terminal(self.message)), file=file, err=True)


class _Program(click.Group):
    """Speaks the language of the user. Prints an error of ours as the one line it is; ends quietly when it is
    interrupted or its reader goes away."""

    def main(self, *args: Any, **extra: Any) -> Any:
        with use_language(environment_language()):
            if current_language.get() != "en":
                from .localized_help import localise

                localise(self)
            return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except SouwenError as error:
            raise _Failure(str(error)) from error
        except click.FileError as error:
            told = _("cannot open {file} ({reason}): name another file")
            raise _Failure(told.format(file=error.ui_filename, reason=_(error.message))) from error
        except KeyboardInterrupt:
            click.echo("\n" + _("stopped; an index stays as it was before"), err=True)
            raise SystemExit(INTERRUPTED) from None
        except BrokenPipeError:
            _give_up_output()
            raise SystemExit(FOUND) from None
        except OSError as error:
            _give_up_output()
            raise _Failure(
                _("cannot write the output ({reason}): make room, or write it elsewhere").format(
                    reason=os_error_reason(error)
                )
            ) from error
        return result


def _give_up_output() -> None:
    """Points standard output at nothing, so that Python does not try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@click.group(
    cls=_Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  souwen index seeds/
  souwen search 台湾海峡
""",
)
@click.version_option(package_name="souwen", prog_name="souwen", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """搜文: full-text search for archives of Chinese articles.

    Exit status: 0 found, 1 nothing found, 2 wrong use or unusable index. Messages are in Chinese or English, by the
    locale (LANG, LANGUAGE).
    """
    if not wants_colours():
        context.color = False
    if context.invoked_subcommand is None:
        for line in welcome():
            click.echo(line)


_READING = (search, related, entities, timeline, show, suggest, stats)
for command in (index, *_READING, serve, mcp, check, export, analyze, eval_command, completion):
    main.add_command(command)
