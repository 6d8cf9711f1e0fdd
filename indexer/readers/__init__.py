"""One module a format, chosen by what a file begins with rather than by its name."""

import os
from collections.abc import Iterator
from pathlib import Path

from ...analysis import Article, visible
from ..errors import PathNotFound, ReadError
from . import jsonlines, seed

__all__ = ["files_below", "read_file"]

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


def read_file(path: Path) -> Iterator[Article | ReadError]:
    """The articles of one file, and a ReadError for each part of it that is none."""
    try:
        if not path.is_file():
            raise ReadError("it is no regular file")
        text = visible(_decode(path.read_bytes()))  # before parsers replace what they can't take
        for reader in (seed, jsonlines):
            if reader.recognises(text[:200]):
                yield from reader.read(_name(path), text)
                return
        raise ReadError("it is empty" if not text.strip() else "it is in no format that souwen reads")
    except ReadError as error:
        yield error
    except OSError as error:
        yield ReadError(error.strerror or str(error))


def _name(path: Path) -> str:
    """The absolute path, so that an article without an address is the same from wherever it is read. Bytes of a file
    name that are no text become question marks."""
    return os.path.abspath(path).encode("utf-8", "replace").decode("utf-8")  # noqa: PTH100 - links stay as they are


def _decode(data: bytes) -> str:
    """UTF-8, with or without byte-order mark, else GB 18030, the encoding of older Chinese files."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadError("it is text in no encoding that souwen reads")
