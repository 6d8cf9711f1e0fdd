"""Tells cheaply whether an index is still what a searcher saw."""

import os

from ..engines import IndexDirectory
from .aliases import Aliases


def index_version(index: str | os.PathLike[str]) -> str:
    """A short name for what a searcher that is opened now will see: another one after every commit, rebuild and change
    of the list of aliases. Raises what opening a searcher raises."""
    directory = IndexDirectory(index)
    return f"{directory.commit()}-{Aliases.version(directory.path)}"
