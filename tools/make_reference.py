"""Write docs/command-line.md from the help of the commands.

    make reference

The tests fail if the page differs from the help.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from souwen.cli.main import main as souwen

PAGE = Path(__file__).resolve().parents[1] / "docs" / "command-line.md"
RAW = "\b\n"  # click's mark of a paragraph whose lines it leaves as they are


def page() -> str:
    """Return the page, in Markdown."""
    context = click.Context(souwen, info_name="souwen", **souwen.context_settings)
    return "\n".join([*_head(context), *_commands(context)]) + "\n"


def _head(context: click.Context) -> Iterator[str]:
    yield "# Command line"
    yield ""
    yield "All commands and options, as in `souwen -h` and `souwen COMMAND -h`. `make reference` writes this page."
    yield ""
    yield from _paragraphs(souwen.help)
    yield from _options(souwen, context)


def _commands(context: click.Context) -> Iterator[str]:
    for name, command in sorted(souwen.commands.items()):
        command_context = click.Context(command, info_name=name, parent=context)
        yield ""
        yield f"## souwen {name}"
        yield ""
        yield f"`{' '.join([command_context.command_path, *command.collect_usage_pieces(command_context)])}`"
        yield ""
        yield from _paragraphs(command.help)
        yield from _options(command, command_context)
        yield from _examples(command)


def _paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").strip().split("\n\n"):
        if paragraph.startswith(RAW):
            yield "```text"
            yield from inspect.cleandoc(paragraph.removeprefix(RAW)).splitlines()
            yield "```"
        else:
            yield _escape(" ".join(paragraph.split()))
        yield ""


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    yield "| option | |"
    yield "|---|---|"
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record:
            names, description = record
            yield f"| `{names.replace('|', chr(92) + '|')}` | {_escape(' '.join(description.split()))} |"


def _examples(command: click.Command) -> Iterator[str]:
    lines = inspect.cleandoc((command.epilog or "").replace(RAW, "")).splitlines()
    yield ""
    yield "```sh"
    yield from (line.removeprefix("Example:").strip() for line in lines if line != "Examples:")
    yield "```"


def _escape(text: str) -> str:
    """Return `text` with Markdown's characters escaped."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("[", "\\[")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
