"""Serialization of an article's stored texts as one compressed record of bytes."""

import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate

from ..messages import gettext as _

_ENCODING = "gb18030"  # the smallest Unicode encoding of Chinese, before and after compression
_COMPRESSION_LEVEL = 6
# Bytes, decompressed. The longest article has a million characters: 4 MB, its entities take 3 MB, its dates 7 MB.
_MAX_RECORD_SIZE = 64 << 20


def pack_texts(texts: Sequence[str]) -> bytes:
    """Return the texts as one record."""
    # Lone surrogates cannot be encoded, and nobody could read them.
    content = "".join(texts).encode(_ENCODING, "replace")
    return zlib.compress(struct.pack(f"<{len(texts)}I", *map(len, texts)) + content, _COMPRESSION_LEVEL)


def unpack_texts(record: bytes, names: Sequence[str]) -> dict[str, str]:
    """Return the texts of a record by name; `names` are as many as the texts, in their order.

    Raises:
        ValueError: The record is not as `pack_texts` made it.
    """
    header = struct.Struct(f"<{len(names)}I")
    decompressor = zlib.decompressobj()
    try:
        content = decompressor.decompress(record, _MAX_RECORD_SIZE)
    except zlib.error as error:
        raise ValueError(_("a stored article cannot be decompressed")) from error
    if not decompressor.eof or len(content) < header.size:
        raise ValueError(_("a stored article is cut off, or larger than any article can be"))
    lengths = header.unpack_from(content)
    text = content[header.size :].decode(_ENCODING)
    if sum(lengths) != len(text):
        raise ValueError(_("a stored article has the wrong length"))
    ends = accumulate(lengths)
    return {name: text[end - length : end] for name, length, end in zip(names, lengths, ends, strict=True)}
