"""Writes docs/command-line.md from the commands themselves.

    make reference

The tests fail where the page isn't what this writes.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from souwen.cli.main import main as souwen

PAGE = Path(__file__).resolve().parents[1] / "docs" / "command-line.md"


def page() -> str:
    """The page, in Markdown."""
    context = click.Context(souwen, info_name="souwen", **souwen.context_settings)
    return "\n".join([*_head(context), *_commands(context)]) + "\n"


def _head(context: click.Context) -> Iterator[str]:
    yield "# Command line"
    yield ""
    yield "All commands and options, as `souwen -h` and `souwen COMMAND -h` tell them. Written by `make reference`."
    yield ""
    yield from _paragraphs(souwen.help)
    yield from _options(souwen, context)


def _commands(context: click.Context) -> Iterator[str]:
    for name, command in sorted(souwen.commands.items()):
        inner = click.Context(command, info_name=name, parent=context)
        yield ""
        yield f"## souwen {name}"
        yield ""
        yield f"`{' '.join([inner.command_path, *command.collect_usage_pieces(inner)])}`"
        yield ""
        yield from _paragraphs(command.help)
        yield from _options(command, inner)
        yield from _examples(command)


def _paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").split("\n\n"):
        yield _escaped(" ".join(paragraph.split()))
        yield ""


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    yield "| option | |"
    yield "|---|---|"
    for parameter in command.get_params(context):
        told = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if told:
            written, explained = told
            yield f"| `{written.replace('|', chr(92) + '|')}` | {_escaped(' '.join(explained.split()))} |"


def _examples(command: click.Command) -> Iterator[str]:
    lines = inspect.cleandoc((command.epilog or "").replace("\b\n", "")).splitlines()
    commands = [line.removeprefix("Example:").strip() for line in lines if line != "Examples:"]
    yield ""
    yield "```sh"
    yield from commands
    yield "```"


def _escaped(text: str) -> str:
    """`text` as Markdown shows it unchanged."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("[", "\\[")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
