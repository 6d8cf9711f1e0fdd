"""Compares the files of an index with the checksums that Tantivy ends them with.

A file is its content, then JSON with the CRC-32 of the content, then the size of the JSON and a magic number.
"""

import json
import struct
import zlib
from pathlib import Path

from ...messages import gettext as _

_TAIL = struct.Struct("<II")
_MAGIC = 1337
_BLOCK = 1 << 20  # bytes read at once


class Altered(ValueError):
    """A file is not as it was written."""


def check(folder: Path) -> None:
    """Reads every file of the last commit. Raises Altered, OSError, or LookupError if nothing makes sense."""
    listed = json.loads((folder / "meta.json").read_text("utf-8"))["segments"]
    segments = {segment["segment_id"].replace("-", "") for segment in listed}
    for file in folder.iterdir():
        if file.name.partition(".")[0] in segments and file.stat().st_size:
            _check_file(file)


def _check_file(file: Path) -> None:
    with file.open("rb") as opened:
        size = file.stat().st_size
        opened.seek(max(0, size - _TAIL.size))
        tail = opened.read()
        length, magic = _TAIL.unpack(tail) if len(tail) == _TAIL.size else (0, 0)
        end = size - _TAIL.size - length
        if magic != _MAGIC or end < 0:
            raise Altered(_("{file} is cut off").format(file=file.name))
        opened.seek(end)
        expected = json.loads(opened.read(length))["crc"]
        opened.seek(0)
        found = 0
        while end:
            block = opened.read(min(_BLOCK, end))
            found = zlib.crc32(block, found)
            end -= len(block)
    if found != expected:
        raise Altered(_("{file} is not as it was written").format(file=file.name))
