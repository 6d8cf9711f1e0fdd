"""The `souwen` command: its group of commands, its errors, and what it prints without a command."""

import os
import sys
from collections.abc import Iterator
from typing import IO, Any

import click

from ..engines import IndexDirectory
from ..messages import (
    SouwenError,
    current_language,
    environment_language,
    ngettext,
    os_error_reason,
    use_language,
)
from ..messages import gettext as _
from .analyze import analyze
from .check import check
from .completion import completion
from .config import option_defaults
from .entities import entities
from .eval import eval_command
from .export import export
from .help import help_command
from .index import index
from .mcp import mcp
from .open import open_command
from .options import DEFAULT_INDEX
from .output import FOUND, INTERRUPTED, environment_color, for_terminal, printed_warnings
from .related import related
from .search import search
from .serve import serve
from .show import show
from .stats import stats
from .suggest import suggest
from .terminal_chart import display_width, pad
from .timeline import timeline


class _Failure(click.ClickException):
    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(_("Error: {message}").format(message=for_terminal(self.message)), file=file, err=True)


class _Program(click.Group):
    """The group of all commands.

    It uses the language of the user's locale, prints each of souwen's errors as one line, and ends quietly when the
    user interrupts it or nobody reads its output any more.
    """

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line in the language of the environment."""
        with use_language(environment_language()), printed_warnings():
            if current_language.get() != "en":
                from .localized_help import localize

                localize(self)
            return super().main(*args, **extra)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the arguments, with defaults from the configuration files."""
        if not extra.get("resilient_parsing"):
            try:
                extra["default_map"] = option_defaults(self, args)
            except SouwenError as error:
                raise _Failure(str(error)) from error
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command, and turn its errors into messages and exit statuses."""
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except SouwenError as error:
            raise _Failure(str(error)) from error
        except click.FileError as error:
            message = _("cannot open {file} ({reason}): name another file")
            raise _Failure(message.format(file=error.ui_filename, reason=_(error.message))) from error
        except KeyboardInterrupt:
            click.echo("\n" + _("stopped; the index keeps its last complete state"), err=True)
            raise SystemExit(INTERRUPTED) from None
        except BrokenPipeError:
            _discard_output()
            raise SystemExit(FOUND) from None
        except OSError as error:
            _discard_output()
            message = _("cannot write the output ({reason}): free disk space, or write it to another place")
            raise _Failure(message.format(reason=os_error_reason(error))) from error
        return result


def _discard_output() -> None:
    """Point standard output at the null device, so that Python does not try to flush it again when it ends."""
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
@click.version_option(
    None, "--version", "-V", package_name="souwen", prog_name="souwen", message="%(prog)s %(version)s"
)
@click.pass_context
def main(context: click.Context) -> None:
    """Search archives of Chinese articles (搜文).

    `souwen index` makes an index of a folder, `souwen search` searches it, `souwen COMMAND -h` explains a command.

    Exit status: 0 if something was found, 1 if nothing was found, 2 for wrong usage or an unusable index. Messages are
    in the language of the locale (LANG, LANGUAGE), or else in English.
    """
    context.color = environment_color()
    if context.invoked_subcommand is None:
        for line in _welcome():
            click.echo(line)


for command in (
    *(index, search, related, entities, timeline, show, open_command, suggest, stats),
    *(serve, mcp, check, export, analyze, eval_command, completion, help_command),
):
    main.add_command(command)


def _welcome() -> Iterator[str]:
    """Yield the lines printed without a command: first commands to try, and the index in this folder."""
    first_commands = {
        "souwen index seeds/": _("read a folder of articles into an index"),
        "souwen search 台湾海峡": _("search it"),
        "souwen entities": _("list the people, organisations and places in it"),
    }
    width = max(map(display_width, first_commands))
    yield _("搜文 souwen: full-text search for archives of Chinese articles")
    yield ""
    yield from (f"  {pad(command, width)}    {purpose}" for command, purpose in first_commands.items())
    yield ""
    if IndexDirectory(DEFAULT_INDEX).exists():
        yield for_terminal(_describe_index(DEFAULT_INDEX))
    yield _("`souwen -h` lists all commands, `souwen search -h` explains one.")


def _describe_index(index_dir: str) -> str:
    from ..query import Searcher

    try:
        with Searcher(index_dir) as searcher:
            number = searcher.statistics().articles
    except SouwenError as error:
        return str(error)
    message = ngettext(
        "There is an index of {number} article in {index}.",
        "There is an index of {number} articles in {index}.",
        number,
    )
    return message.format(number=number, index=index_dir)
