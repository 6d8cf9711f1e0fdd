"""Commands that take a query, which need not be quoted for souwen's sake."""

import re
from collections.abc import Sequence

import click

_MINUS = "\N{MINUS SIGN}"  # keeps an excluded part from being taken for an option


class QueryCommand(click.Command):
    """Lets an argument like -贸易 or -source:rfi through, which is a part of a query; options have two dashes or one
    letter."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        parts = [_MINUS + arg[1:] if arg[:1] == "-" and arg[1:2] != "-" and len(arg) > 2 else arg for arg in args]
        return super().parse_args(ctx, parts)


def query_of(parts: Sequence[str]) -> str:
    """The query that the arguments of such a command are."""
    return " ".join(re.sub(f"^{_MINUS}", "-", part) for part in parts)
