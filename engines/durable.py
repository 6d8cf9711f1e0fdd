"""Replacing a file so that a loss of power leaves either the old one or the new one whole."""

import os
from pathlib import Path


def replace(file: Path, target: Path) -> None:
    """Puts `file`, which is complete, in the place of `target`, in the same folder."""
    with file.open("r+b") as written:
        os.fsync(written.fileno())
    file.replace(target)
    if os.name == "posix":  # elsewhere a folder can't be opened, and needs not be
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
