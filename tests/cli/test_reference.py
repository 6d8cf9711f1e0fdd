"""Every command and option is documented, in its help and on docs/command-line.md."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from souwen.cli.main import main
from tools.make_reference import PAGE, page

COMMANDS = sorted(main.commands.items())
PROGRAMS: list[tuple[str, click.Command]] = [("souwen", main), *COMMANDS]  # a section each, in this order
HINT = "run `make reference`"
WRITTEN_BY_CLICK = re.compile(r"^`souwen .*`$|^\| .* \|$")  # usage lines and rows of options


def sections(text: str) -> list[str]:
    return re.split(r"^## souwen ", text, flags=re.MULTILINE)


def rows(section: str) -> dict[str, str]:
    """Map the names of each option in a section to its row."""
    cells = re.findall(r"^\| `(-.*)` \| (.*) \|$", section, re.MULTILINE)
    return {
        " ".join(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", written)): f"{written} {text}" for written, text in cells
    }


def test_the_page_is_what_the_commands_say() -> None:
    """click words usage lines and options in its own way, so `test_the_page_has_every_option` compares their facts."""
    kept, made = (
        [line for line in text.splitlines() if not WRITTEN_BY_CLICK.match(line)]
        for text in (PAGE.read_text("utf-8"), page())
    )
    assert kept == made, HINT


def test_the_page_has_every_command() -> None:
    for text in (PAGE.read_text("utf-8"), page()):
        assert [section.split("\n")[0] for section in sections(text)[1:]] == [name for name, _ in COMMANDS], HINT


@pytest.mark.parametrize("place", range(len(PROGRAMS)), ids=[name for name, _ in PROGRAMS])
def test_the_page_has_every_option(place: int) -> None:
    name, command = PROGRAMS[place]
    section, made = (sections(text)[place] for text in (PAGE.read_text("utf-8"), page()))
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            usage = next(line for line in section.splitlines() if line.startswith(f"`souwen {name}"))
            assert parameter.make_metavar(click.Context(command)).strip("[].") in usage, HINT
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    listed = rows(section)
    # click lists short names first
    names = [" ".join(sorted((*option.opts, *option.secondary_opts), key=is_long)) for option in options]
    assert list(listed) == [*names, "-h --help"] == list(rows(made)), HINT
    for names_of_one, option in zip(names, options, strict=True):
        row = re.sub(r"\\(.)", r"\1", listed[names_of_one]).replace("&lt;", "<")
        missing = [fact for fact in facts(option) if not re.search(rf"(?<![\w.]){re.escape(fact)}(?![\w.])", row)]
        assert missing == [], HINT


def is_long(name: str) -> bool:
    return name.startswith("--")


def facts(option: click.Option) -> Iterator[str]:
    """Yield what souwen decides about an option: help, name of the value, choices, limits, default."""
    yield " ".join((option.help or "").split())
    if option.metavar:
        yield option.metavar
    if isinstance(option.type, click.Choice):
        yield from map(str, option.type.choices)
    if isinstance(option.type, click.IntRange | click.FloatRange):
        yield from (f"{bound:g}" for bound in (option.type.min, option.type.max) if bound is not None)
    if option.show_default and option.default is not None:
        yield option.show_default if isinstance(option.show_default, str) else str(option.default)


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
