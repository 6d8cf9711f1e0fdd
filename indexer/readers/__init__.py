"""One module a format, chosen by what a file begins with rather than by its name."""

from collections.abc import Iterator
from pathlib import Path

from ...analysis import Article
from ..cleaning import without_invisible
from ..errors import ReadError
from . import jsonlines, seed

__all__ = ["files_below", "read_file"]


def files_below(path: Path) -> Iterator[Path]:
    """The file `path`, or every file of the folder `path` in order of their names, hidden ones left out."""
    if path.is_dir():
        for entry in sorted(path.iterdir()):
            if not entry.name.startswith(".") and not (entry.is_symlink() and entry.is_dir()):
                yield from files_below(entry)
    else:
        yield path


def read_file(path: Path) -> Iterator[Article | ReadError]:
    """The articles of one file, and a ReadError for each part of it that is none."""
    try:
        text = without_invisible(_decode(path.read_bytes()))  # before parsers replace what they can't take
        for reader in (seed, jsonlines):
            if reader.recognises(text[:200]):
                yield from reader.read(path, text)
                return
        raise ReadError("it is empty" if not text.strip() else "it is in no format that souwen reads")
    except ReadError as error:
        yield error
    except OSError as error:
        yield ReadError(error.strerror or str(error))


def _decode(data: bytes) -> str:
    """UTF-8, with or without byte-order mark, else GB 18030, the encoding of older Chinese files."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadError("it is text in no encoding that souwen reads")
