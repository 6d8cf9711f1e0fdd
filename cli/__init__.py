"""The `souwen` command: each subcommand calls one function of the library and prints the result."""

from .main import main

__all__ = ["main"]
