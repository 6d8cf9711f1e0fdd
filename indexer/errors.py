"""What can go wrong while files become articles."""

from pathlib import Path

from ..analysis import SouwenError


class ReadError(SouwenError):
    """One file, or one record of it, that is no article. The run goes on without it."""


class PathNotFound(SouwenError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} cannot be found or entered: give the folder or file that holds the articles")
