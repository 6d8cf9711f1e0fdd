"""`souwen completion`: completion scripts for shells."""

from typing import Literal

import click
from click.shell_completion import get_completion_class


@click.command(
    short_help="Print a completion script for a shell.",
    epilog="""\b
Examples:
  souwen completion bash > ~/.local/share/bash-completion/completions/souwen
  souwen completion zsh > ~/.zfunc/_souwen
  souwen completion fish > ~/.config/fish/completions/souwen.fish
""",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: Literal["bash", "zsh", "fish"]) -> None:
    """Print a script that makes a shell complete commands, options, folders and field names.

    New shells load the script from the places in the examples. zsh also needs `fpath+=~/.zfunc` before `compinit` in
    ~/.zshrc.
    """
    program = context.find_root()
    name = program.info_name or "souwen"
    completion_class = get_completion_class(shell)
    assert completion_class is not None, "click supports these shells"
    click.echo(completion_class(program.command, {}, name, f"_{name}_COMPLETE".upper()).source())
