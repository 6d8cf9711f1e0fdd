"""`souwen help`: the help of a command."""

import click

from ..messages import gettext as _


@click.command("help", short_help="Explain a command.", epilog="Example:  souwen help search")
@click.argument("command", required=False)
@click.pass_context
def help_command(context: click.Context, command: str | None) -> None:
    """Print the help of COMMAND, or of souwen itself. The same as `souwen COMMAND -h`."""
    root = context.find_root()
    program = root.command
    assert isinstance(program, click.Group), "the command is part of a group"
    if command is None:
        click.echo(root.get_help())
        return
    explained = program.get_command(root, command)
    if explained is None:
        message = _("there is no command {name!r}: `souwen help` lists all")
        raise click.UsageError(message.format(name=command), root)
    click.echo(explained.get_help(explained.context_class(explained, root, info_name=command)))
