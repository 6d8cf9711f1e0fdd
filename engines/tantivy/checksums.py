"""Verification of the checksums at the end of Tantivy's files.

A file is its content, then JSON with the CRC-32 of the content, then the size of the JSON and a magic number.
"""

import json
import struct
import zlib
from pathlib import Path

from ...messages import gettext as _

_FOOTER_END = struct.Struct("<II")  # size of the JSON in bytes, magic number
_MAGIC = 1337
_BLOCK_SIZE = 1 << 20  # bytes read at once


class ChecksumMismatch(ValueError):
    """A file is truncated or does not match its checksum."""


def verify_checksums(folder: Path) -> None:
    """Read every file of the last commit and compare it with its checksum.

    Raises:
        CorruptFile: A file is truncated or does not match its checksum.
        OSError: A file cannot be read.
        LookupError: A file lacks a required entry.
        ValueError: A file is not JSON where JSON is required.
    """
    segments = json.loads((folder / "meta.json").read_text("utf-8"))["segments"]
    segment_ids = {segment["segment_id"].replace("-", "") for segment in segments}
    for path in folder.iterdir():
        if path.name.partition(".")[0] in segment_ids and path.stat().st_size:
            _verify_file(path)


def _verify_file(path: Path) -> None:
    with path.open("rb") as file:
        size = path.stat().st_size
        file.seek(max(0, size - _FOOTER_END.size))
        footer_end = file.read()
        footer_size, magic = _FOOTER_END.unpack(footer_end) if len(footer_end) == _FOOTER_END.size else (0, 0)
        content_size = size - _FOOTER_END.size - footer_size
        if magic != _MAGIC or content_size < 0:
            raise ChecksumMismatch(_("{file} is truncated").format(file=path.name))
        file.seek(content_size)
        expected = json.loads(file.read(footer_size))["crc"]
        file.seek(0)
        checksum = 0
        remaining = content_size
        while remaining:
            block = file.read(min(_BLOCK_SIZE, remaining))
            checksum = zlib.crc32(block, checksum)
            remaining -= len(block)
    if checksum != expected:
        raise ChecksumMismatch(_("{file} does not match its checksum").format(file=path.name))
