"""The `souwen` command: each subcommand calls one function of the rooms below and prints what it gives."""

from .main import main

__all__ = ["main"]
