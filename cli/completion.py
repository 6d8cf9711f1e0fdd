"""souwen completion"""

from typing import Literal

import click
from click.shell_completion import get_completion_class


@click.command(
    short_help="Print a script for completion in a shell.",
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
    """Print a script that lets a shell complete commands, options, folders and the names of fields.

    A new shell reads it from where the examples put it; zsh needs `fpath+=~/.zfunc` before `compinit` in ~/.zshrc.
    """
    program = context.find_root()
    name = program.info_name or "souwen"
    script = get_completion_class(shell)
    assert script is not None, "click knows these shells"
    click.echo(script(program.command, {}, name, f"_{name}_COMPLETE".upper()).source())
