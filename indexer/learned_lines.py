"""The lines that cleaning learned for the articles of an index, for display."""

import os
import sqlite3
from contextlib import closing

from ..engines import IndexDamaged, IndexDirectory
from .cleaning import RepeatedLines


def learned_lines(index: str | os.PathLike[str]) -> RepeatedLines:
    """Return for each source the forms of the lines that are removed from its articles: folded letters, 0 for a number.

    The manifest is read as the last run left it, also while another run writes.

    Raises:
        IndexNotFound: There is no index.
        IndexDamaged: The manifest is damaged.
    """
    directory = IndexDirectory(index)
    file = directory.manifest(directory.meta())
    if not file.exists():  # the index was copied without it
        return {}
    learned: RepeatedLines = {}
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            for source, form in database.execute("SELECT source, form FROM repeated_line ORDER BY source, form"):
                learned.setdefault(source, []).append(form)
    except sqlite3.Error as error:
        raise IndexDamaged(directory.path, f"{file.name}: {error}") from error
    return learned
