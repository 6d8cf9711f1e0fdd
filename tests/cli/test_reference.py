"""Every command and option is documented, in its help and on docs/command-line.md."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from souwen.cli.main import main
from tools.make_reference import PAGE, page

COMMANDS = sorted(main.commands.items())


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make reference`"


def test_the_page_has_every_command_and_option() -> None:
    sections = re.split(r"^## souwen ", page(), flags=re.MULTILINE)
    assert [section.split("\n")[0] for section in sections[1:]] == [name for name, _ in COMMANDS]
    for section, (_, command) in zip(sections[1:], COMMANDS, strict=True):
        for parameter in command.params:
            for written in (
                (*parameter.opts, *parameter.secondary_opts) if parameter.param_type_name == "option" else ()
            ):
                assert f"`{written}" in section or f" {written}" in section


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_command_explains_itself(name: str, command: click.Command) -> None:
    assert command.help
    assert command.short_help
    assert command.short_help.endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert (parameter.help or "").endswith("."), parameter.opts
    assert list(examples(command))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_examples_are_right_use(name: str, command: click.Command) -> None:
    """They are taken apart by the command that they show, which refuses what it doesn't know."""
    for called, *arguments in examples(command):
        assert called == name
        command.make_context(name, arguments, resilient_parsing=False)


def examples(command: click.Command) -> Iterator[list[str]]:
    """The words behind `souwen` of each example, up to where a shell would redirect."""
    for line in re.findall(r"souwen (.+)", command.epilog or ""):
        yield shlex.split(line.split(" > ")[0])
