"""Long output on a terminal goes through a pager, as git does."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import click

from .output import has_colors


@contextmanager
def paged(*, enabled: bool) -> Iterator[None]:
    """Show what the block prints with $PAGER, if both ends are a terminal; `less` leaves short output in place."""
    if not (enabled and sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"):
        yield
        return
    context = click.get_current_context()
    context.color = has_colors()  # the buffer below is no terminal
    buffer = io.StringIO()
    with redirect_stdout(buffer):
        yield
    os.environ.setdefault("LESS", "FRX")  # quit if one screen is enough, keep colors, leave the text on the screen
    click.echo_via_pager(buffer.getvalue(), color=context.color)
