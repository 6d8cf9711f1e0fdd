"""Defaults of options from souwen.toml.

A key at the top of the file is the default of the option with its name in all commands that have it; a key of the
table [COMMAND] only in that command. The file in the user's settings folder holds first, then the file beside the
index: the latter wins, option by option.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from ..messages import SouwenError, os_error_reason
from ..messages import gettext as _
from .options import DEFAULT_INDEX, INDEX_VARIABLE
from .user_folders import config_folder

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CONFIG_FILE = "souwen.toml"
MAX_CONFIG_SIZE = 100_000  # bytes
# A file that lies beside an index may come with an archive of others: it must neither open a port nor delete articles.
COMMANDS_WITHOUT_DEFAULTS = frozenset(("serve", "mcp", "help", "completion"))
# The second line has what an index remembers itself.
OPTIONS_WITHOUT_DEFAULTS = frozenset(
    "delete-missing from-files from-index json max-delete output qrels queries rebuild run watch".split()
    + "cleaning dictionary engine entities map".split()
)


class InvalidConfig(SouwenError):
    """A configuration file cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(_("{path}: {reason}: correct the file").format(path=path, reason=reason))


def option_defaults(program: click.Group, args: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return the defaults of each command of `program`, for a run with these arguments.

    Raises:
        InvalidConfig: A file cannot be read, or names an option or a value that does not exist.
    """
    defaults = _read(config_folder() / CONFIG_FILE, program)
    index = _index_of(args) or str(defaults.get("search", {}).get("index_dir", DEFAULT_INDEX))
    for command, values in _read(Path(index).parent / CONFIG_FILE, program).items():
        defaults.setdefault(command, {}).update(values)
    return defaults


def _index_of(args: Sequence[str]) -> str | None:
    """Return the index that the arguments or the environment name."""
    for number, argument in enumerate(args):
        if argument.startswith("--index="):
            return argument.removeprefix("--index=")
        if argument == "--index" and number + 1 < len(args):
            return args[number + 1]
    return os.environ.get(INDEX_VARIABLE)


def _read(path: Path, program: click.Group) -> dict[str, dict[str, object]]:
    """Return the defaults that one file sets, by command and parameter."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_SIZE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InvalidConfig(path, os_error_reason(error)) from error
    try:
        if len(content) > MAX_CONFIG_SIZE:
            raise InvalidConfig(path, _("the file is too large"))
        values = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidConfig(path, _("it is not TOML ({error})").format(error=error)) from error
    return _check(values, path, _configurable_options(program))


def _configurable_options(program: click.Group) -> dict[str, dict[str, click.Parameter]]:
    """Return the options that a file may set: of each command, by long name."""
    return {
        name: {
            long_name.removeprefix("--"): parameter
            for parameter in command.params
            for long_name in parameter.opts[:1]
            if isinstance(parameter, click.Option) and long_name.removeprefix("--") not in OPTIONS_WITHOUT_DEFAULTS
        }
        for name, command in program.commands.items()
        if name not in COMMANDS_WITHOUT_DEFAULTS
    }


def _check(
    values: Mapping[str, object], path: Path, options: Mapping[str, Mapping[str, click.Parameter]]
) -> dict[str, dict[str, object]]:
    """Return the defaults that the values of a file set, by command and parameter."""
    defaults: dict[str, dict[str, object]] = {name: {} for name in options}
    for key, value in sorted(values.items(), key=lambda item: isinstance(item[1], Mapping)):  # tables override
        if isinstance(value, Mapping) and key in options:
            entries = [(key, option, option_value) for option, option_value in value.items()]
        else:
            entries = [(name, key, value) for name in options if key in options[name]]
        if not entries and not (isinstance(value, Mapping) and key in options):
            names = {*options} if isinstance(value, Mapping) else {name for of in options.values() for name in of}
            raise _unknown(path, key, names)
        for command, option, option_value in entries:
            if option not in options[command]:
                raise _unknown(path, f"{command}.{option}", options[command])
            parameter = options[command][option]
            defaults[command][str(parameter.name)] = _convert(path, option, option_value, parameter)
    return defaults


def _convert(path: Path, option: str, value: object, parameter: click.Parameter) -> object:
    """Return a value as the option has it on the command line."""
    listed = [value] if parameter.multiple and not isinstance(value, list) else value
    try:
        if isinstance(value, bool) != (isinstance(parameter, click.Option) and parameter.is_bool_flag):
            raise click.BadParameter(_("{value!r} is of another kind").format(value=value))
        parameter.type_cast_value(click.Context(click.Command(option)), listed)
    except click.BadParameter as error:
        raise InvalidConfig(path, f"{option}: {error.message}") from error
    if option == "index":
        return os.fspath(path.parent / str(value))
    return listed


def _unknown(path: Path, key: str, names: Iterable[str]) -> InvalidConfig:
    message = _("{key!r} cannot be set; one of {names}")
    return InvalidConfig(path, message.format(key=key, names=", ".join(sorted(names))))
