"""Which files are below a path."""

from collections.abc import Iterator
from pathlib import Path

from ..errors import PathNotFound, ReadError

_MARKS_OF_AN_INDEX = {"meta.json", "writer.lock"}


def files_below(path: Path) -> Iterator[Path | tuple[Path, ReadError]]:
    """The file `path`, or every file of the folder `path` in order of their names; a folder that cannot be read comes
    with the reason. Hidden files, links to folders and the folders of indexes are passed over. Raises PathNotFound."""
    try:
        is_folder = path.is_dir()
        path.stat()
    except OSError as error:
        raise PathNotFound(path) from error
    if not is_folder:
        yield path
        return
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        yield path, ReadError(error.strerror or str(error))
        return
    if {entry.name for entry in entries} >= _MARKS_OF_AN_INDEX:
        return
    for entry in entries:
        if not entry.name.startswith(".") and not (entry.is_symlink() and entry.is_dir()):
            yield from files_below(entry)
