"""The stored texts of an article as one record of bytes."""

import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate

from ..messages import gettext as _

# Of all encodings of Unicode this one takes least for Chinese, before compression and after it.
_ENCODING = "gb18030"
_LEVEL = 6
_MOST = 64 << 20  # bytes of a record; a million characters, the most an article has, take 4, its entities 3, dates 7


def packed(texts: Sequence[str]) -> bytes:
    """The texts as a record."""
    # What can't be encoded, halves of surrogate pairs, nobody could read.
    content = "".join(texts).encode(_ENCODING, "replace")
    return zlib.compress(struct.pack(f"<{len(texts)}I", *map(len, texts)) + content, _LEVEL)


def unpacked(record: bytes, names: Sequence[str]) -> dict[str, str]:
    """The texts of a record, by as many names. Raises ValueError if it is not as it was packed."""
    head = struct.Struct(f"<{len(names)}I")
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(record, _MOST)
    except zlib.error as error:
        raise ValueError(_("a stored article can't be unpacked")) from error
    if not unpacker.eof or len(content) < head.size:
        raise ValueError(_("a stored article is cut off, or larger than any is"))
    lengths = head.unpack_from(content)
    text = content[head.size :].decode(_ENCODING)
    if sum(lengths) != len(text):
        raise ValueError(_("a stored article has not the length it should have"))
    ends = accumulate(lengths)
    return {name: text[end - length : end] for name, length, end in zip(names, lengths, ends, strict=True)}
